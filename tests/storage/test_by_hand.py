"""The figures of a week against a count by hand: two weeks noted on paper (paper.py), lived through storage, told by
the digest and by the report, and counted here anew. Nothing in this file knows how the project counts.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.digests import Digest
from bot.reports import as_json
from storage.db import Database
from storage.digests import Digests
from storage.reports import Reports
from tests.storage.desk import Desk
from tests.storage.paper import BEFORE, DATA, HOT, LONDON, MONDAY, NOW, OURS, Came, Paper, Sold, live, story
from tests.storage.paper import words_of as words_of_no

COUNTS: Final = {"no_budget": True, "no_need": True, "not_now": False, "other": False}
WEEK: Final = timedelta(days=7)
OPENS, CLOSES = time(9), time(17, 30)
DAY: Final = timedelta(days=1)


def worked(begin: datetime, end: datetime) -> int:
    """Seconds of Monday to Friday, 9:00 to 17:30 in London, day by day."""
    day, seconds = begin.astimezone(LONDON).date(), 0.0
    while datetime.combine(day, time(), LONDON) < end:
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, each, LONDON) for each in (OPENS, CLOSES))
            seconds += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
        day += DAY
    return int(seconds)


def at_work(moment: datetime) -> datetime:
    """That moment, or the next morning of work."""
    there = moment.astimezone(LONDON)
    if there.weekday() < 5 and there.time() < OPENS:
        return there.replace(hour=9, minute=0, second=0, microsecond=0)
    if there.weekday() < 5 and there.time() < CLOSES:
        return there
    return at_work(datetime.combine(there.date() + DAY, time(), LONDON))


def later(moment: datetime, *, days: int = 0, minutes: int = 0) -> datetime:
    """So many working days later at the same time; or so many minutes of work later."""
    there = at_work(moment)
    for _ in range(days):
        next_day = at_work(datetime.combine(there.date() + DAY, time(), LONDON)).date()
        there = datetime.combine(next_day, there.time(), LONDON)
    left = timedelta(minutes=minutes)
    while (today := datetime.combine(there.date(), CLOSES, LONDON) - there) < left:
        left -= today
        there = at_work(datetime.combine(there.date() + DAY, time(), LONDON))
    return there + left


def spread(took: list[int], ages: list[int]) -> dict[str, float] | None:
    every = sorted(took + ages)
    if not every:
        return None
    ninety = next(value for place, value in enumerate(every, 1) if place * 10 >= len(every) * 9)
    return {
        "number": len(every), "waiting": len(ages), "fastest": every[0], "middle": every[(len(every) - 1) // 2],
        "ninetieth": ninety, "slowest": every[-1], "longest": max(ages, default=0),
    }  # fmt: skip


def share(those: Sequence[Any], fits: Callable[[Any], Any]) -> dict[str, int]:
    return {"part": sum(bool(fits(each)) for each in those), "whole": len(those)}


def seen(came: Came) -> datetime:
    return came.at + timedelta(milliseconds=came.card_after)


def late_from(came: Came) -> datetime:
    return later(seen(came), minutes=15) if came.source == HOT else later(seen(came), days=1)


def contact_due(came: Came) -> datetime:
    assert came.decided_at is not None
    return later(came.decided_at, minutes=60) if came.source == HOT else later(came.decided_at, days=1)


def quality(these: Sequence[Came]) -> dict[str, int]:
    judged = [each for each in these if each.verdict and not each.disputed_at]
    return share(judged, lambda each: not COUNTS.get(each.reason or "", False))


def reasons(these: Sequence[Came]) -> dict[str, int]:
    return dict(sorted(Counter(each.reason for each in these if each.reason).items()))


def week_of(paper: Paper, monday: date) -> tuple[datetime, datetime, list[Came]]:
    begin, end = (datetime.combine(day, time(), LONDON) for day in (monday, monday + WEEK))
    return begin, end, [each for each in paper.came if begin <= each.at < end]


def untouched(paper: Paper, these: Sequence[Came]) -> list[Came]:
    """Accepted, nobody has been in touch, and no deal has grown from it."""
    grown = {each.lead for each in paper.sold}
    yes = [each for each in these if each.verdict == "accepted" and each.contacted_at is None]
    return [each for each in yes if each.name not in grown]


def by_hand(paper: Paper, monday: date) -> dict[str, Any]:
    begin, end, these = week_of(paper, monday)
    accepted = [each for each in these if each.verdict == "accepted"]
    rejected = [each for each in these if each.verdict == "rejected"]
    waiting = [each for each in these if each.verdict is None]
    made = Counter(each.verdict for each in paper.came if each.decided_at and begin <= each.decided_at < end)
    closed = [each for each in paper.sold if each.state != "open" and begin <= each.at < end]
    won = [each for each in closed if each.won]
    uncalled = untouched(paper, these)
    ages = [worked(each.at, NOW) for each in waiting]
    cards = spread([each.card_after for each in these], [])
    return {
        "handed_over": len(these),
        "accepted": len(accepted),
        "rejected": len(rejected),
        "waiting": len(waiting),
        "left_out": 0,
        "acceptance": {"part": len(accepted), "whole": len(accepted) + len(rejected)},
        "decisions_made": {verdict: made[verdict] for verdict in ("accepted", "rejected")},
        "lead_quality": quality(these),
        "lead_quality_by_source": {
            source: quality([each for each in these if each.source == source])
            for source in {each.source for each in these}
        },
        "time_to_decision": spread(
            [worked(each.at, each.decided_at) for each in these if each.decided_at], ages
        ),
        "time_to_first_contact": spread(
            [worked(each.at, each.contacted_at) for each in these if each.contacted_at],
            [*ages, *(worked(each.at, NOW) for each in uncalled)],
        ),
        "system_time": cards
        and {name: n if name in ("number", "waiting") else n / 1000 for name, n in cards.items()},
        "within_the_clock": {
            name: share(
                [each for each in these if each.decided_at and (each.source == HOT) is hot],
                lambda each: (each.accepted_at or each.decided_at) < late_from(each),
            )
            for name, hot in (("hot", True), ("standard", False))
        },
        "followed_up": share(
            accepted, lambda each: each.contacted_at and each.contacted_at <= contact_due(each)
        ),
        "never_contacted": sum(later(each.decided_at or NOW, days=5) < NOW for each in uncalled),
        "contacted": sum(each.contacted_at is not None for each in these),
        "rejections": reasons(rejected),
        "win_rate": {"part": len(won), "whole": len(closed)},
        "revenue": [
            {"currency": currency, "amount": f"{amount}.00"} for currency, amount in money_of(won).items()
        ],
        "lines": lines_by_hand(these),
    }


def lines_by_hand(these: Sequence[Came]) -> list[dict[str, Any]]:
    """Each campaign with its part, those with most leads first."""
    campaigns = Counter(each.campaign for each in these)
    told = []
    for campaign, number in sorted(campaigns.items(), key=lambda each: (-each[1], each[0])):
        its = [each for each in these if each.campaign == campaign]
        no = [each for each in its if each.verdict == "rejected"]
        told.append(
            {
                "campaign": campaign,
                "handed_over": number,
                "accepted": sum(each.verdict == "accepted" for each in its),
                "contacted": sum(each.contacted_at is not None for each in its),
                "rejections": {
                    "before_first_contact": reasons([each for each in no if each.contacted_at is None]),
                    "after_first_contact": reasons([each for each in no if each.contacted_at is not None]),
                },
                "waiting": sum(each.verdict is None for each in its),
                "lead_quality": quality(its),
            }
        )
    return told


def money_of(deals: Sequence[Sold]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in deals:
        found[each.currency] += each.amount
    return dict(sorted(found.items()))


def owed_by_hand(paper: Paper, deals: Sequence[Sold]) -> dict[str, dict[str, Any]]:
    """Each lead has one touch, so every model owes a deal to that alone; deals without one to nobody."""
    told: dict[str, dict[str, Any]] = {}
    for name, of in (
        ("lines", lambda lead: f"campaign:{lead.campaign}"),
        ("sources", lambda lead: lead.source),
    ):
        owed: dict[str, list[Sold]] = {}
        for each in deals:
            lead = paper.by_name.get(each.lead or "")
            counts = lead is not None and (each.state == "open" or lead.at <= each.at)
            owed.setdefault(of(lead) if counts else "unknown", []).append(each)
        told[name] = {
            to: {"deals": str(len(some)), "money": {each: f"{n}.00" for each, n in money_of(some).items()}}
            for to, some in owed.items()
        }
    return told


def reminders_by_hand(paper: Paper) -> dict[str, dict[str, int]]:
    begin, end, _ = week_of(paper, MONDAY)
    sent = [each for each in paper.told if begin <= each.at < end]
    return {
        rung: share(
            [each for each in sent if each.rung == rung],
            lambda each: each.acted_at and worked(each.at, each.acted_at) <= 3600,
        )
        for rung in {each.rung for each in sent}
    }


def stuck_by_hand(paper: Paper) -> dict[str, Any]:
    """Late, stalled, and deals without a next step: as of now, whatever the week."""
    waits = [each for each in paper.came if each.verdict is None and late_from(each) <= NOW]
    uncalled = [each for each in untouched(paper, paper.came) if contact_due(each) <= NOW]
    late = sorted([*waits, *uncalled], key=lambda each: each.at)
    grown = {each.lead for each in paper.sold}
    spoken = [each for each in paper.came if each.verdict == "accepted" and each.contacted_at]
    silent = [
        each
        for each in spoken
        if each.name not in grown
        and each.contacted_at
        and later(each.contacted_at, days=3 if each.source == HOT else 7) <= NOW
    ]
    planned = {each.lead for each in paper.sold if each.planned}
    open_deals = [each for each in paper.sold if each.state == "open"]
    idle = [each for each in open_deals if each.lead is None or each.lead not in planned]
    return {
        "late": [(each.name, worked(each.at, NOW)) for each in late[:10]],
        "late in all": len(late),
        "stalled": [each.name for each in sorted(silent, key=lambda each: each.contacted_at or NOW)[:5]],
        "stalled in all": len(silent),
        "deals": [each.name for each in sorted(idle, key=lambda each: each.at)[:5]],
        "deals in all": len(idle),
    }


def learnt_by_hand(paper: Paper) -> dict[str, Any]:
    begin, end, these = week_of(paper, MONDAY)
    noted = [each for each in paper.sold if each.state != "open" and begin <= each.heard_at < end]
    summed = {each.deal for each in paper.looked}
    left = [each for each in paper.looked if each.proposed and each.due is None]
    won = [each for each in paper.sold if each.won and begin <= each.at < end]
    seconds = [(each, paper.by_name[each.lead]) for each in won if each.lead]
    no = [each for each in these if each.verdict == "rejected"]
    heard = [each for each in paper.heard if begin <= each.at < end]
    themes = Counter(each.theme.lower() for each in heard)
    newest = {each.theme.lower(): each.words for each in sorted(heard, key=lambda each: each.at)}
    _, _, before = week_of(paper, BEFORE)
    return {
        "retros": (len(noted), sum(each.name in summed for each in noted)),
        "unchosen": sum(begin <= later(each.summed_at, days=3) < end for each in left),
        "overdue": sorted(
            (str(each.due), f"Change after {each.deal}")
            for each in paper.looked
            if each.due and each.due < NOW.date()
        ),
        "second chances": sorted(
            (deal.name, lead.reason)
            for deal, lead in seconds
            if lead.reason and lead.decided_at and lead.decided_at < deal.at
        ),
        "heard": [
            (theme, number, newest[theme])
            for theme, number in sorted(themes.items(), key=lambda each: (-each[1], each[0]))
        ],
        "quotes": [
            words_of_no(each)
            for each in sorted(no, key=lambda each: each.decided_at or NOW, reverse=True)[:2]
        ],
        "weeks before": (1, len(before), by_hand(paper, BEFORE)["acceptance"]),
    }


def stuck_as_told(digest: Digest) -> dict[str, Any]:
    return {
        "late": [(each.lead.external_id, each.waited.seconds) for each in digest.late],
        "late in all": digest.late_in_all,
        "stalled": [each.external_id for each in digest.stalled],
        "stalled in all": digest.stalled_in_all,
        "deals": [each.title for each in digest.deals],
        "deals in all": digest.deals_in_all,
    }


def learnt_as_told(digest: Digest) -> dict[str, Any]:
    back, usual = digest.back, digest.usual
    assert usual is not None
    acceptance = {"part": usual.acceptance.part, "whole": usual.acceptance.whole}
    return {
        "retros": (back.due, back.done),
        "unchosen": back.unchosen,
        "overdue": sorted((each.due, each.what) for each in back.overdue),
        "second chances": sorted((each.title, each.reason) for each in digest.second_chances),
        "heard": [(each.theme, each.number, each.words) for each in digest.heard],
        "quotes": list(digest.quotes),
        "weeks before": (usual.weeks, usual.handed_over, acceptance),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "data", [None] if DATA is None else [None, DATA], ids=lambda each: "real" if each else "invented"
)
async def test_every_figure_is_what_somebody_counts_by_hand(db: Database, data: Path | None) -> None:
    paper = story(random.Random(2018), data)  # noqa: S311 - dice
    desk = await Desk.at(db, agreement=OURS)

    await live(desk, paper)
    report = as_json(await Reports(desk.space, OURS).tell("2018-W07", NOW))
    found = await Digests(desk.space, OURS).of("2018-W08|UHAL", NOW)

    assert found is not None
    digest = found[1]
    for told in (report, as_json(digest.report)):
        assert told["figures"] == by_hand(paper, MONDAY)
        assert told["before"] == by_hand(paper, BEFORE)
        assert told["reminders"] == reminders_by_hand(paper)
    begin, end, _ = week_of(paper, MONDAY)
    deals = {
        "won": [each for each in paper.sold if each.won and begin <= each.at < end],
        "pipeline": [each for each in paper.sold if each.state == "open"],
    }
    for name, these in deals.items():
        for model in ("first", "last", "linear", "u", "w", "decay"):
            assert report["attribution"][name][model] == owed_by_hand(paper, these), (name, model)
    assert stuck_as_told(digest) == stuck_by_hand(paper)
    assert learnt_as_told(digest) == learnt_by_hand(paper)


@pytest.mark.parametrize(
    "data", [None] if DATA is None else [None, DATA], ids=lambda each: "real" if each else "invented"
)
def test_the_paper_has_some_of_everything(data: Path | None) -> None:
    """Else a figure that is always nought would be reproduced by anything."""
    paper = story(random.Random(2018), data)  # noqa: S311 - dice
    week, stuck, learnt = by_hand(paper, MONDAY), stuck_by_hand(paper), learnt_by_hand(paper)

    within = [*week["within_the_clock"].values(), week["followed_up"], *reminders_by_hand(paper).values()]
    assert all(0 < each["part"] < each["whole"] for each in within)
    after = [bool(each["rejections"]["after_first_contact"]) for each in week["lines"]]
    assert any(after)
    assert min(week["handed_over"], week["win_rate"]["whole"], week["rejected"], week["waiting"]) > 3
    assert len(week["revenue"]) == 2
    assert (
        min(week["never_contacted"], *(stuck[f"{name} in all"] for name in ("late", "stalled", "deals"))) > 0
    )
    assert 0 < learnt["retros"][1] < learnt["retros"][0]
    assert (
        min(learnt["unchosen"], *(len(learnt[name]) for name in ("overdue", "second chances", "heard"))) > 0
    )
