"""Deals as feeds tell them: what is read, what is refused, and which news counts. And what money looks like."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.arrivals import DealArrival, Problem, Senseless
from bot.deals import DEAL_TRANSITIONS, Deal, DealState, Turn, take_news
from bot.feedback import Standing, campaign_note
from bot.intake import read
from bot.money import MOST, Money
from tests.bot.examples import ACME, DAY, HOUR, NOW

FULL = {
    "id": "opp-7",
    "name": "Globex rollout",
    "stage": "lost",
    "amount": "12000.00",
    "currency": "EUR",
    "opened_at": "2026-09-01",
    "closed_at": "2026-11-21",
    "leads": ["crm-991", "PAT@globex.test"],
    "owner": "amy@acme.test",
    "people": ["eva@acme.test"],
    "reason": "competitor",
    "competitor": "Initech",
    "url": "https://crm.test/deals/7",
}


LISTED = ("Demo", "Proposal")


def sent(**told: Any) -> DealArrival | Senseless:
    """The deal as it is read when a feed sends it with this changed."""
    [item] = read(json.dumps({"deal": {**FULL, **told}}).encode(), "crm").items
    assert isinstance(item, DealArrival | Senseless)
    return item


def arrival(at: datetime | None = None, **told: Any) -> DealArrival:
    item = sent(**told)
    assert isinstance(item, DealArrival), item
    return replace(item, occurred_at=at)


def problems(whole: Any) -> dict[str, str]:
    [item] = read(json.dumps(whole).encode(), "crm").items
    assert isinstance(item, Senseless), item
    return {problem.path: problem.words for problem in item.problems}


def after(*news: DealArrival, deal: Deal | None = None) -> Deal:
    deal = deal or Deal(id="d", feed="crm", external_id="opp-7")
    for hour, each in enumerate(news):
        taken = take_news(deal, each, NOW + hour * HOUR)
        assert isinstance(taken, Deal), taken
        deal = taken
    return deal


def test_a_deal_is_read_whole() -> None:
    item = arrival(budget="yes", facts={"seats": 30})

    assert (item.feed, item.external_id) == ("crm", "opp-7")
    assert item.fields == {
        "name": "Globex rollout",
        "stage": "lost",
        "amount": 120_000_000,
        "currency": "EUR",
        "opened_at": "2026-09-01T00:00:00+00:00",
        "closed_at": "2026-11-21T00:00:00+00:00",
        "leads": ("crm-991", "pat@globex.test"),
        "owner": "amy@acme.test",
        "people": ("eva@acme.test",),
        "reason": "competitor",
        "competitor": "Initech",
        "url": "https://crm.test/deals/7",
        "facts.budget": "yes",
        "facts.seats": 30,
    }


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("12000.00", "12,000 EUR"),
        (12000, "12,000 EUR"),
        (0.1, "0.10 EUR"),
        ("0.0001", "0.0001 EUR"),
        (1234567.89, "1,234,567.89 EUR"),
        (99_999_999_999.9, None),
        (0, "0 EUR"),
        (-0.0, "0 EUR"),
        (str(MOST), f"{MOST:,} EUR"),
        (12345678901.1234, "12,345,678,901.1234 EUR"),
        ("0.00001", None),
        ("12,000.00", None),
        ("1e3", None),
        (-1, None),
        ("-1", None),
        (MOST + 1, None),
        (True, None),
        ("many", None),
    ],
)
def test_an_amount_is_kept_exactly_or_refused(written: Any, words: str | None) -> None:
    item = sent(amount=written, currency="eur")

    if words is None:
        assert isinstance(item, Senseless)
        assert [problem.path for problem in item.problems] == ["deal.amount"]
    else:
        assert isinstance(item, DealArrival)
        assert str(after(item).money) == words


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ({"amount": "-1"}, "deal.amount"),
        ({"currency": "EURO"}, "deal.currency"),
        ({"currency": "XXX"}, "deal.currency"),
        ({"currency": None}, "deal.currency"),
        ({"amount": None}, "deal.amount"),
        ({"opened_at": "2026-11-22"}, "deal.closed_at"),
        ({"closed_at": "yesterday"}, "deal.closed_at"),
        ({"name": 7}, "deal.name"),
        ({"stage": 7}, "deal.stage"),
        ({"stage": " "}, "deal.stage"),
        ({"id": None}, "deal.id"),
        ({"people": ["eva@acme.test"] * 101}, "deal.people"),
        ({"leads": [f"crm-{number}" for number in range(500)]}, "deal.leads"),
        ({"leads": "crm-991"}, "deal.leads"),
        ({"leads": ["crm-991", None]}, "deal.leads.1"),
        ({"leads": ["crm-991", " "]}, "deal.leads.1"),
        ({"people": ["eva@acme.test", "Eva"]}, "deal.people.1"),
        ({"people": [f"p{number}@acme.test" for number in range(500)]}, "deal.people"),
        ({"facts": "many"}, "deal.facts"),
        ({"owner": "Amy"}, "deal.owner"),
    ],
)
def test_what_makes_no_sense_is_told_by_the_path_of_its_field(told: dict[str, Any], path: str) -> None:
    assert list(problems({"deal": {**FULL, **told}})) == [path]


def test_all_problems_of_a_deal_are_told_at_once() -> None:
    told = {"stage": "won", "amount": "-1", "currency": "?", "people": [7]}

    assert sorted(problems({"deal": told})) == ["deal.amount", "deal.currency", "deal.id", "deal.people.0"]


@pytest.mark.parametrize("whole", [{"deal": FULL, "id": "crm-991"}, {"deal": "opp-7"}, {"deal": None}])
def test_a_deal_comes_alone_and_is_an_object(whole: Any) -> None:
    assert list(problems(whole)) == ["deal"]


def test_a_deal_that_closes_on_the_day_it_opens_makes_sense() -> None:
    item = sent(opened_at="2026-11-21T09:00:00Z", closed_at="2026-11-21")

    assert isinstance(item, DealArrival)


@pytest.mark.parametrize(
    ("stage", "state"),
    [("won", DealState.WON), ("Lost", DealState.LOST), ("Proposal sent", DealState.OPEN)],
)
def test_the_state_follows_from_the_stage(stage: str, state: DealState) -> None:
    assert after(arrival(stage=stage)).state is state


@pytest.mark.parametrize("before", DealState)
@pytest.mark.parametrize("then", DealState)
def test_every_change_of_state_has_a_name(before: DealState, then: DealState) -> None:
    stages = {DealState.OPEN: "Proposal", DealState.WON: "won", DealState.LOST: "lost"}
    deal = after(arrival(stage=stages[before]), arrival(stage=stages[then]))

    assert deal.state is then
    assert ((before, then) in DEAL_TRANSITIONS) is (before is not then)


def test_a_closed_deal_with_an_open_stage_is_reopened() -> None:
    assert DEAL_TRANSITIONS[DealState.WON, DealState.OPEN] is Turn.REOPENED


def test_the_same_deal_twice_is_the_same() -> None:
    deal = after(arrival())

    assert after(arrival(), arrival(amount=12000), deal=deal) == deal


def test_a_stage_told_late_loses_to_a_later_one() -> None:
    deal = after(arrival(NOW, stage="won"), arrival(NOW - DAY, stage="Proposal", competitor=None))

    assert (deal.state, deal.fields["competitor"]) == (DealState.WON, "Initech")


def test_absent_says_nothing_and_null_erases() -> None:
    bare = DealArrival(feed="crm", external_id="opp-7", occurred_at=None, fields={"stage": "lost"})
    deal = after(arrival(), bare, arrival(reason=None, amount=None, currency=None))

    assert (deal.money, deal.fields.get("reason"), deal.fields["competitor"]) == (None, None, "Initech")


def test_news_by_which_it_would_close_before_it_opened_makes_no_sense() -> None:
    late = arrival(opened_at=None, closed_at="2026-08-01")
    late = replace(late, fields={path: told for path, told in late.fields.items() if path != "opened_at"})

    problem = take_news(after(arrival()), late, NOW + DAY)

    assert isinstance(problem, Problem)
    assert problem.path == "deal.closed_at"


@pytest.mark.parametrize("stage", ["Proposal", "proposal", "won", "LOST"])
def test_a_stage_of_the_list_is_taken_as_it_is_written_there(stage: str) -> None:
    taken = take_news(Deal(id="d", feed="crm", external_id="opp-7"), arrival(stage=stage), NOW, LISTED)

    assert isinstance(taken, Deal)
    assert taken.fields["stage"] in {*LISTED, "won", "lost"}


def test_a_stage_that_is_not_in_the_list_is_refused_with_those_that_are() -> None:
    problem = take_news(Deal(id="d", feed="crm", external_id="opp-7"), arrival(stage="Maybe"), NOW, LISTED)

    words = "There is no such stage here. This should be one of: Demo, Proposal, won, lost."
    assert problem == Problem(path="deal.stage", words=words)


def test_the_campaigns_row_has_deals_and_what_was_won_by_currency() -> None:
    amounts = (Money(currency="USD", amount=35_005_000), Money(currency="EUR", amount=120_000_000))
    standing = Standing(handed_over=3, deals=3, won=2, amounts=amounts)

    row = campaign_note("campaign:Spring", "2026-W48", standing, ACME).text

    assert "deals 3, won 2 (12,000 EUR, 3,500.50 USD), rejected 0" in row
