"""Nudges, kept: whose message is drawn anew when something happens to a lead."""

from datetime import datetime
from typing import Final

import pytest
from sqlalchemy import update
from sqlmodel import Session

from bot.jobs import Redraw, Sight
from bot.leads.decision import with_handoff
from bot.leads.wait import Rung, Silence, Stage, Wait
from bot.nudges import Nudge
from bot.working_time import Waited
from storage import nudge_rows
from storage.lead_rows import handoff_row
from storage.nudges import Nudges
from storage.tables import HANDOFF, NUDGE
from tests.storage.desk import HOUR, NOW, Desk

SILENT: Final = {"UAMY": NOW + HOUR, "UBEN": NOW + 2 * HOUR, "UCHI": NOW + 3 * HOUR}


def reminded(lead: str, handoff: str, person: str, at: datetime, *, managing: bool = False) -> Nudge:
    rung = Rung.MANAGER if managing else Rung.REMIND
    return Nudge(
        id=f"{handoff}.{person}",
        lead=lead,
        handoff=handoff,
        stage=Stage.OFFER,
        rung=rung,
        person=person,
        hot=True,
        due_at=at,
        at=at,
        waited=Waited(300),
        managing=managing,
    )


@pytest.mark.parametrize(
    ("acted", "drawn"), [(False, {"UBEN", "UCHI", "UHAL"}), (True, {"UAMY", "UBEN", "UCHI", "UHAL"})]
)
async def test_of_the_silent_only_the_last_two_hear_that_it_went_on_and_all_hear_that_it_was_taken(
    desk: Desk, *, acted: bool, drawn: set[str]
) -> None:
    lead = await desk.lead()
    wait = Wait(since=NOW, silent={each: Silence(at, Waited(3600)) for each, at in SILENT.items()})
    handoff = with_handoff(lead, to="UDAN", alone=True, wait=wait).handoff
    assert handoff is not None
    told = [reminded(lead.id, handoff.id, each, at) for each, at in SILENT.items()]
    told.append(reminded(lead.id, handoff.id, "UHAL", NOW, managing=True))
    row = handoff_row("T1", lead.id, handoff)

    def keep(session: Session) -> None:
        session.execute(update(HANDOFF).where(HANDOFF.c.workspace == "T1").values(wait=row["wait"]))
        nudge_rows.add(session, "T1", told)
        reminders = update(NUDGE).where(NUDGE.c.workspace == "T1")
        session.execute(reminders.values(reminder=NUDGE.c.person + ".1"))

    await desk.space.write(keep)
    await desk.no_jobs()

    await Nudges(desk.space, desk.agreement).settle(handoff.id, NOW + 4 * HOUR, acted=acted)

    taken = await desk.take(NOW + 4 * HOUR)
    assert {each.job for each in taken} == {
        Redraw(sight=Sight.REMINDER, about=f"{person}.1") for person in drawn
    }
