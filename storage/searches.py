"""Leads that somebody looks for, as far as they may see them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import LeadArrival
from bot.cards import Sighted
from bot.errors import Refused
from bot.finding import Opened
from bot.leads.disputing import judges
from bot.leads.lead import Lead, State
from bot.people import Person
from bot.searching import dialled_within
from bot.seeing import NOT_FOR_YOU, may_be_one, may_reach, may_see, need_sight
from bot.text import on_day
from storage import identities, log, words
from storage.campaigns import apart_from
from storage.db import Space
from storage.deal_sights import of_lead
from storage.lead_rows import load, touches_of
from storage.members import who_looks
from storage.sights import sighted
from storage.teams import team_now

LOOKED: Final = "look"


class Searches:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def who(self, by: str) -> Person:
        """Somebody who has a part in handovers here. Raises Refused to everybody else."""
        return await self._space.read(
            lambda session: who_looks(session, self._space.workspace, by, self._agreement)
        )

    async def known(self, arrival: LeadArrival) -> str | None:
        """The id of the lead that is known by the same e-mail or phone number, whoever may see it."""
        return await self._space.read(
            lambda session: identities.known(session, self._space.workspace, arrival)
        )

    async def get(self, lead: str, by: str, now: datetime, *, whoever: bool = False) -> Sighted:
        """The lead with its touches. Raises Refused where there is none, and to who may not see it unless `whoever`."""

        def work(session: Session) -> Sighted:
            person = who_looks(session, self._space.workspace, by, self._agreement)
            known = load(session, self._space.workspace, [lead])[lead]
            if not whoever:
                need_sight(known, person, self._agreement, self._apart(session, person))
            [seen] = sighted(session, self._space.workspace, self._agreement, [known], now)
            return replace(seen, touches=touches_of(session, self._space.workspace, [lead])[lead])

        return await self._space.read(work)

    async def open(self, lead: str, by: str, now: datetime) -> Opened:
        """The lead with its touches and deals, for this person. Raises Refused to who may not see it."""

        def work(session: Session) -> Opened:
            workspace, agreement = self._space.workspace, self._agreement
            person = who_looks(session, workspace, by, agreement)
            known = load(session, workspace, [lead])[lead]
            apart = self._apart(session, person)
            need_sight(known, person, agreement, apart)
            [seen] = sighted(session, workspace, agreement, [known], now)
            deals = of_lead(session, workspace, lead) if known.state is State.CONVERTED else ()
            seen = replace(seen, touches=touches_of(session, workspace, [lead])[lead], deals=deals)
            may_ask = may_reach(known, person, agreement, apart)
            return Opened(seen, person, may_reach=may_ask, judged=self._judged(session, known, by))

        return await self._space.read(work)

    def _judged(self, session: Session, lead: Lead, by: str) -> bool:
        """Whether somebody else than who decided, and who asks, could look at its rejection again."""
        handoff = lead.handoff
        if handoff is None or handoff.rejection is None:
            return False
        team = team_now(session, self._space.workspace, self._agreement, handoff.team)
        return bool(judges(team, (handoff.rejection.by, by)))

    async def reach(self, lead: str, by: str, now: datetime) -> Sighted:
        """The lead, to show how to reach it; the look is in the log. Raises Refused to whom that is not for."""

        def work(session: Session) -> Sighted:
            workspace, agreement = self._space.workspace, self._agreement
            person = who_looks(session, workspace, by, agreement)
            known = load(session, workspace, [lead])[lead]
            if not may_reach(known, person, agreement, self._apart(session, person)):
                raise Refused(NOT_FOR_YOU)
            if known.erased_at is not None:
                raise Refused(f"This person was removed from here on {on_day(known.erased_at)}.")
            log.note(session, workspace, [lead], LOOKED, by=by, now=now)
            [seen] = sighted(session, workspace, agreement, [known], now)
            return seen

        return await self._space.write(work)

    async def looked(self, lead: str, by: str, now: datetime) -> None:
        """A form shows them how to reach the lead: that is in the log as well."""
        workspace = self._space.workspace
        await self._space.write(lambda session: log.note(session, workspace, [lead], LOOKED, by=by, now=now))

    async def find(self, asked: str, by: str, most: int, now: datetime) -> list[Sighted]:
        """Leads with these words that the person may see: whole words first, then the newest."""

        def work(session: Session) -> list[Sighted]:
            person = who_looks(session, self._space.workspace, by, self._agreement)
            apart = self._apart(session, person)
            found: dict[str, Lead] = {}

            def fit(ids: Collection[str]) -> set[str]:
                leads = load(session, self._space.workspace, ids, some=True)
                agreement = self._agreement
                seen = {each: lead for each, lead in leads.items() if may_see(lead, person, agreement, apart)}
                found.update(seen)
                return set(seen)

            ids = words.ids(session, self._space.workspace, asked, most, fit)
            if not ids and (numbers := dialled_within(asked)):
                ids = sorted(fit(identities.named(session, self._space.workspace, numbers)))[:most]
            leads = [found[each] for each in ids]
            return sighted(session, self._space.workspace, self._agreement, leads, now)

        return await self._space.read(work)

    async def records(self, asked: str, lead: str, by: str, most: int) -> list[Lead]:
        """What this lead may be already: leads with these words that the person may see, or of its person or company.

        Raises Refused to who has no part in handovers here.
        """

        def work(session: Session) -> list[Lead]:
            workspace, agreement = self._space.workspace, self._agreement
            person = who_looks(session, workspace, by, agreement)
            apart = self._apart(session, person)
            this = load(session, workspace, [lead])[lead]
            need_sight(this, person, agreement, apart)
            found: dict[str, Lead] = {}

            def fit(ids: Collection[str]) -> set[str]:
                leads = load(session, workspace, [each for each in ids if each != lead], some=True)
                fits = {
                    each: known
                    for each, known in leads.items()
                    if may_be_one(this, known) or may_see(known, person, agreement, apart)
                }
                found.update(fits)
                return set(fits)

            return [found[each] for each in words.ids(session, workspace, asked, most, fit)]

        return await self._space.read(work)

    async def named(self, name: str, by: str, now: datetime) -> list[Sighted]:
        """Leads of this id in a feed, e-mail or phone number, or with our own id, that the person may see."""

        def work(session: Session) -> list[Sighted]:
            workspace = self._space.workspace
            person = who_looks(session, workspace, by, self._agreement)
            told = [name, name.lower(), *dialled_within(name)]
            ids = [name, *identities.named(session, workspace, told)]
            found = load(session, workspace, ids, some=True)
            apart = self._apart(session, person)
            leads = [lead for lead in found.values() if may_see(lead, person, self._agreement, apart)]
            return sighted(session, workspace, self._agreement, leads, now)

        return await self._space.read(work)

    def _apart(self, session: Session, person: Person) -> Collection[str]:
        return apart_from(session, self._space.workspace, person, self._agreement)
