"""The figures of a week against a count by hand: real leads and deals where they lie beside the project, invented ones
from a plain clone, decided by a seeded simulation; the count shares no code with the figures.
"""

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from bot.arrivals import DealArrival, LeadArrival, Touch
from bot.leads.commands import Accept, Command, Contact, Reject
from bot.reports import as_json
from storage.db import Database
from storage.reports import Reports
from tests.bot.examples import agreement
from tests.storage.desk import Desk

ABOVE: Final = [each / "shared" / "data" for each in Path(__file__).parents]
DATA: Final = next(
    (each for each in ABOVE if each.exists()), None
)  # real data, where they lie beside the project
ONE_IN: Final = 3  # of the real leads: these weeks have hundreds
LONDON: Final = ZoneInfo("Europe/London")
MONDAY: Final = date(2018, 2, 12)  # a week in which both have many
REASONS: Final = ("no_budget", "no_need", "not_now", "other")
COUNTS: Final = {"no_budget": True, "no_need": True, "not_now": False, "other": False}
WORDS: Final = "They wanted something else entirely."
NOW: Final = datetime(2018, 3, 1, 12, tzinfo=UTC)
OURS: Final = agreement(leads={"require": [], "flood": {"offers": 100_000, "older_than": "3650d"}})
FREE_TOUCH: Final = "landing_page"


@dataclass(frozen=True, slots=True)
class Came:
    """A lead as somebody would note it on paper, and what became of it."""

    name: str
    at: datetime
    source: str
    campaign: str
    verdict: str | None
    reason: str | None
    decided_at: datetime | None
    contacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sold:
    name: str
    won: bool
    at: datetime
    amount: int
    lead: str | None


def real_leads(data: Path) -> list[tuple[str, date, str, str]]:
    with (data / "olist_mql" / "olist_marketing_qualified_leads_dataset.csv").open() as file:
        return [
            (
                row["mql_id"],
                date.fromisoformat(row["first_contact_date"]),
                row["origin"] or "unknown",
                row["landing_page_id"],
            )
            for row in csv.DictReader(file)
        ]


def real_deals(data: Path) -> list[tuple[str, bool, date, int]]:
    with (data / "maven_crm" / "sales_pipeline.csv").open() as file:
        return [
            (
                row["opportunity_id"],
                row["deal_stage"] == "Won",
                _in_these_weeks(row["opportunity_id"]),
                int(row["close_value"]),
            )
            for row in csv.DictReader(file)
            if row["deal_stage"] in ("Won", "Lost")
        ][:200]


def invented_leads(dice: random.Random) -> list[tuple[str, date, str, str]]:
    days = [MONDAY + timedelta(days=dice.randrange(-7, 7)) for _ in range(160)]
    return [
        (f"lead{n}", day, dice.choice(["social", "email", "unknown"]), f"page{dice.randrange(9)}")
        for n, day in enumerate(days)
    ]


def invented_deals(dice: random.Random) -> list[tuple[str, bool, date, int]]:
    return [
        (
            f"deal{n}",
            dice.random() < 0.6,
            MONDAY + timedelta(days=dice.randrange(-7, 7)),
            dice.randrange(5000),
        )
        for n in range(60)
    ]


def story(dice: random.Random, data: Path | None) -> tuple[list[Came], list[Sold]]:
    """Two weeks, decided with dice: most accepted, some rejected, some still waiting."""
    leads = invented_leads(dice) if data is None else real_leads(data)[::ONE_IN]
    last = MONDAY + timedelta(days=7)
    came = [_came(dice, *each) for each in sorted(leads) if MONDAY - timedelta(days=7) <= each[1] < last]
    deals = invented_deals(dice) if data is None else real_deals(data)
    accepted = [each.name for each in came if each.verdict == "accepted"]
    sold = [
        Sold(
            name,
            won,
            datetime.combine(at, time(12), LONDON).astimezone(UTC),
            value,
            dice.choice([None, *accepted[:40]]),
        )
        for name, won, at, value in deals
    ]
    return came, sold


