"""Time that is nobody's: kept when Truce starts again, when Slack refuses us, when a team pauses."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.teams import Standstill, TeamNow
from bot.working_time import Calendar, Stop, Week
from storage import standstills
from storage.db import Database
from storage.standstills import Standstills
from storage.teams import team_now
from tests.storage.desk import DAY, HOUR, MINUTE, NOW, SECOND, Desk

WEEK = Week.parse({"mon-fri": "09:00-17:30"})


async def team(desk: Desk) -> TeamNow:
    workspace = desk.space.workspace
    return await desk.space.read(lambda session: team_now(session, workspace, desk.agreement, ""))


async def stops(desk: Desk) -> tuple[Stop, ...]:
    return (await team(desk)).stops


async def test_the_first_start_is_no_return(db: Database) -> None:
    desk = Desk.of(db)

    assert await Standstills(desk.space).begin(NOW) == timedelta()

    assert await stops(desk) == ()


async def test_from_the_last_beat_to_the_start_the_clocks_stood_still(db: Database) -> None:
    desk, life = Desk.of(db), Standstills(db.of("T1"))
    await life.begin(NOW)
    await life.beat(NOW + MINUTE)

    assert await life.begin(NOW + 2 * HOUR) == 2 * HOUR - MINUTE

    assert await stops(desk) == (Stop(NOW + MINUTE, NOW + 2 * HOUR),)


async def test_a_quick_restart_is_none(db: Database) -> None:
    desk, life = Desk.of(db), Standstills(db.of("T1"))
    await life.begin(NOW)

    assert await life.begin(NOW + 2 * MINUTE) == timedelta()

    assert await stops(desk) == ()


async def test_a_second_process_that_starts_while_one_runs_finds_no_standstill(db: Database) -> None:
    desk, one, other = Desk.of(db), Standstills(db.of("T1")), Standstills(db.of("T1"))
    await one.begin(NOW)
    for minute in range(1, 60):
        await one.beat(NOW + minute * MINUTE)

    await other.begin(NOW + 60 * MINUTE)

    assert await stops(desk) == ()


async def test_a_late_beat_of_another_process_takes_nothing_back(db: Database) -> None:
    desk, life = Desk.of(db), Standstills(db.of("T1"))
    await life.begin(NOW)
    await life.beat(NOW + 10 * MINUTE)
    await life.beat(NOW + 9 * MINUTE)

    await life.begin(NOW + 12 * MINUTE)

    assert await stops(desk) == ()


async def test_a_refusal_that_goes_on_is_one_standstill(db: Database) -> None:
    desk, life = Desk.of(db), Standstills(db.of("T1"))
    for second in (70, 90, 300):
        await life.note_refusal(NOW, NOW + second * SECOND)

    assert await stops(desk) == (Stop(NOW, NOW + 300 * SECOND),)


async def test_a_pause_stops_the_clocks_of_its_team_and_of_no_other(db: Database) -> None:
    desk = Desk.of(db)
    pause = Stop(NOW, NOW + DAY)

    def paused(session: Session, name: str) -> None:
        standstills.note(session, "T1", Standstill.PAUSE, pause, team=name, by="UHAL")

    await desk.space.write(lambda session: paused(session, "elsewhere"))
    assert await stops(desk) == ()
    await desk.space.write(lambda session: paused(session, desk.agreement.team("").name))
    assert await stops(desk) == (pause,)


async def test_workspaces_have_lives_of_their_own(db: Database) -> None:
    here, there = Standstills(db.of("T1")), Standstills(db.of("T2"))
    await here.begin(NOW)
    await there.begin(NOW)
    await there.beat(NOW + HOUR)

    await here.begin(NOW + HOUR)

    assert await stops(Desk.of(db, "T2")) == ()


async def test_a_workspace_is_new_for_five_working_days(db: Database) -> None:
    calendar = Calendar(ZoneInfo("UTC"), WEEK)
    await Standstills(db.of("T1")).begin(NOW)
    await Standstills(db.of("T1")).begin(NOW + 3 * DAY)

    async def until(workspace: str) -> datetime | None:
        return await db.read(lambda session: standstills.gentle_until(session, workspace, calendar))

    assert await until("T1") == NOW + 7 * DAY
    assert await until("T2") is None
