"""What customers said, kept; and found by words of it."""

from hashlib import blake2b

from sqlalchemy import func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.leads.decision import UNKNOWN_YET
from bot.people import Role
from bot.voices import MOST_SHOWN, MOST_THEMES, Voice
from storage.db import Space
from storage.lead_rows import load
from storage.members import people_here
from storage.tables import VOICE
from storage.upsert import insert_new


class Voices:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def check(self, by: str) -> None:
        """Raises Refused to who takes no part in handovers here."""
        await self._space.read(lambda session: self._need_part(session, by))

    async def keep(self, told: Voice) -> None:
        """Keep what was heard; the same words of the same customer by the same person are kept once."""
        key = "\n".join([told.by, told.lead or "", told.kind, told.theme, told.words])
        row = {
            "workspace": self._space.workspace,
            "id": blake2b(key.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest(),
            "at": told.at,
            "by": told.by,
            "kind": told.kind,
            "theme": told.theme,
            "words": told.words,
            "lead": told.lead,
            "found_by": f"{told.kind} {told.theme} {told.words}".casefold(),
        }

        def work(session: Session) -> None:
            self._need_part(session, told.by)
            insert_new(session, VOICE, [row])

        await self._space.write(work)

    async def find(self, words: str, by: str) -> tuple[list[Voice], int]:
        """Those that have all of these words, the newest first, and how many more there are."""
        workspace = self._space.workspace
        like = [VOICE.c.found_by.contains(word, autoescape=True) for word in words.casefold().split()]

        def work(session: Session) -> tuple[list[Voice], int]:
            self._need_part(session, by)
            fits = (VOICE.c.workspace == workspace, *like)
            total = session.scalar(select(func.count()).select_from(VOICE).where(*fits)) or 0
            query = select(VOICE).where(*fits).order_by(VOICE.c.at.desc(), VOICE.c.id).limit(MOST_SHOWN)
            rows = session.execute(query).mappings().all()
            leads = load(session, workspace, {row["lead"] for row in rows if row["lead"]}, some=True)
            found = []
            for row in rows:
                known = leads.get(row["lead"] or "")
                told = {name: row[name] for name in ("at", "by", "kind", "theme", "words", "lead")}
                found.append(Voice(**told, called="" if known is None else known.called))
            return found, total - len(found)

        return await self._space.read(work)

    async def themes(self, by: str) -> list[tuple[str, int]]:
        """What was kept most often."""
        number = func.count().label("number")
        theme = func.lower(VOICE.c.theme).label("theme")
        query = (
            select(theme, number)
            .where(VOICE.c.workspace == self._space.workspace)
            .group_by(theme)
            .order_by(number.desc(), theme)
            .limit(MOST_THEMES)
        )

        def work(session: Session) -> list[tuple[str, int]]:
            self._need_part(session, by)
            return [(row.theme, row.number) for row in session.execute(query)]

        return await self._space.read(work)

    def _need_part(self, session: Session, by: str) -> None:
        person = people_here(session, self._space.workspace, [by], self._agreement.places).get(by)
        if person is None:
            raise Refused(UNKNOWN_YET)
        if not self._agreement.has(person, *Role):
            self._agreement.roles.need(person, *Role)
