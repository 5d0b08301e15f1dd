"""What arrives, kept: a whole delivery in one transaction, each lead found or begun, each outcome answered.

A first arrival is one INSERT ... ON CONFLICT of what the lead is known by; never select, then insert.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import Arrival, DealArrival, LeadArrival, Outcome, Problem, Senseless, Touch, TouchArrival
from bot.errors import Refused, Unintelligible
from bot.intake import read
from bot.leads.commands import Arrive, Command, Hear
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Lead, State
from bot.leads.transitions import decide
from storage import followers, identities, people, retros, standstills
from storage.around import Around
from storage.db import Alike, Space
from storage.deal_news import DealNews
from storage.deals import losses
from storage.jobs import once
from storage.keeping_out import hold, without_removed
from storage.lead_rows import load, touches_of
from storage.leads import keep, rooms_of
from storage.quarantine import Aside, put_aside, read_aside, settle
from storage.rota import OFFERING
from storage.tables import ONCE
from storage.turns import take_turn

Item = Arrival | Senseless
Told = Outcome | Senseless


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """What came in one piece; `name` is what it is known by once all of it was taken in, where it has one."""

    items: Sequence[Item]
    feed: str
    name: str
    now: datetime


class Intake:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def keep(
        self,
        items: Sequence[Item],
        *,
        feed: str,
        now: datetime,
        delivery: str | None = None,
        bulk: bool = False,
        retros: bool = True,
    ) -> list[Told]:
        """Take in what a feed sent, all in one transaction, and say of each item what it did.

        What makes no sense is answered as it is, and kept in quarantine unless it is `bulk` (a file, which
        has its own list of what was refused). A `delivery` of which all was
        taken in is known by its id from then on: again, it changes nothing. Deals that it closes are looked
        back at unless `retros` is off.
        """
        told = _Delivery(
            items=items, feed=feed, name=f"delivery:{feed}:{delivery}" if delivery else "", now=now
        )
        if len(items) == 1 and retros and not bulk:
            return await self._space.write(Alike(what=told, done=self._deliver))

        def work(session: Session) -> list[Told]:
            if bulk:
                done = self._batch(session, now, retros=retros, imported=True).take_in(items)
                self._hold(session, feed, done, now)
                return done
            return self._deliver(session, [told], retros=retros)[0]

        return await self._space.write(work, bulk=bulk)

    def _deliver(
        self, session: Session, told: Sequence[_Delivery], *, retros: bool = True
    ) -> list[list[Told]]:
        """What each delivery did; one that is known by its name, or becomes so by another, does nothing."""
        workspace, now = self._space.workspace, max(each.now for each in told)
        known = _known(session, workspace, [each.name for each in told if each.name])
        done: dict[int, list[Told]] = {
            n: [Outcome.UNCHANGED for _ in each.items] for n, each in enumerate(told) if each.name in known
        }
        first = {each.name or str(n): n for n, each in reversed([*enumerate(told)]) if n not in done}
        fresh = {n: told[n] for n in sorted(first.values())}
        items = [item for each in fresh.values() for item in each.items]
        outcomes = iter(self._batch(session, now, retros=retros).take_in(items) if items else [])
        for n, each in fresh.items():
            done[n] = list(islice(outcomes, len(each.items)))
            senseless = [outcome for outcome in done[n] if isinstance(outcome, Senseless)]
            put_aside(session, workspace, each.feed, [one for one in senseless if one.removed is None], now)
            self._hold(session, each.feed, senseless, now)
            if each.name and not senseless:
                once(session, workspace, each.name, now)
        again = [n for n in range(len(told)) if n not in done]
        if again:
            done |= zip(again, self._deliver(session, [told[n] for n in again], retros=retros), strict=True)
        return [done[n] for n in range(len(told))]

    def _hold(self, session: Session, feed: str, told: Sequence[Told], now: datetime) -> None:
        came_again = [each for each in told if isinstance(each, Senseless) and each.removed]
        hold(session, self._space.workspace, self._agreement, {feed: came_again}, now)

    def _batch(
        self, session: Session, now: datetime, *, retros: bool = True, imported: bool = False
    ) -> "_Batch":
        terms = Facts(now=now, agreement=self._agreement, imported=imported)
        return _Batch(session, self._space.workspace, terms, retros=retros)

    async def tell(self, deal: DealArrival, now: datetime) -> Outcome:
        """Take in what one of us (`deal.by`) tells of a deal. Raises Refused, with its field."""

        def work(session: Session) -> Outcome:
            [outcome] = self._batch(session, now).take_in([deal])
            if isinstance(outcome, Senseless):
                problem = outcome.problems[0]
                raise Refused(problem.words, field=problem.path)
            return outcome

        return await self._space.write(work)

    async def retry(self, ids: Collection[str], now: datetime) -> tuple[int, int]:
        """Read these of the quarantine again: how many were taken in and left it, and how many stay."""
        workspace = self._space.workspace

        def work(session: Session) -> tuple[int, int]:
            found = read_aside(session, workspace, ids)
            told = [(aside.id, item) for aside in found for item in _read_again(aside)]
            outcomes = self._batch(session, now).take_in([item for _, item in told])
            still = {
                ident: outcome
                for (ident, _), outcome in zip(told, outcomes, strict=True)
                if isinstance(outcome, Senseless)
            }
            done = [aside.id for aside in found if aside.id not in still]
            settle(session, workspace, done, still)
            return len(done), len(still)

        return await self._space.write(work, bulk=True)


class _Batch:
    """One transaction's worth of arrivals: read together, decided one after another, written together."""

    def __init__(self, session: Session, workspace: str, terms: Facts, *, retros: bool = True) -> None:
        self._session, self._workspace = session, workspace
        self._agreement, self._now = terms.agreement, terms.now
        self._terms = replace(terms, stops=standstills.every(session, workspace))
        agreement, now = terms.agreement, terms.now
        self._leads: dict[str, Lead] = {}
        self._touches: dict[str, tuple[Touch, ...]] = {}
        self._people: dict[str, str | None] = {}
        self._around = Around(session, workspace, agreement)
        self._deals = DealNews(session, workspace, agreement, now, known=self._slack_id, retros=retros)
        self._changes: list[tuple[Lead, Command, Decision]] = []

    def take_in(self, items: Sequence[Item]) -> list[Told]:
        session, workspace = self._session, self._workspace
        take_turn(session, workspace, OFFERING)
        items = without_removed(session, workspace, items)
        checked = self._with_leads([self._with_people(item) for item in items])
        arrivals = [item for item, _ in checked if isinstance(item, DealArrival)]
        came = [(item, lead) for item, lead in checked if isinstance(item, LeadArrival)]
        ids = {lead for _, lead in checked if lead} | self._deals.look(arrivals, came)
        known = load(session, workspace, ids, lock_them=True, some=True)
        self._leads = dict(known)
        self._touches = touches_of(session, workspace, self._leads)
        told = [
            {**(known[lead].fields if lead in known else {}), **item.fields}
            for item, lead in checked
            if isinstance(item, LeadArrival)
        ]
        self._around.look(self._leads.values(), told)
        self._rooms = rooms_of(session, workspace, self._agreement, self._now)
        outcomes: dict[int, Told] = {}
        # A deal may stand before its lead: deals come last.
        for place, (item, lead) in sorted(
            enumerate(checked), key=lambda each: isinstance(each[1][0], DealArrival)
        ):
            outcomes[place] = self._take(item, lead)
        for lead, convert in self._deals.joined(self._leads):
            self._apply(self._leads[lead], convert)
        keep(session, workspace, self._agreement, self._changes, self._now, begun=ids.difference(known))
        changed = self._deals.keep()
        retros.follow(session, workspace, self._agreement, self._deals.turned, changed, now=self._now)
        converted = {lead.id for lead, _, after in self._changes if after.lead.state is not lead.state}
        followers.tell(session, workspace, self._deals.turned, converted, self._now)
        return [outcomes[place] for place in range(len(checked))]

    def _take(self, item: Item, lead: str) -> Told:
        if isinstance(item, Senseless):
            return item
        if not isinstance(item, DealArrival):
            return self._decide(item, lead)
        outcome, converts = self._deals.take(item, self._leads)
        for grown, convert in converts:
            self._apply(self._leads[grown], convert)
        return outcome

    def _with_people(self, item: Item) -> Item:
        """Who of us is meant: an owner becomes a Slack user id, and so does who made a touch, if known."""
        if isinstance(item, TouchArrival):
            return replace(item, touch=self._with_maker(item.touch))
        if not isinstance(item, LeadArrival):
            return item
        touches = tuple(map(self._with_maker, item.touches))
        if item.owner is None:
            return replace(item, touches=touches) if touches else item
        owner = self._slack_id(item.owner)
        if owner is None:
            words = f"Nobody here has the address {item.owner}. A person of the workspace is needed."
            return Senseless(problems=(Problem(path="owner", words=words),), raw=item.raw)
        return replace(item, touches=touches, owner=owner)

    def _with_maker(self, touch: Touch) -> Touch:
        return touch if touch.by is None else replace(touch, by=self._slack_id(touch.by) or touch.by)

    def _slack_id(self, email: str) -> str | None:
        address = self._agreement.roles.address(email)
        if address not in self._people:
            find = people.by_email if "@" in address else people.get
            person = find(self._session, self._workspace, address)
            self._people[address] = None if person is None else person.slack_id
        return self._people[address]

    def _with_leads(self, items: Sequence[Item]) -> list[tuple[Item, str]]:
        """Each item with the id of its lead, found or begun.

        A touch whose lead nobody knows, or which could be of several, makes no sense yet.
        """
        arrivals = [item for item in items if isinstance(item, LeadArrival)]
        begun = iter(identities.find_or_begin(self._session, self._workspace, arrivals))
        named = {(item.feed, item.lead) for item in items if isinstance(item, TouchArrival)}
        known = identities.of_touches(self._session, self._workspace, named)
        found: list[tuple[Item, str]] = []
        for item in items:
            if isinstance(item, LeadArrival):
                found.append((item, next(begun)))
            elif not isinstance(item, TouchArrival):
                found.append((item, ""))
            elif lead := known[item.feed, item.lead]:
                found.append((item, lead))
            else:
                words = "No lead with this id or e-mail is known here, or several are."
                problem = Problem(path="touch.lead", words=words)
                found.append((Senseless(problems=(problem,), raw=item.raw), ""))
        return found

    def _decide(self, item: LeadArrival | TouchArrival, lead_id: str) -> Outcome:
        before = self._leads.get(lead_id)
        lead = self._blank(item, lead_id) if before is None else before
        decision = self._apply(lead, _command(item))
        if before is None:
            return Outcome.NEW
        return Outcome.UNCHANGED if decision.lead == before and not decision.touches else Outcome.CHANGED

    def _apply(self, lead: Lead, command: Command) -> Decision:
        touches = self._touches.get(lead.id, ())
        facts = replace(self._terms, touches=touches, rooms=self._rooms)
        if lead.recycled_by:  # a few
            facts = replace(facts, lost=losses(self._session, self._workspace, [lead.id]).get(lead.id))
        decision = decide(lead, command, self._around.told(facts, lead))
        self._around.after(decision)
        after = decision.lead
        if after.state is State.OFFERED and lead.state is not State.OFFERED and after.handoff is not None:
            room = self._rooms[after.handoff.channel]
            posted = int(after.handoff.joined is None)  # who joins a card is no message more
            self._rooms[after.handoff.channel] = replace(room, offers=room.offers + posted)
        self._leads[lead.id], self._touches[lead.id] = after, (*touches, *decision.touches)
        self._changes.append((lead, command, decision))
        return decision

    def _blank(self, item: LeadArrival | TouchArrival, lead_id: str) -> Lead:
        if isinstance(item, TouchArrival):
            raise AssertionError("a touch begins no lead")  # noqa: TRY004 - a bug of ours, not a wrong type
        return Lead(
            id=lead_id,
            feed=item.feed,
            external_id=item.external_id,
            state=State.NEW,
            arrived_at=self._now,
            occurred_at=item.occurred_at or self._now,
        )


def _command(item: LeadArrival | TouchArrival) -> Command:
    if isinstance(item, TouchArrival):
        return Hear(touch=item.touch, feed=item.feed, by=item.touch.by)
    return Arrive(arrival=item, owner=item.owner)


def _known(session: Session, workspace: str, deliveries: Collection[str]) -> set[str]:
    these = {"workspace": workspace, "names": sorted(set(deliveries))}
    return set(session.scalars(_DELIVERED, these)) if deliveries else set()


_DELIVERED: Final = select(ONCE.c.name).where(
    ONCE.c.workspace == bindparam("workspace"), ONCE.c.name.in_(bindparam("names", expanding=True))
)


def _read_again(aside: Aside) -> list[Item]:
    """What it says, as it would be read today. Facts without a moment are as old as their last arrival."""
    try:
        items = read(aside.raw.encode(), aside.feed).items
    except Unintelligible as error:
        return [Senseless(problems=(Problem(path="", words=str(error)),), raw=aside.raw)]
    return [
        replace(item, occurred_at=aside.last_at)
        if isinstance(item, LeadArrival | DealArrival) and item.occurred_at is None
        else item
        for item in items
    ]
