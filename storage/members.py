"""Who is in our channels, kept: filled from Slack, moved on by its events, read where a role names nobody."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Due, LearnMembers
from bot.leads.decision import UNKNOWN_YET
from bot.people import Person, Role
from bot.places import Closed
from storage import jobs, places
from storage.db import Space
from storage.jobs import LONG_AGO
from storage.people import of as people_of
from storage.tables import MEMBER
from storage.upsert import insert_new


class Members:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def keep(self, channel: str, people: Collection[str]) -> None:
        """All who are in the channel, and nobody else."""

        def work(session: Session) -> None:
            here = (MEMBER.c.workspace == self._space.workspace) & (MEMBER.c.channel == channel)
            gone = set(session.scalars(select(MEMBER.c.slack_id).where(here))) - set(people)
            session.execute(delete(MEMBER).where(here, MEMBER.c.slack_id.in_(sorted(gone))))
            insert_new(session, MEMBER, [self._row(channel, person) for person in sorted(people)])

        await self._space.write(work)

    async def add(self, channel: str, person: str) -> None:
        """Somebody came in; where the channel was closed to us, that may have been we."""
        workspace = self._space.workspace

        def work(session: Session) -> bool:
            insert_new(session, MEMBER, [self._row(channel, person)])
            return places.why_closed(session, workspace, channel) is not None

        if await self._space.write(work):
            await self.look_anew(channel, None)

    async def remove(self, channel: str, person: str) -> None:
        here = (
            (MEMBER.c.workspace == self._space.workspace)
            & (MEMBER.c.channel == channel)
            & (MEMBER.c.slack_id == person)
        )
        await self._space.write(lambda session: session.execute(delete(MEMBER).where(here)))

    async def note_place(self, channel: str, why: Closed | None) -> None:
        """What the channel is by now: open to us, or why not."""
        await self._space.write(lambda session: places.note(session, self._space.workspace, channel, why))

    async def look_anew(self, channel: str, meanwhile: Closed | None) -> None:
        """Ask what the channel is by now, and take it for closed until then where that is known already."""

        def work(session: Session) -> None:
            if meanwhile is not None:
                places.note(session, self._space.workspace, channel, meanwhile)
            learn = Due(job=LearnMembers(channel=channel), at=LONG_AGO)
            jobs.add(session, self._space.workspace, [learn])

        await self._space.write(work)

    def _row(self, channel: str, person: str) -> dict[str, str]:
        return {"workspace": self._space.workspace, "channel": channel, "slack_id": person}


def people_here(
    session: Session,
    workspace: str,
    slack_ids: Collection[str],
    channels: Collection[str],
    *,
    locked: Collection[str] = (),
) -> dict[str, Person]:
    """Those of these people whom we know, by id, each with those of the channels that they are in.

    A channel of which nobody is known yet counts. Nobody else changes what is counted for the locked ones.
    """
    people = people_of(session, workspace, slack_ids, locked)
    if not people or not channels:
        return people
    these = {"workspace": workspace, "people": sorted(people), "channels": sorted(channels)}
    known = {(row.slack_id, row.channel) for row in session.execute(_THEIRS, these)}
    doubtful = sorted({place for place in channels for each in people if (each, place) not in known})
    learnt = set(session.scalars(_LEARNT, {**these, "channels": doubtful})) if doubtful else set()
    unknown = set(doubtful) - learnt
    return {
        each: replace(
            person,
            channels=frozenset(place for place in channels if place in unknown or (each, place) in known),
        )
        for each, person in people.items()
    }


# Asked with every click, and so made once.

_HERE: Final = (MEMBER.c.workspace == bindparam("workspace")) & (
    MEMBER.c.channel.in_(bindparam("channels", expanding=True))
)
_THEIRS: Final = select(MEMBER.c.slack_id, MEMBER.c.channel).where(
    _HERE, MEMBER.c.slack_id.in_(bindparam("people", expanding=True))
)
_LEARNT: Final = select(MEMBER.c.channel).where(_HERE).distinct()


def who_looks(session: Session, workspace: str, by: str, agreement: Agreement) -> Person:
    """Who wants to see something, and has a part in handovers here. Raises Refused to everybody else."""
    person = people_here(session, workspace, [by], agreement.places).get(by)
    if person is None:
        raise Refused(UNKNOWN_YET)
    if not (agreement.is_head(person) or agreement.has(person, *Role)):
        agreement.roles.need(person, *Role)
    return person