def _in_these_weeks(name: str) -> date:
    """The deals are another company's, of other years: each is told on a day of these weeks."""
    return MONDAY + timedelta(days=sum(map(ord, name)) % 14 - 7)


def _came(dice: random.Random, name: str, day: date, source: str, campaign: str) -> Came:
    at = datetime.combine(day, time(8), LONDON).astimezone(UTC) + timedelta(minutes=dice.randrange(720))
    decided = at + timedelta(minutes=dice.randrange(1, 3000))
    fate = dice.random()
    if fate < 0.55:
        contacted = decided + timedelta(minutes=dice.randrange(1, 4000)) if dice.random() < 0.7 else None
        return Came(name, at, source, campaign, "accepted", None, decided, contacted)
    if fate < 0.85:
        return Came(name, at, source, campaign, "rejected", dice.choice(REASONS), decided, None)
    return Came(name, at, source, campaign, None, None, None, None)


async def live(desk: Desk, came: Sequence[Came], sold: Sequence[Sold]) -> None:
    """All of it in its order, as it would have been told and clicked."""
    ids: dict[str, str] = {}
    for at, _, step in sorted(_steps(came, sold), key=lambda each: each[:2]):
        if isinstance(step, LeadArrival | DealArrival):
            await desk.intake.keep([step], feed="crm", now=at)
            if isinstance(step, LeadArrival):
                [lead] = await desk.leads.find(f"{step.external_id}@olist.test", 1)
                ids[str(step.external_id)] = lead.id
        else:
            name, command = step
            await desk.leads.change(ids[name], command, at)


def _steps(
    came: Sequence[Came], sold: Sequence[Sold]
) -> Iterator[tuple[datetime, int, LeadArrival | DealArrival | tuple[str, Command]]]:
    number = 0
    for each in came:
        fields = {
            "contact.name": each.name,
            "contact.email": f"{each.name}@olist.test",
            "source": each.source,
            "campaign": each.campaign,
        }
        touch = Touch(kind=FREE_TOUCH, at=each.at, campaign=each.campaign)
        told = LeadArrival(
            feed="crm", external_id=each.name, occurred_at=each.at, fields=fields, touches=(touch,)
        )
        yield each.at, (number := number + 1), told
        if each.decided_at is not None:
            command: Command = Accept(by="UAMY")
            if each.reason is not None:
                command = Reject(
                    by="UAMY",
                    reason=each.reason,
                    words=WORDS,
                    until=NOW + timedelta(days=90) if each.reason == "not_now" else None,
                )
            yield each.decided_at, (number := number + 1), (each.name, command)
        if each.contacted_at is not None:
            yield each.contacted_at, (number := number + 1), (each.name, Contact(by="UAMY"))
    for deal in sold:
        told_of: dict[str, Any] = {
            "name": deal.name,
            "stage": "won" if deal.won else "lost",
            "amount": deal.amount * 10_000,
            "currency": "USD",
            "closed_at": deal.at.isoformat(),
            "leads": () if deal.lead is None else (deal.lead,),
        }
        yield (
            NOW - timedelta(hours=1),
            (number := number + 1),
            DealArrival(
                feed="crm",
                external_id=deal.name,
                occurred_at=None,
                fields=told_of,
            ),
        )


# By hand from here on: nothing below knows how the project counts.


def worked(begin: datetime, end: datetime) -> int:
    """Seconds of Monday to Friday, 9:00 to 17:30 in London, day by day."""
    day, seconds = begin.astimezone(LONDON).date(), 0.0
    while datetime.combine(day, time(), LONDON) < end:
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, each, LONDON) for each in (time(9), time(17, 30)))
            seconds += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
        day += timedelta(days=1)
    return int(seconds)


