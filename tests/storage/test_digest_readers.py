"""Readers of Monday's message in a large company: each gets one, in time, however often it is planned."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from bot.jobs import PlanDigests
from bot.people import Person
from storage.db import Database
from storage.digests import Digests
from storage.tables import JOB, LIFE, ONCE
from tests.bot.examples import agreement
from tests.storage.desk import Desk

ZONES: Final = (
    *("Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kolkata", "Asia/Dubai"),
    *(
        "Europe/Istanbul",
        "Africa/Nairobi",
        "Europe/Helsinki",
        "Africa/Cairo",
        "Europe/Berlin",
        "Africa/Lagos",
    ),
    *("Europe/London", "Atlantic/Azores", "America/Sao_Paulo", "America/Halifax", "America/New_York"),
    *("America/Chicago", "America/Denver", "America/Los_Angeles"),
)
MANY: Final = 1000
SUNDAY: Final = datetime(2026, 11, 22, 19, tzinfo=UTC)  # Monday, nine o'clock, where a day begins first
OURS: Final = agreement(people={"reps": ["@sales"], "managers": ["u0@acme.test"]})


def rep(number: int) -> Person:
    zone = ZONES[number % len(ZONES)]
    return Person(
        slack_id=f"U{number:04}",
        name=f"Rep {number}",
        email=f"u{number}@acme.test",
        tz=zone,
        groups=("@sales",),
    )


@pytest.mark.slow
async def test_a_thousand_readers_in_twenty_zones_get_one_each_at_their_own_nine(db: Database) -> None:
    desk = await Desk.at(db, agreement=OURS)
    people = [rep(number) for number in range(MANY)]
    await desk.people.keep(people, SUNDAY)
    began = {"workspace": "T1", "began_at": SUNDAY - timedelta(days=60), "beat_at": SUNDAY}
    await db.write(lambda session: session.execute(insert(LIFE).values(**began)))
    digests = Digests(desk.space, OURS)

    pages = [await planned(digests) for _ in range(2)]  # as by two processes, one after the other

    here = (JOB.c.workspace == "T1", JOB.c.kind == "show")
    rows = await db.read(
        lambda session: session.execute(select(JOB.c.payload, JOB.c.due_at).where(*here)).all()
    )
    due = {payload["about"].removeprefix("2026-W48|"): at for payload, at in rows}
    once = select(ONCE.c.name).where(ONCE.c.workspace == "T1")
    names = await db.read(lambda session: session.scalars(once).all())
    zones = {each.slack_id: ZoneInfo(each.tz or "") for each in people}
    assert {due[each].astimezone(zone).strftime("%a %H:%M") for each, zone in zones.items()} == {"Mon 09:00"}
    assert len(rows) == len(due) == MANY + 1  # who else there is: another rep of the group
    assert sorted(names) == sorted(f"digest:2026-W48|{each}" for each in due)
    assert pages == [(MANY + 1) // 100 + 1] * 2


async def planned(digests: Digests) -> int:
    """All pages of it, and how many there were."""
    job, pages = await digests.plan(PlanDigests(week="2026-W48"), SUNDAY), 1
    while job is not None:
        job, pages = await digests.plan(job, SUNDAY), pages + 1
    return pages
