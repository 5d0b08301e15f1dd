"""What customers said, kept; and found by words of it."""

from collections.abc import Callable, Collection
from datetime import datetime
from hashlib import blake2b
from typing import Final

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import Deal, DealState
from bot.leads.lead import Lead
from bot.people import Person
from bot.seeing import may_see
from bot.voices import MOST_SHOWN, MOST_THEMES, MOST_TOLD, Theme, Voice
from storage import home_rows, jobs, words
from storage.campaigns import apart_from
from storage.db import Space
from storage.deals import read
from storage.lead_rows import load
from storage.members import who_looks
from storage.tables import DEAL, DEAL_LEAD, VOICE
from storage.upsert import insert_new

MOST_SPEAKERS: Final = 20


class Voices:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def check(self, by: str) -> None:
        """Raises Refused to who takes no part in handovers here."""
        await self._space.read(lambda session: self._need_part(session, by))

    async def keep(self, told: Voice) -> None:
        """Keep what was heard; the same words of the same customer by the same person are kept once."""
        key = "\n".join([told.by, told.lead or told.deal or "", told.kind, told.theme, told.words])
        row = {
            "workspace": self._space.workspace,
            "id": blake2b(key.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest(),
            "at": told.at,
            "by": told.by,
            "kind": told.kind,
            "theme": told.theme,
            "words": told.words,
            "lead": told.lead,
            "deal": told.deal,
            "found_by": f"{told.kind} {told.theme} {told.words}".casefold(),
        }

        def work(session: Session) -> None:
            self._need_part(session, told.by)
            insert_new(session, VOICE, [row])
            workspace = self._space.workspace
            jobs.add(session, workspace, home_rows.draws(session, workspace, [told.by], told.at))

        await self._space.write(work)

    async def find(self, asked: str, by: str) -> tuple[list[Voice], int]:
        """Those that have all of these words, or are of a lead or deal that has; the newest, and how many more there are."""
        workspace = self._space.workspace
        like = [VOICE.c.found_by.contains(word, autoescape=True) for word in asked.casefold().split()]

        def work(session: Session) -> tuple[list[Voice], int]:
            seen = self._sight(session, by)
            meant_leads, meant_deals = self._meant(session, asked, seen)
            said_by = or_(
                VOICE.c.lead.in_([each.id for each in meant_leads]),
                VOICE.c.deal.in_([each.id for each in meant_deals]),
            )
            fits = (VOICE.c.workspace == workspace, or_(and_(*like), said_by))
            total = session.scalar(select(func.count()).select_from(VOICE).where(*fits)) or 0
            query = select(VOICE).where(*fits).order_by(VOICE.c.at.desc(), VOICE.c.id).limit(MOST_SHOWN)
            rows = session.execute(query).mappings().all()
            leads = load(session, workspace, {row["lead"] for row in rows if row["lead"]}, some=True)
            deals = _deals(session, workspace, {row["deal"] for row in rows if row["deal"]})
            found = []
            for row in rows:
                lead, deal = leads.get(row["lead"] or ""), deals.get(row["deal"] or "")
                called = deal.name or "" if deal is not None else ""
                called = lead.called if lead is not None and seen(lead) else called
                told = {name: row[name] for name in ("at", "by", "kind", "theme", "words", "lead", "deal")}
                found.append(Voice(**told, called=called))
            return found, total - len(found)

        return await self._space.read(work)

    async def speakers(self, asked: str, by: str) -> tuple[list[Lead], list[Deal]]:
        """The leads that they may see, and the deals, that may be meant by these words. Raises Refused."""
        return await self._space.read(lambda session: self._meant(session, asked, self._sight(session, by)))

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

    def _meant(
        self, session: Session, asked: str, seen: Callable[[Lead], bool]
    ) -> tuple[list[Lead], list[Deal]]:
        found: dict[str, Lead] = {}

        def fit(ids: Collection[str]) -> set[str]:
            leads = load(session, self._space.workspace, ids, some=True).items()
            found.update({each: lead for each, lead in leads if seen(lead)})
            return found.keys() & set(ids)

        ids = words.ids(session, self._space.workspace, asked, MOST_SPEAKERS, fit)
        return [found[each] for each in ids], _named(session, self._space.workspace, asked, ids)

    def _need_part(self, session: Session, by: str) -> Person:
        return who_looks(session, self._space.workspace, by, self._agreement)

    def _sight(self, session: Session, by: str) -> Callable[[Lead], bool]:
        """Which leads they may see. Raises Refused to who takes no part in handovers here."""
        person = self._need_part(session, by)
        apart = apart_from(session, self._space.workspace, person, self._agreement)
        return lambda lead: may_see(lead, person, self._agreement, apart)


def lately(session: Session, workspace: str, begin: datetime, end: datetime) -> list[Theme]:
    """What customers spoke of most from `begin` up to `end`, each with the newest words."""
    theme, number = func.lower(VOICE.c.theme).label("theme"), func.count().label("number")
    within = (VOICE.c.workspace == workspace, VOICE.c.at >= begin, VOICE.c.at < end)
    most = (
        select(theme, number).where(*within).group_by(theme).order_by(number.desc(), theme).limit(MOST_TOLD)
    )
    told = []
    for row in session.execute(most).all():
        newest = select(VOICE.c.words).where(*within, func.lower(VOICE.c.theme) == row.theme)
        words_of = session.scalar(newest.order_by(VOICE.c.at.desc(), VOICE.c.id).limit(1))
        told.append(Theme(theme=row.theme, number=row.number, words=words_of or ""))
    return told


def _deals(session: Session, workspace: str, ids: Collection[str]) -> dict[str, Deal]:
    query = select(DEAL).where(DEAL.c.workspace == workspace, DEAL.c.id.in_(sorted(ids)))
    return {row["id"]: read(row) for row in session.execute(query).mappings()} if ids else {}


def _named(session: Session, workspace: str, asked: str, leads: Collection[str]) -> list[Deal]:
    """Deals with all of these words in their names, and those that grew from these leads; open ones first."""
    name = func.lower(DEAL.c.fields["name"].as_string())
    its = select(DEAL_LEAD.c.deal).where(DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.lead.in_(leads))
    fits = and_(*(name.contains(word.lower(), autoescape=True) for word in asked.split()))
    query = (
        select(DEAL)
        .where(DEAL.c.workspace == workspace, or_(fits, DEAL.c.id.in_(its)))
        .order_by(case((DEAL.c.state == DealState.OPEN, 0), else_=1), DEAL.c.closed_at.desc(), DEAL.c.id)
        .limit(MOST_SPEAKERS)
    )
    return [read(row) for row in session.execute(query).mappings()]
