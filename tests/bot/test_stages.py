"""The stages that a deal went through: in the order of the news, whatever order they came in."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.arrivals import DealArrival
from bot.deals import MOST_STAGES, Deal, DealState, Turn, take_news, turn_of
from tests.bot.examples import DAY, HOUR, NOW

BEFORE = Deal(id="d", feed="crm", external_id="opp-7")


def news(stage: str, at: datetime | None = None, **fields: Any) -> DealArrival:
    return DealArrival(feed="crm", external_id="opp-7", occurred_at=at, fields={"stage": stage, **fields})


def after(*told: DealArrival) -> Deal:
    """The deal after these, an hour between each and the next."""
    deal = BEFORE
    for hour, each in enumerate(told):
        taken = take_news(deal, each, NOW + hour * HOUR)
        assert isinstance(taken, Deal), taken
        deal = taken
    return deal


def names(deal: Deal) -> list[str]:
    return [stage.name for stage in deal.stages]


def test_each_stage_is_kept_with_its_time() -> None:
    deal = after(news("Demo"), news("Proposal"), news("won"))

    assert [(stage.name, stage.since) for stage in deal.stages] == [
        ("Demo", NOW),
        ("Proposal", NOW + HOUR),
        ("won", NOW + 2 * HOUR),
    ]
    assert (deal.opened_at, deal.closed_at) == (NOW, NOW + 2 * HOUR)


def test_a_stage_that_is_told_again_is_no_other() -> None:
    assert names(after(news("Demo"), news("Demo", name="Globex"), news("Demo", NOW + DAY))) == ["Demo"]


def test_what_is_told_late_finds_its_place() -> None:
    deal = after(news("won", NOW), news("Demo", NOW - 2 * DAY), news("Proposal", NOW - DAY))

    assert (names(deal), deal.state) == (["Demo", "Proposal", "won"], DealState.WON)


def test_a_stage_that_began_earlier_than_was_known_began_then() -> None:
    deal = after(news("Demo", NOW), news("Demo", NOW - DAY), news("Demo", NOW))

    assert [(stage.name, stage.since) for stage in deal.stages] == [("Demo", NOW - DAY)]


def test_days_that_are_told_count_and_not_when_the_news_came() -> None:
    opened, closed = NOW - 90 * DAY, NOW - 30 * DAY

    deal = after(
        news("Demo", opened_at=opened.isoformat()),
        news("won", opened_at=opened.isoformat(), closed_at=closed.isoformat()),
    )

    assert [stage.since for stage in deal.stages] == [opened, closed]
    assert (deal.opened_at, deal.closed_at) == (opened, closed)


def test_the_day_on_which_it_should_close_is_not_the_day_on_which_it_did() -> None:
    deal = after(news("Demo", closed_at=(NOW + 30 * DAY).isoformat()), news("won"))

    assert deal.closed_at == NOW + HOUR


def test_a_reason_and_a_day_may_be_told_after_the_close() -> None:
    late = news("lost", reason="price", competitor="Initech", closed_at=(NOW - DAY).isoformat())

    [stage] = after(news("lost"), late).stages

    assert (stage.reason, stage.competitor, stage.since) == ("price", "Initech", NOW - DAY)


def test_why_it_was_lost_the_first_time_is_still_known_after_it_was_won() -> None:
    told = (news("lost", reason="price"), news("Demo"), news("won", reason="support"))

    deal = after(*told)

    assert names(deal) == ["lost", "Demo", "won"]
    assert [stage.reason for stage in deal.stages] == ["price", None, "support"]
    assert deal.closed_at == NOW + 2 * HOUR


def test_a_deal_that_is_open_again_has_no_day_of_closing() -> None:
    assert after(news("won"), news("Demo")).closed_at is None


@pytest.mark.parametrize("turns", [6, MOST_STAGES + 50])
def test_a_deal_that_goes_to_and_fro_for_ever_keeps_its_first_stage_and_the_last_ones(turns: int) -> None:
    told = [news(("Demo", "Proposal")[each % 2]) for each in range(turns)]

    deal = after(*told)

    assert len(deal.stages) == min(turns, MOST_STAGES)
    assert deal.stages[0].since == NOW
    assert deal.stages[-1].since == NOW + (turns - 1) * HOUR


@pytest.mark.parametrize(
    ("stages", "turn"),
    [
        (("Demo", "Proposal"), None),
        (("Demo", "won"), Turn.WON),
        (("Demo", "lost"), Turn.LOST),
        (("won", "Demo"), Turn.REOPENED),
        (("won", "lost"), Turn.CORRECTED),
    ],
)
def test_what_has_become_of_a_deal_has_a_name(stages: tuple[str, str], turn: Turn | None) -> None:
    first, then = stages

    assert turn_of(after(news(first)), after(news(first), news(then))) is turn


def test_a_deal_that_arrives_closed_has_turned() -> None:
    assert turn_of(BEFORE, after(news("won"))) is Turn.WON


def test_who_said_so_in_slack_stands_with_the_stage() -> None:
    deal = after(news("Demo"), replace(news("won"), by="UAMY"))

    assert [stage.by for stage in deal.stages] == [None, "UAMY"]
