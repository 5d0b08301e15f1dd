"""Who may tell of a deal in Slack, and what figures people type."""

from dataclasses import replace

import pytest

from bot import money
from bot.deal_telling import closed_already, deal_line, need_right
from bot.deals import Deal, DealState, Stage
from bot.errors import Refused
from tests.bot.examples import ACME, NOW, PEOPLE, accepted, offered

AMY, BEN, HAL, EVA = (PEOPLE[each] for each in ("UAMY", "UBEN", "UHAL", "UEVA"))
THEIRS = Deal(
    id="d", feed="crm", external_id="7", fields={"owner": "ben@acme.test"}, fields_at={"owner": NOW}
)
NEW = Deal(id="d", feed="Slack", external_id="f")


def test_the_owner_of_a_lead_and_a_manager_tell_of_its_deals() -> None:
    for person in (AMY, HAL):
        need_right(person, ACME, [accepted()], NEW)


def test_a_colleague_is_told_who_does() -> None:
    with pytest.raises(Refused, match=r"^<@UAMY> has this lead, and tells of its deals\.$"):
        need_right(BEN, ACME, [accepted()], NEW)


def test_of_a_lead_that_nobody_has_nobody_tells_but_managers() -> None:
    need_right(HAL, ACME, [offered()], NEW)
    with pytest.raises(Refused, match="Nobody has this lead yet"):
        need_right(AMY, ACME, [offered()], NEW)


def test_who_has_a_deal_tells_of_it_also_without_a_lead() -> None:
    need_right(BEN, ACME, [], THEIRS)
    need_right(HAL, ACME, [], THEIRS)
    with pytest.raises(Refused, match="somebody else's"):
        need_right(AMY, ACME, [], THEIRS)


def test_anybody_who_takes_part_tells_of_a_new_deal_without_a_lead() -> None:
    for person in (AMY, EVA, HAL):
        need_right(person, ACME, [], NEW)
    with pytest.raises(Refused):
        need_right(replace(AMY, external=True), ACME, [], NEW)


def test_who_comes_too_late_reads_who_closed_it_and_why() -> None:
    stage = Stage(name="lost", at=NOW, since=NOW, reason="in_house", by="UAMY")
    deal = replace(THEIRS, state=DealState.LOST, stages=(stage,), fields={"name": "Globex"})

    assert closed_already(deal).startswith("Globex is lost since <!date^")
    assert closed_already(deal).endswith(
        ", They build it themselves. <@UAMY> told so. Nothing for you to do."
    )
    of_a_feed = replace(deal, stages=(replace(stage, by=None),))
    assert "So it stands in crm." in closed_already(of_a_feed)


def test_a_deal_without_a_name_or_an_amount_is_a_line_too() -> None:
    assert deal_line(NEW) == "Deal: open"


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("12000", 120_000_000),
        ("12 000", 120_000_000),
        ("12'000.50", 120_005_000),
        ("1,234.50", 12_345_000),
        ("1.234,50", 12_345_000),
        ("12,5", 125_000),
        ("1,234,567", 12_345_670_000),
        ("1.234.567", 12_345_670_000),
        ("1,234", None),
        ("12 EUR", None),
        ("-3", None),
    ],
)
def test_a_figure_is_read_as_people_type_it_and_never_guessed(words: str, amount: int | None) -> None:
    assert money.amount(money.typed(words)) == amount
