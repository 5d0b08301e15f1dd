"""Stories of people's own hours and absences: said by /truce, seen in their status, kept over a restart."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.teams import rep, team_of
from tests.world import PEOPLE, WITH_ROLES, World, lead, settings_with

BOTH = pytest.mark.parametrize("how", [{}, {"socket": True}], ids=["http", "socket"])
ROLES = pytest.mark.parametrize("settings", [WITH_ROLES])
TEAMS = pytest.mark.parametrize(
    "settings",
    [
        settings_with(
            people=PEOPLE,
            teams=[
                {
                    "name": "dach",
                    "channel": "#leads",
                    "managers": ["eva@acme.test"],
                    "when": {"company.country": "DE"},
                },
                {"name": "rest", "channel": "#leads"},
            ],
        )
    ],
)


async def away(world: World, handle: str) -> bool:
    return not (await rep(world, handle)).is_here(world.now())


async def may_be_told(world: World, handle: str, *, hot: bool = False) -> datetime:
    return (await rep(world, handle)).may_be_told(world.now(), hot=hot)


@BOTH
@ROLES
async def test_hours_of_ones_own_are_kept_and_shown(world: World) -> None:
    told = await world.says("amy", "/truce hours mon-wed 9-12 13-15")

    assert told == "Your own hours: mon-wed 09:00-12:00, 13:00-15:00 (Europe/London time)."
    assert await world.says("amy", "/truce hours") == told
    assert await world.says("ben", "/truce hours") != told


@ROLES
@pytest.mark.postgres
async def test_somebody_is_reminded_in_their_own_hours_and_zone(world: World) -> None:
    await world.says("chi", "/truce hours mon-fri 8-12")

    # It is Monday 9:30 in London, and 18:30 in Tokyo.
    assert await may_be_told(world, "chi") == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


@ROLES
async def test_hot_leads_may_reach_somebody_in_the_evening_of_that_day(world: World) -> None:
    told = await world.says("chi", "/truce hot until 21:00")

    assert told == "Hot leads may reach you until 21:00 today."
    assert await may_be_told(world, "chi", hot=True) == world.now()
    assert await may_be_told(world, "chi") > world.now()


@ROLES
async def test_hours_say_midnight_as_it_was_said(world: World) -> None:
    await world.says("chi", "/truce hot until midnight")

    assert "Hot leads may reach you until midnight today." in await world.says("chi", "/truce hours")


@ROLES
async def test_a_day_off_is_no_working_day(world: World) -> None:
    await world.says("amy", "/truce off tomorrow")
    await world.it_becomes("2026-11-24T10:00:00+00:00")

    assert await may_be_told(world, "amy") == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@BOTH
@ROLES
async def test_who_says_away_is_away_and_who_says_back_is_back(world: World) -> None:
    told = await world.says("amy", "/truce away until Friday")
    assert "You are away until Friday, 27 November." in told
    assert await away(world, "amy")
    assert not await away(world, "ben")

    assert await world.says("amy", "/truce back") == "Welcome back: leads come to you again."
    assert not await away(world, "amy")


@ROLES
async def test_an_absence_ends_by_itself(world: World) -> None:
    await world.says("amy", "/truce I'm sick today")
    assert await away(world, "amy")

    await world.it_becomes("2026-11-24T00:00:00+00:00")

    assert not await away(world, "amy")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/truce away until 31 February", "There is no 31 February"),
        ("/truce away until yesterday", "“until yesterday” has passed already"),
        ("/truce away until 2026-11-01", "has passed already"),
        ("/truce hours mon-fri", "At what hours?"),
        ("/truce hours mon-fri 9-17 Mars/Base", "Hours are those of the time zone in your Slack profile"),
        ("/truce hours never", "“never” is no day of the week"),
        ("/truce hot until 3/12", "two different days"),
        ("/truce hot until yesterday", "has passed already"),
        ("/truce off 31 February", "There is no 31 February"),
        ("/truce pause tomorrow", "Until when?"),
        ("/truce pause until 31 February", "There is no 31 February"),
        ("/truce pause until 9:00", "has passed already"),
        ("/truce pause", "Until when?"),
        ("/truce awya until Friday", "Did you mean `/truce away`?"),
    ],
)
async def test_what_cannot_be_meant_gets_one_sentence_and_changes_nothing(
    world: World, line: str, sentence: str
) -> None:
    told = await world.says("amy", line)

    assert sentence in told
    assert world.count("presence") == 0
    assert world.count("standstill") == 0


# What Slack tells by itself.


@BOTH
@ROLES
async def test_a_status_of_holiday_is_an_absence_until_it_is_taken_away(world: World) -> None:
    await world.slack.changes("amy", status_emoji=":palm_tree:", status="Vacationing")
    await world.settles()
    assert await away(world, "amy")

    await world.slack.changes("amy", status_emoji="", status="")
    await world.settles()

    assert not await away(world, "amy")


@ROLES
async def test_a_status_that_no_event_told_of_is_noticed_the_next_day(world: World) -> None:
    amy = world.slack.desk.store.person("amy")
    amy.status = "Out of office"

    await world.it_becomes("2026-11-24T08:00:00+00:00")
    await world.truce.recurring.ensure()
    await world.settles()

    assert await away(world, "amy")


@ROLES
async def test_who_is_back_stays_back_though_they_have_planned_another_absence(world: World) -> None:
    await world.slack.changes("amy", status_emoji=":palm_tree:", status="Vacationing")
    await world.settles()
    await world.says("amy", "/truce away 24 Dec - 2 Jan")
    await world.says("amy", "/truce back")

    await world.slack.changes("amy", real_name="Amy Jones-Doe")  # the same status is told of anew
    await world.settles()

    assert not await away(world, "amy")
    assert "You are away from Thursday, 24 December" in await world.says("amy", "/truce hours")


@ROLES
async def test_a_status_that_ends_takes_no_absence_with_it_that_was_said(world: World) -> None:
    await world.says("amy", "/truce away tomorrow - Friday")
    noon = int((world.now() + timedelta(hours=27)).timestamp())
    await world.slack.changes("amy", status_emoji=":mask:", status="Sick", status_until=noon)
    await world.settles()
    assert await away(world, "amy")

    await world.slack.changes("amy", status_emoji="", status="", status_until=0)
    await world.settles()
    assert not await away(world, "amy")

    assert "You are away from Tuesday, 24 November until Saturday" in await world.says("amy", "/truce hours")
    await world.it_becomes("2026-11-24T10:00:00+00:00")
    assert await away(world, "amy")


@ROLES
async def test_the_words_of_a_status_are_not_kept(world: World) -> None:
    await world.slack.changes("amy", status_emoji=":face_with_thermometer:", status="Out sick, flu")
    await world.settles()

    assert world.count("presence", "status IS NOT NULL") == 1
    assert world.count("presence", "status LIKE '%flu%' OR status LIKE '%sick%'") == 0


@BOTH
@ROLES
async def test_do_not_disturb_holds_messages_back_and_is_no_absence(world: World) -> None:
    end = world.now() + timedelta(hours=1)

    await world.slack.changes("amy", dnd_until=int(end.timestamp()))
    await world.settles()
    assert not await away(world, "amy")
    assert abs(await may_be_told(world, "amy") - end) < timedelta(seconds=1)

    await world.slack.changes("amy", dnd_until=0)
    await world.settles()
    assert await may_be_told(world, "amy") == world.now()


@ROLES
async def test_a_status_for_an_hour_holds_messages_back_for_it(world: World) -> None:
    end = world.now() + timedelta(hours=1)

    await world.slack.changes("amy", status="In a meeting", status_until=int(end.timestamp()))
    await world.settles()

    assert not await away(world, "amy")
    assert abs(await may_be_told(world, "amy") - end) < timedelta(seconds=1)


# Pauses.


@BOTH
@ROLES
async def test_a_manager_pauses_the_team_and_it_goes_on(world: World) -> None:
    told = await world.says("hal", "/truce pause until Wednesday")
    assert told.startswith("Your team pauses until Wednesday, 25 November")
    assert await may_be_told(world, "amy") == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    await world.time_passes(hours=1)
    assert await world.says("hal", "/truce go on") == "Your team goes on: its clocks run again."
    assert await may_be_told(world, "amy") == world.now()
    [stop] = (await team_of(world)).stops
    assert (stop.end - stop.begin).total_seconds() == pytest.approx(3600, abs=30)


@BOTH
@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_what_a_pause_has_held_back_is_told_when_the_team_goes_on(world: World) -> None:
    await world.says("hal", "/truce pause until Wednesday")
    card = await world.offers()
    whom = "amy" if "Amy's turn" in card.text else "ben"
    assert world.dms(whom) == []

    await world.says("hal", "/truce go on")

    assert "It is your turn" in world.dm(whom).text


@ROLES
async def test_who_is_no_manager_cannot_pause(world: World) -> None:
    told = await world.says("amy", "/truce pause until Wednesday")

    assert "A manager decides this" in told
    assert (await team_of(world)).stops == ()


@TEAMS
async def test_a_manager_pauses_their_own_team_and_an_admin_any(world: World) -> None:
    assert "only" not in await world.says("eva", "/truce pause until Wednesday")
    assert len((await team_of(world, "dach")).stops) == 1
    assert (await team_of(world, "rest")).stops == ()

    assert "paused by its own managers" in await world.says("eva", "/truce pause rest until Friday")
    assert "Which team: dach, rest?" in await world.says("hal", "/truce pause until Friday")
    assert "I do not know the team “nord”" in await world.says("hal", "/truce pause nord until Friday")
    assert "The team rest pauses" in await world.says("hal", "/truce pause Rest until Friday")
    assert len((await team_of(world, "rest")).stops) == 1


@ROLES
async def test_going_on_without_a_pause_says_so(world: World) -> None:
    assert await world.says("hal", "/truce go on") == "Your team does not pause: its clocks run."


# Time that is nobody's.


@pytest.mark.slow
async def test_while_slack_takes_nothing_the_clocks_stand_still(world: World) -> None:
    began = world.now()
    world.slack.fail("chat.postMessage", times=12, status=503)
    world.slack.fail("conversations.history", times=40, status=503)

    await world.crm_sends(lead())
    await world.settles(within=timedelta(minutes=2))

    assert len(world.cards()) == 1
    [stop] = (await team_of(world)).stops
    assert abs(stop.begin - began) < timedelta(seconds=5)
    assert timedelta(minutes=1) < stop.end - stop.begin <= world.now() - began


async def test_a_moment_without_slack_is_nothing(world: World) -> None:
    world.slack.fail("chat.postMessage", status=503)

    await world.crm_sends(lead())
    await world.settles(within=timedelta(minutes=2))

    assert len(world.cards()) == 1
    assert (await team_of(world)).stops == ()


async def test_a_channel_that_will_not_have_us_stops_no_clock(world: World) -> None:
    world.slack.fail("chat.postMessage", error="is_archived")

    await world.crm_sends(lead())
    await world.settles(within=timedelta(minutes=10))

    assert len(world.cards()) == 1
    assert (await team_of(world)).stops == ()


@ROLES
@pytest.mark.postgres
async def test_a_pause_that_ends_early_gives_the_ladder_back_its_time(world: World) -> None:
    await world.crm_sends(lead())
    await world.says("hal", "/truce pause until Wednesday")
    await world.it_becomes("2026-11-23T12:30:00+00:00")
    assert [world.dms(rep) for rep in ("amy", "ben")] == [[], []]

    await world.says("hal", "/truce go on")
    await world.it_becomes("2026-11-23T14:00:00+00:00")
    assert [world.dms(rep) for rep in ("amy", "ben")] == [[], []]  # an hour and a half of the two
    await world.it_becomes("2026-11-23T14:40:00+00:00")

    assert len(world.dms("amy") + world.dms("ben")) == 1


@ROLES
async def test_who_comes_back_early_is_reminded_by_what_is_left(world: World) -> None:
    await world.crm_sends(lead())
    await world.clicks("amy", "Accept", world.card())
    await world.says("amy", "/truce away until Friday")
    await world.it_becomes("2026-11-24T10:00:00+00:00")
    before = len(world.dms("amy"))

    await world.says("amy", "/truce back")
    await world.it_becomes("2026-11-25T11:00:00+00:00")

    assert len(world.dms("amy")) == before + 1


@ROLES
@pytest.mark.parametrize(("line", "messages"), [("/truce hot until 21:00", 2), ("/truce hours", 1)])
async def test_who_asks_for_us_in_the_evening_reaches_the_owner_in_their_hours(
    world: World, line: str, messages: int
) -> None:
    await world.crm_sends(lead())
    await world.clicks("amy", "Accept", world.card())
    await world.it_becomes("2026-11-23T17:25:00+00:00")
    await world.says("amy", line)
    await world.clicks("amy", "Contacted", world.dms("amy")[0])
    await world.it_becomes("2026-11-23T18:00:00+00:00")

    asked = {"lead": "crm-991", "kind": "demo_request", "at": "2026-11-23T17:59:00Z"}
    await world.crm_sends({"touch": asked})

    assert (
        len([each for each in world.dms("amy") if "ask" in each.text or "is yours" in each.text]) == messages
    )
