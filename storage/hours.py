"""What Truce starts to tell a person comes in their hours; the answer to their own click comes at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Due, Job, Show, Sight, show
from bot.leads.commands import Command
from bot.leads.decision import Decision
from bot.people import Person
from bot.teams import Colleague
from storage import people
from storage.tables import JOB
from storage.teams import few_now

BY_DM: Final = frozenset({Sight.ASK, Sight.ASKED, Sight.OWNER, Sight.DISPUTE, Sight.RULING, Sight.NEWS})


def in_their_hours(
    session: Session, workspace: str, agreement: Agreement, changes: Iterable[tuple[Command, Decision]]
) -> list[Due]:
    """The jobs of these changes, those that begin to speak to somebody not before they may be told."""
    found, known = [], dict[tuple[str, str], Colleague | None]()
    for command, after in changes:
        handoff, by = after.lead.handoff, getattr(command, "by", None)
        for due in after.jobs:
            whom = _spoken_to(due.job)
            if whom is None or whom == by or handoff is None:
                found.append(due)
                continue
            place = (handoff.team, whom)
            if place not in known:
                known[place] = few_now(session, workspace, agreement, handoff.team, [whom]).whom(whom)
            found.append(_in_hours(due, known[place], hot=handoff.hot))
    return found


def held_back(
    session: Session, workspace: str, agreement: Agreement, person: Person, now: datetime
) -> list[Due]:
    """What waits until they may be told, as it is due now: they are back before they said."""
    home = agreement.home_of(person)
    whom = few_now(session, workspace, agreement, home.name, [person.slack_id]).whom(person.slack_id)
    at = now if whom is None else whom.may_be_told(now)
    waiting = (
        select(JOB.c.payload)
        .where(JOB.c.workspace == workspace, JOB.c.lane == f"post:{person.slack_id}")
        .where(JOB.c.kind == Show.kind, JOB.c.ended_at.is_(None), JOB.c.due_at > at)
    )
    told = [Show(**payload) for payload in session.scalars(waiting)]
    return [
        show(Sight(each.sight), each.about, at, channel=person.slack_id)
        for each in told
        if each.sight in BY_DM
    ]


def held_back_in(
    session: Session, workspace: str, agreement: Agreement, team: str, now: datetime
) -> list[Due]:
    """The same for all of a team whose pause has ended before it was to."""
    lanes = (
        select(JOB.c.lane)
        .where(JOB.c.workspace == workspace, JOB.c.lane.startswith("post:", autoescape=True))
        .where(JOB.c.kind == Show.kind, JOB.c.ended_at.is_(None), JOB.c.due_at > now)
        .distinct()
    )
    waiting = sorted(lane.removeprefix("post:") for lane in session.scalars(lanes))
    known = people.of(session, workspace, waiting).values()
    theirs = [person for person in known if agreement.home_of(person).name == team]
    return [due for each in theirs for due in held_back(session, workspace, agreement, each, now)]


def _spoken_to(job: Job) -> str | None:
    return job.about.rpartition("|")[2] if isinstance(job, Show) and job.sight in BY_DM else None


def _in_hours(due: Due, whom: Colleague | None, *, hot: bool) -> Due:
    """Who asks us for contact is hot, whatever the lead was before."""
    asks = isinstance(due.job, Show) and due.job.sight == Sight.ASKED
    return due if whom is None else replace(due, at=whom.may_be_told(due.at, hot=hot or asks))