def spread(took: list[int], ages: list[int]) -> dict[str, int] | None:
    every = sorted(took + ages)
    if not every:
        return None
    ninety = next(value for place, value in enumerate(every, 1) if place * 10 >= len(every) * 9)
    return {
        "number": len(every), "waiting": len(ages), "fastest": every[0], "middle": every[(len(every) - 1) // 2],
        "ninetieth": ninety, "slowest": every[-1], "longest": max(ages, default=0),
    }  # fmt: skip


def by_hand(came: Sequence[Came], sold: Sequence[Sold]) -> dict[str, Any]:
    begin = datetime.combine(MONDAY, time(), LONDON)
    end = datetime.combine(MONDAY + timedelta(days=7), time(), LONDON)
    these = [each for each in came if begin <= each.at < end]
    accepted = [each for each in these if each.verdict == "accepted"]
    rejected = [each for each in these if each.verdict == "rejected"]
    waiting = [each for each in these if each.verdict is None]
    made = Counter(each.verdict for each in came if each.decided_at and begin <= each.decided_at < end)
    bad = sum(COUNTS[each.reason or ""] for each in rejected)
    closed = [each for each in sold if begin <= each.at < end]
    won = [each for each in closed if each.won]
    converted = {each.lead for each in sold}
    uncalled = [each for each in accepted if each.contacted_at is None and each.name not in converted]
    ages = [worked(each.at, NOW) for each in waiting]
    return {
        "handed_over": len(these),
        "accepted": len(accepted),
        "rejected": len(rejected),
        "waiting": len(waiting),
        "left_out": 0,
        "acceptance": {"part": len(accepted), "whole": len(accepted) + len(rejected)},
        "decisions_made": {verdict: made[verdict] for verdict in ("accepted", "rejected")},
        "lead_quality": {"part": len(accepted) + len(rejected) - bad, "whole": len(accepted) + len(rejected)},
        "time_to_decision": spread(
            [worked(each.at, each.decided_at) for each in these if each.decided_at], ages
        ),
        "time_to_first_contact": spread(
            [worked(each.at, each.contacted_at) for each in these if each.contacted_at],
            [*ages, *(worked(each.at, NOW) for each in uncalled)],
        ),
        "contacted": sum(each.contacted_at is not None for each in these),
        "rejections": dict(sorted(Counter(each.reason for each in rejected).items(), key=str)),
        "win_rate": {"part": len(won), "whole": len(closed)},
        "revenue": [{"currency": "USD", "amount": f"{sum(each.amount for each in won)}.00"}] if won else [],
    }


def owed_by_hand(came: Sequence[Came], sold: Sequence[Sold]) -> dict[str, int]:
    """Each lead has one touch, so every model owes a deal to its campaign; deals without a lead to nobody."""
    begin, end = (datetime.combine(MONDAY + timedelta(days=each), time(), LONDON) for each in (0, 7))
    leads = {each.name: each for each in came}
    won = [each for each in sold if each.won and begin <= each.at < end]
    return dict(
        Counter(
            f"campaign:{leads[each.lead].campaign}"
            if each.lead and leads[each.lead].at <= each.at
            else "unknown"
            for each in won
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "data", [None] if DATA is None else [None, DATA], ids=lambda each: "real" if each else "invented"
)
async def test_every_figure_is_what_somebody_counts_by_hand(db: Database, data: Path | None) -> None:
    came, sold = story(random.Random(2018), data)  # noqa: S311 - dice
    desk = await Desk.at(db, agreement=OURS)

    await live(desk, came, sold)
    told = as_json(await Reports(desk.space, OURS).tell("2018-W07", NOW))

    expected = by_hand(came, sold)
    assert min(expected["handed_over"], expected["win_rate"]["whole"], expected["rejected"]) > 10
    figures = told["figures"]
    assert {name: figures[name] for name in expected} == expected
    for model in ("first", "last", "linear", "u", "w", "decay"):
        owed = {line: row["deals"] for line, row in told["attribution"]["won"][model]["lines"].items()}
        assert owed == {line: str(number) for line, number in owed_by_hand(came, sold).items()}, model
    assert len(json.dumps(told)) > 1000
