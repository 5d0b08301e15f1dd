"""The deals of one delivery: found or begun, changed by their news, and linked to the leads that they grew from.

A deal may be told before its leads, and they are linked when they come, whoever tells of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import DealArrival, LeadArrival, Outcome, Problem, Senseless
from bot.companies import company_at, domain_of
from bot.deal_telling import need_news, need_right
from bot.deals import BY_HAND, Deal, Turned, leads_told, take_news, turn_of
from bot.errors import Refused
from bot.leads.commands import Convert
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import Lead
from storage import deal_names, deals, identities, people
from storage.members import people_here

Converts = list[tuple[str, Convert]]
Came = Sequence[tuple[LeadArrival, str]]  # with the id of the lead
NOBODY: Final[Converts] = []


class DealNews:
    """What is said of deals in one transaction. `known` finds who of us has an address."""

    def __init__(
        self,
        session: Session,
        workspace: str,
        agreement: Agreement,
        now: datetime,
        *,
        known: Callable[[str], str | None],
        retros: bool,
    ) -> None:
        self._session, self._workspace, self._agreement = session, workspace, agreement
        self._now, self._slack_id, self._retros = now, known, retros
        self._before: dict[deals.Key, Deal] = {}
        self._deals: dict[deals.Key, Deal] = {}
        self._links: Mapping[str, list[str]] = {}
        self._named: dict[deals.Key, str | None] = {}
        self._at: dict[str, list[str]] = {}
        self._came: Came = ()
        self._grew_from: dict[str, list[str]] = {}
        self.turned: list[Turned] = []  # every change of state, in order

    def look(self, told: Sequence[DealArrival], came: Came) -> set[str]:
        """Read the deals that are told of and those that name a lead that comes; answer the leads of all of them."""
        session, workspace = self._session, self._workspace
        keys = {(each.feed, each.external_id) for each in told}
        keys |= deal_names.naming(session, workspace, [arrival for arrival, _ in came])
        self._before = deals.find_or_begin(session, workspace, keys)
        self._deals, self._came = dict(self._before), came
        if not keys:
            return set()
        named = {(deal.feed, name) for deal in self._before.values() for name in deal.leads}
        named |= {(each.feed, name) for each in told for name in leads_told(each.fields)}
        self._named = identities.of_touches(session, workspace, named)
        unknown = {_domain(name) for key, lead in self._named.items() for name in key[1:] if lead is None}
        self._at = deal_names.at(session, workspace, {domain for domain in unknown if domain})
        self._links = deal_names.linked(session, workspace, [deal.id for deal in self._before.values()])
        by_hand = {name for feed, name in named if feed == BY_HAND}
        everyone = [*self._at.values(), *self._links.values()]
        return by_hand.union(filter(None, self._named.values()), *everyone)

    def take(self, item: DealArrival, leads: Mapping[str, Lead]) -> tuple[Outcome | Senseless, Converts]:
        """What the news did, and what it means for the leads that the deal grew from.

        Raises Refused where one of us tells what is not theirs, or comes too late.
        """
        key = (item.feed, item.external_id)
        before = self._deals[key]
        if item.by is not None:
            self._need_right(before, item, item.by, leads)
        after = take_news(before, item, self._now, self._agreement.settings.deals.stages)
        if isinstance(after, Problem):
            return Senseless(problems=(after,), raw=item.raw), NOBODY
        if after == before:
            return Outcome.UNCHANGED, NOBODY
        self._deals[key] = after
        if turn := turn_of(before, after):
            at = after.stages[-1].since
            turned = Turned(deal=after, turn=turn, at=at, heard_at=self._now, retros=self._retros)
            self.turned.append(turned)
        grown = self._grew_from[after.id] = self._grown(after, leads)
        outcome = Outcome.CHANGED if before.fields_at else Outcome.NEW
        gave = self._who_had(before) if item.by else None
        return outcome, [(lead, self._convert(after, item.by, gave)) for lead in grown]

    def joined(self, leads: Mapping[str, Lead]) -> Iterator[tuple[str, Convert]]:
        """What it means for leads that have come only now, after a deal that names them."""
        for deal in self._deals.values():
            if deal.id in self._grew_from:
                continue
            there, grown = self._links.get(deal.id, []), self._grown(deal, leads)
            new = [lead for lead in grown if lead not in there]
            if new:
                self._grew_from[deal.id] = [*there, *new]
                yield from ((lead, self._convert(deal)) for lead in new)

    def keep(self) -> list[Deal]:
        """Write it, after the leads; answer the deals of which something is news."""
        nobodys = [deal.id for deal in self._deals.values() if not deal.fields_at]
        deals.keep(self._session, self._workspace, self._before, self._deals)
        deals.forget(self._session, self._workspace, nobodys)
        deals.link(self._session, self._workspace, self._grew_from)
        renamed = [deal for key, deal in self._deals.items() if deal.leads != self._before[key].leads]
        deal_names.keep(self._session, self._workspace, renamed)
        return [deal for key, deal in sorted(self._deals.items()) if deal != self._before[key]]

    def _need_right(self, deal: Deal, item: DealArrival, by: str, leads: Mapping[str, Lead]) -> None:
        person = people_here(self._session, self._workspace, [by], self._agreement.places).get(by)
        if person is None:
            raise Refused(UNKNOWN_YET)
        named = (*leads_told(item.fields), *self._links.get(deal.id, ()))
        need_right(person, self._agreement, [leads[each] for each in named if each in leads], deal)
        need_news(deal, item)

    def _convert(self, deal: Deal, by: str | None = None, gave: str | None = None) -> Convert:
        owner = self._slack_id(deal.owner) if deal.owner else None
        return Convert(feed=deal.feed, deal=deal.id, owner=owner, by=by, gave=gave)

    def _who_had(self, deal: Deal) -> str | None:
        """Its owner, who may have left."""
        if deal.owner is None:
            return None
        if here := self._slack_id(deal.owner):
            return here
        address = self._agreement.roles.address(deal.owner)
        person = people.by_email(self._session, self._workspace, address, left=True)
        return None if person is None else person.slack_id

    def _grown(self, deal: Deal, leads: Mapping[str, Lead]) -> list[str]:
        """The leads that a deal grew from, as far as they are known, each once."""
        found = [lead for name in deal.leads for lead in self._meant(deal, name, leads)]
        return [lead for lead in dict.fromkeys(found) if lead in leads]

    def _meant(self, deal: Deal, name: str, leads: Mapping[str, Lead]) -> list[str]:
        if deal.feed == BY_HAND:
            return [name]
        if lead := self._named[deal.feed, name]:
            return [lead]
        domain = _domain(name)
        if domain is None:
            return []
        there = [each for each in self._links.get(deal.id, ()) if domain_of(leads[each].fields) == domain]
        came = [
            lead
            for arrival, lead in self._came
            if domain_of(arrival.fields) == domain and _in_time(deal, leads[lead])
        ]
        return [*there, *self._at.get(domain, ()), *came]


def _domain(name: str) -> str | None:
    return None if "@" in name else company_at(name)


def _in_time(deal: Deal, lead: Lead) -> bool:
    """Whether the deal can have grown from a lead that comes: one that asks after its close begins another."""
    return deal.closed_at is None or lead.occurred_at <= deal.closed_at
