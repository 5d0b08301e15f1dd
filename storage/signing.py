"""Signatures under the versions of the agreement, and what people suggest to change: both are only added."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Sight, redraw, show, to_person
from bot.signing import Side, Signature, Signed, Suggestion, sides_of
from bot.versions import sides
from storage import jobs
from storage.db import Space
from storage.members import who_looks
from storage.tables import SIGNATURE, SUGGESTION
from storage.teams import team_now
from storage.turns import take_turn
from storage.upsert import add, insert_new
from storage.versions import TURN, version_of


class Signing:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def get(self, number: int) -> Signed | None:
        """A version with who has signed it."""
        return await self._space.read(lambda session: self._get(session, number))

    async def read(self, by: str) -> Signed:
        """The version in force, to who takes part. Raises Refused to everybody else."""

        def work(session: Session) -> Signed:
            who_looks(session, self._space.workspace, by, self._agreement)
            return self._known(session, self._agreement.version)

        return await self._space.read(work)

    async def so_far(self, by: str, number: int, most: int) -> list[Signed]:
        """This version and those before it, the newest first. Raises Refused to who takes no part."""

        def work(session: Session) -> list[Signed]:
            who_looks(session, self._space.workspace, by, self._agreement)
            found = (self._get(session, each) for each in range(number, max(0, number - most), -1))
            return [each for each in found if each is not None]

        return await self._space.read(work)

    async def sign(self, number: int, by: str, now: datetime) -> Signed:
        """Sign for each side that they head; every message about that version says so. Raises Refused."""

        def work(session: Session) -> Signed:
            take_turn(session, self._space.workspace, TURN)
            person = who_looks(session, self._space.workspace, by, self._agreement)
            signed = self._known(session, number)
            theirs = sides_of(person, signed, self._agreement)
            key = {"workspace": self._space.workspace, "version": number, "by": by, "at": now}
            insert_new(session, SIGNATURE, [{**key, "side": side} for side in theirs])
            drawn = [
                redraw(Sight.AGREEMENT, f"{number}|{each}", now, channel=each)
                for each in sides(self._agreement)
            ]
            jobs.add(session, self._space.workspace, drawn)
            return self._known(session, number)

        return await self._space.write(work)

    async def suggest(self, number: int, by: str, words: str, now: datetime) -> None:
        """Keep it, and tell the heads, else the admins, in their hours. Raises Refused to who takes no part."""

        def work(session: Session) -> None:
            workspace, ident = self._space.workspace, uuid4().hex
            who_looks(session, workspace, by, self._agreement)
            row = {
                "workspace": workspace,
                "id": ident,
                "version": number,
                "by": by,
                "at": now,
                "words": words,
            }
            add(session, SUGGESTION, [row])
            team = team_now(session, workspace, self._agreement, "")
            whom = {each.id: each for each in team.heads or team.admins}
            told = [
                show(Sight.SUGGESTION, to_person(ident, each.id), each.may_be_told(now), channel=each.id)
                for each in whom.values()
            ]
            jobs.add(session, workspace, told)

        await self._space.write(work)

    async def suggestion(self, ident: str) -> Suggestion | None:
        here = (SUGGESTION.c.workspace == self._space.workspace) & (SUGGESTION.c.id == ident)
        row = await self._space.read(lambda session: session.execute(select(SUGGESTION).where(here)).first())
        return None if row is None else Suggestion(by=row.by, at=row.at, version=row.version, words=row.words)

    def _known(self, session: Session, number: int) -> Signed:
        signed = self._get(session, number)
        if signed is None:
            raise Refused("This version is not known any more: `/truce agreement` shows the one that holds.")
        return signed

    def _get(self, session: Session, number: int) -> Signed | None:
        version = version_of(session, self._space.workspace, number)
        if version is None:
            return None
        here = (SIGNATURE.c.workspace == self._space.workspace) & (SIGNATURE.c.version == number)
        rows = session.execute(select(SIGNATURE).where(here).order_by(SIGNATURE.c.at, SIGNATURE.c.side))
        signatures = [Signature(side=Side(row.side), by=row.by, at=row.at) for row in rows]
        return Signed(version=version, signatures=signatures)
