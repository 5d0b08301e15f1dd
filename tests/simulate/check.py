"""Holds what was sent against what should have been."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from tests.simulate.expected import expected, in_time
from tests.simulate.known import Known
from tests.simulate.run import History, Row
from tests.simulate.rungs import Offered, Wanted
from tests.simulate.turns import ahead

MOST: Final = 5
PACE: Final = timedelta(seconds=40)  # of lanes: some messages to one person wait for each other
A_LEAD: Final = 1
REST: Final = 2 * 3600


def faults(history: History, slack: timedelta) -> list[str]:
    """Every difference, as a sentence; none: all that was due was sent once, at its moment, to the right person."""
    company = Known(history)
    over = [f"{rep} had more leads than the cap" for rep in company.reps if company.is_over(rep)]
    rungs, offers = _rungs(history, company, slack)
    found = [*rungs, *_limits(history), *_messages(history, company, slack)]
    return [*found, *over, *_shares(history, company, offers)]


def offered(history: History, company: Known, slack: timedelta) -> list[Offered]:
    """Every offer in turn, at the moment at which it was due."""
    return _rungs(history, company, slack)[1]


def _rungs(history: History, company: Known, slack: timedelta) -> tuple[list[str], list[Offered]]:
    """Missing, doubled, early, late, to somebody else; and the offers in turn."""
    found: list[str] = []
    offers: list[Offered] = []
    until = history.plan.end - slack  # the last are not waited for
    for sent, ladder in expected(history, company, slack):
        found += _differences(sent, ladder.wanted, until, slack)
        offers += ladder.offers
    return found, offers


def _differences(
    sent: Sequence[Row], due: Sequence[Wanted], until: datetime, slack: timedelta
) -> Iterator[str]:
    left = list(sent)
    for wanted in due:
        for whom in [[each] for each in sorted(wanted.whom)] if wanted.every else [wanted.whom]:
            found = next((row for row in left if _is_it(row, wanted, whom, slack)), None)
            if found is None and wanted.at < until:
                yield f"{wanted.lead}: {wanted.rung} was due at {wanted.at} to {sorted(whom)}, and was not sent"
            elif found is not None:
                left.remove(found)
    for row in (each for each in left if each["at"] < until):
        yield f"{row['lead']}: {row['rung']} was sent at {row['at']} to {row['person']}, and was not due"


def _is_it(row: Row, wanted: Wanted, whom: Collection[str], slack: timedelta) -> bool:
    if row["rung"] != wanted.rung or row["person"] not in whom:
        return False
    return wanted.every or in_time(row, wanted, slack)


def _shares(history: History, company: Known, offers: Sequence[Offered]) -> Iterator[str]:
    """Nobody is asked while another who could have been is a whole lead further behind their share.

    What their weight gives them of each lead is counted while they could be asked; messages of one moment are taken
    in any order. While all could be asked nobody is ever a whole lead away from it (tests/bot/test_rota.py). Where a
    lead goes from one to the next because all are silent, each is asked once, whatever their weight: that is made
    up for later.
    """
    for rep, (most, at) in ahead(history, company, offers).items():
        if most >= A_LEAD:
            yield f"{rep} was asked at {at}, with somebody {float(most):.2f} leads further behind"


def _limits(history: History) -> Iterator[str]:
    """At most five for each person, lead and stage."""
    stages = Counter(
        (row["person"], row["lead"], row["stage"], row["id"].split(".")[2])
        for row in history.nudges
        if row["person"]
    )
    yield from (f"{key} was reminded {times} times" for key, times in stages.items() if times > MOST)


def _messages(history: History, company: Known, slack: timedelta) -> Iterator[str]:
    """Each nudge in one message, in the receiver's hours, when it was to be told; managers in peace."""
    posted: dict[str, list[datetime]] = defaultdict(list)
    for each in history.posted:
        row = history.posts.get(each.post)
        if row is not None and row["kind"] == "reminder":
            posted[row["about"]].append(each.at)
    told: dict[str, list[Row]] = defaultdict(list)
    for row in history.nudges:
        if row["reminder"]:
            told[row["reminder"]].append(row)
    for reminder, times in posted.items():
        person = reminder.partition(".")[0]
        if len(times) > 1:
            yield f"{reminder} was posted {len(times)} times"
        if not (company.there[person].is_open(times[0]) or company.there[person].is_open(times[0] - PACE)):
            yield f"{person} was told at {times[0]}, outside their hours"
        for row in told[reminder]:
            late = times[0] - company.up(row["at"])
            if _is_urgent(row) and late > PACE + slack:
                yield f"{row['id']} was told at {times[0]}, {late} late"
    yield from _rests(company, posted, told, timedelta(seconds=REST) - PACE - slack)


def _is_urgent(row: Row) -> bool:
    """Whether it waits for no list: nobody can be offered a lead, it is hot, or somebody's own."""
    return row["hot"] or not row["managing"] or row["rung"] == "help"


def _rests(
    company: Known, posted: dict[str, list[datetime]], told: dict[str, list[Row]], rest: timedelta
) -> Iterator[str]:
    """A manager has two working hours between messages of leads that are not hot; the first may have come late."""
    for manager in {*company.managers, *company.heads}:
        last: datetime | None = None
        for reminder in sorted(each for each in posted if each.startswith(f"{manager}.")):
            at, rows = posted[reminder][0], told[reminder]
            calm = rows and not any(map(_is_urgent, rows))
            hours = company.own[manager]
            if calm and last is not None and hours.worked(at) - hours.worked(last) < rest.total_seconds():
                yield f"{manager} was told at {at}, too soon after {last}"
            last = at if any(row["managing"] for row in rows) else last
