"""Stories of Monday, nine o'clock: the week in one message, once for each reader."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from bot.jobs import Due, PlanDigests
from playground.things import Message
from storage.db import Database
from tests.world import ONE_CHANNEL, WITH_ROLES, World, lead, person_called, settings_with

THE_WEEK_BEFORE = "2026-11-17T10:00:00+00:00"


@pytest.fixture
async def week(db: Database, time: FrozenDateTimeFactory, settings: dict[str, Any]) -> AsyncIterator[World]:
    """A company on the Tuesday before."""
    time.move_to(THE_WEEK_BEFORE)
    async with World.at(db, time, settings, digests=True) as world:
        yield world


async def monday(world: World, moment: str = "2026-11-23T09:00:10+00:00") -> None:
    await world.it_becomes("2026-11-22T19:00:00+00:00")
    await world.truce.recurring.ensure()
    await world.it_becomes(moment)


def digests(world: World, person: str) -> list[Message]:
    return [each for each in world.dms(person) if each.text.startswith("Week 47")]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_manager_reads_the_week_and_acts_from_it(week: World) -> None:
    await week.clicks("amy", "Accept", await week.offers())
    await week.time_passes(minutes=20)
    await week.clicks("amy", "Contacted", week.dm("amy"))
    await week.crm_sends(person_called("Robin Roe"))
    await week.rejects("ben", week.cards()[-1], "No budget", words="Next year perhaps.")
    await week.crm_sends(person_called("Kim Poe", company={"name": "Hooli"}))
    await week.time_passes(hours=3)

    await monday(week)

    [told] = digests(week, "hal")
    for words in (
        "Handed over 3 (0) = accepted 1 + rejected 1 + waiting 1.",
        "Acceptance: 1 of 2",
        "In their words: “Next year perhaps.”",
        "1 lead late now, longest first: Kim Poe at Hooli:",
        "Reminders sent",
    ):
        assert words in told.text, told.text
    [picture] = [each for each in told.blocks if each["type"] == "image"]
    assert (
        "Autumn webinar: handed over 3, accepted 1, contacted 1, rejected 1 (No budget 1)"
        in picture["alt_text"]
    )
    await week.clicks("hal", "Give to...", told)
    assert "Kim Poe" in str(week.form("hal").blocks)


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_nothing_happened_and_the_manager_is_told_so_and_nobody_else(week: World) -> None:
    await monday(week)

    [told] = digests(week, "hal")
    assert "Handed over 0 (0)" in told.text
    assert "Nothing is late now." in told.text
    assert "By version 1 of the agreement, of 17 Nov." in told.text
    assert digests(week, "amy") == digests(week, "eva") == []


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_each_reader_gets_theirs_at_their_own_nine(week: World) -> None:
    await week.clicks("chi", "Accept", await week.offers())

    await monday(week, "2026-11-23T00:00:10+00:00")  # nine in Tokyo
    assert len(digests(week, "chi")) == 1
    assert digests(week, "eva") == []

    await week.it_becomes("2026-11-23T08:00:10+00:00")  # nine in Berlin
    assert "Autumn webinar: 1 handed over, 1 accepted" in digests(week, "eva")[0].text
    assert digests(week, "hal") == []


@pytest.mark.slow
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_rep_reads_what_is_theirs_alone(week: World) -> None:
    await week.clicks("amy", "Accept", await week.offers())

    await monday(week)

    [told] = digests(week, "amy")
    assert "yours" in told.text
    assert "1 lead of yours late now, longest first: Pat Doe at Globex:" in told.text
    await week.clicks("amy", "Contacted", told)
    assert week.count("lead", "state = 'working'") == 1
    assert digests(week, "ben") == []


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_it_comes_once_however_often_it_is_planned(week: World) -> None:
    await monday(week)

    for _ in range(2):
        again = Due(job=PlanDigests(week="2026-W48"), at=week.now())
        await week.truce.jobs.add([again])
        await week.truce.recurring.ensure()
        await week.time_passes(hours=1)

    assert len(digests(week, "hal")) == 1


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_monday_on_which_truce_was_down_is_not_lost(week: World) -> None:
    await week.it_becomes("2026-11-25T11:00:00+00:00")
    await week.truce.recurring.ensure()
    await week.settles()

    assert len(digests(week, "hal")) == 1


@pytest.mark.parametrize(
    "settings",
    [settings_with(**{**WITH_ROLES, "hours": {"timezone": "Europe/London", "holidays": ["2026-11-23"]}})],
)
async def test_on_a_holiday_it_comes_the_next_working_day(week: World) -> None:
    await monday(week, "2026-11-23T16:00:00+00:00")
    assert digests(week, "hal") == []

    await week.it_becomes("2026-11-24T09:00:10+00:00")
    assert len(digests(week, "hal")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("settings", [ONE_CHANNEL])
async def test_where_nobody_is_named_the_channel_reads_it(week: World) -> None:
    await monday(week)

    assert week.cards()[-1].text.startswith("Week 47")


@pytest.mark.slow
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_all_that_is_late_is_behind_one_button(week: World) -> None:
    for number in range(12):
        await week.crm_sends(
            lead(id=f"late-{number}", contact={"name": f"L {number}", "email": f"l{number}@x{number}.test"})
        )

    await monday(week)
    [told] = digests(week, "hal")
    await week.clicks("hal", "All", told)

    assert "12 leads late now" in told.text
    assert sum("for an answer" in str(block) for block in week.form("hal").blocks) == 12


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_workspace_that_truce_came_to_since_has_no_week_to_tell_of(week: World) -> None:
    await week.it_becomes("2026-11-25T11:00:00+00:00")
    week.is_known_since(timedelta(days=1))

    await week.truce.recurring.ensure()
    await week.settles()

    assert digests(week, "hal") == []
