"""What is around the leads of one transaction: rotas, refusals of before, colleagues who know the company.

It moves on with each decision, so that leads that are offered together share what is there.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, bindparam, case, select, union
from sqlmodel import Session

from bot import rota
from bot.agreement import Agreement
from bot.arrivals import Value
from bot.deals import DealState
from bot.firms import Company, company_of, meant
from bot.jobs import to_person
from bot.leads import together
from bot.leads.decision import Decision, Facts, Waiting
from bot.leads.lead import Lead, State, Whose, own_card
from bot.people import Role
from bot.reasons import REASONS, Then
from bot.routing import team_of
from bot.teams import Colleague, TeamNow
from storage import people
from storage.retro_sights import keepers
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, REJECTION
from storage.teams import owners_now, team_now

MOST_OWNERS: Final = 500


class Around:
    """Read in the transaction, with the turn of offering taken where leads are offered."""

    def __init__(
        self,
        session: Session,
        workspace: str,
        agreement: Agreement,
        teams: Mapping[str, TeamNow] | None = None,
    ) -> None:
        self._session, self._workspace, self._agreement = session, workspace, agreement
        self._teams = dict(teams or {})
        self._noes: dict[str, frozenset[str]] = {}
        self._owners: dict[str, list[tuple[str, Colleague]]] = {}
        self._sellers: dict[str, list[tuple[str, Colleague]]] = {}
        self._wanted: set[Company] = set()
        self._waiting: dict[str, tuple[Company, Waiting]] = {}  # by lead
        self._waiting_there: dict[str, tuple[Waiting, ...]] | None = None

    def look(
        self, leads: Collection[Lead], told: Collection[Mapping[str, Value]] = (), *, offers: bool = True
    ) -> None:
        """Read it for these leads, and for those that these facts are told of; whose `offers` they would be."""
        companies = {company_of(fields) for fields in (*(lead.fields for lead in leads), *told)}
        wanted = self._wanted = {each for each in companies if each is not None}
        there = self._states_at(wanted, leads, told)
        self._owners = self._who_owns_leads_at(wanted) if there.intersection(_OWNED) else {}
        self._sellers = self._who_sells_to(wanted) if State.CONVERTED in there else {}
        self._waiting = self._who_waits_at(wanted) if State.OFFERED in there else {}
        self._waiting_there = None
        facts = (*(lead.fields for lead in leads), *told) if offers else ()
        theirs = {team_of(fields, self._agreement).name for fields in facts}
        for team in self._agreement.settings.teams_in_force:
            if (team.offer == "rotation" or team.name in theirs) and team.name not in self._teams:
                self._teams[team.name] = team_now(self._session, self._workspace, self._agreement, team.name)
        self._noes = self._refusals([lead.id for lead in leads if lead.handoff is not None])

    def told(self, facts: Facts, lead: Lead) -> Facts:
        """The facts, with what is around this lead."""
        team = facts.team
        if team is not None:
            known = self._teams.get(team.team.name, team)
            team = replace(team, reps=known.reps)
        here = {company: _others(owners, lead) for company, owners in self._owners.items()}
        sell = {company: _others(sellers, lead) for company, sellers in self._sellers.items()}
        noes = self._noes.get(lead.id, frozenset())
        return replace(
            facts,
            teams=self._teams,
            team=team,
            noes=noes,
            owners=here,
            sellers=sell,
            waiting=self._by_company(),
        )

    def after(self, decision: Decision) -> None:
        """What was decided holds for who comes next."""
        if decision.moves:
            self._teams = {name: rota.after(team, decision.moves) for name, team in self._teams.items()}
        lead = decision.lead
        waits, company = together.waits(lead), company_of(lead.fields)
        known = self._waiting.pop(lead.id, None)
        if waits is not None and company is not None:
            self._waiting[lead.id] = company, waits
        if self._waiting.get(lead.id) != known:
            self._waiting_there = None

    def _by_company(self) -> Mapping[str, tuple[Waiting, ...]]:
        """Who waits, by the company that was looked for."""
        if self._waiting_there is None:
            near: dict[str, set[Company]] = defaultdict(set)
            for company, _ in self._waiting.values():
                for each in (company.domain, company.head):
                    near[each or ""].add(company)
            self._waiting_there = {
                wanted.key: tuple(waits for company, waits in self._waiting.values() if company in its)
                for wanted in self._wanted
                if (its := meant(wanted, {*near[wanted.domain or ""], *near[wanted.head]} if near else ()))
            }
        return self._waiting_there

    def _who_waits_at(self, wanted: Collection[Company]) -> dict[str, tuple[Company, Waiting]]:
        rows = ((company_of(row.fields), row) for row in self._of_companies(_WAITING, _OFFERED, wanted))
        return {row.id: (company, _waits(row)) for company, row in rows if company is not None}

    def _who_owns_leads_at(self, wanted: Collection[Company]) -> dict[str, list[tuple[str, Colleague]]]:
        """The owners of open leads at these companies, who had the newest first; each with their lead."""
        rows = self._of_companies(_OWNERS, _OWNED, wanted)
        here = owners_now(
            self._session,
            self._workspace,
            self._agreement,
            {row.owner: row.team for row in rows if row.owner},
        )
        return {
            key: [(row.id, here[row.owner]) for row in its if row.owner in here]
            for key, its in _rows_by_company(rows, wanted).items()
        }

    def _who_sells_to(self, wanted: Collection[Company]) -> dict[str, list[tuple[str, Colleague]]]:
        """Who has the open deals with these companies, then who won those that are customers, then who keeps them."""
        rows = self._of_companies(_SELLERS, _SOLD, wanted)
        if not rows:
            return {}
        told = {(row.id, row.told): self._owner_of(row.told) or row.owner for row in rows}
        teams = {owner: row.team or "" for row in rows if (owner := told[row.id, row.told]) is not None}
        here = owners_now(self._session, self._workspace, self._agreement, teams) if teams else {}
        keepers = [
            ("", each)
            for each in self._keepers()
            if self._agreement.has(each.person, Role.REP)  # who takes no leads is not asked to take one
        ]
        found: dict[str, list[tuple[str, Colleague]]] = {}
        for key, its in _rows_by_company(rows, wanted).items():
            owners = [(row.id, here.get(told[row.id, row.told] or "")) for row in its]
            found[key] = [*((lead, owner) for lead, owner in owners if owner is not None), *keepers]
        return found

    def _states_at(
        self, wanted: Collection[Company], leads: Collection[Lead], told: Collection[Mapping[str, Value]]
    ) -> frozenset[State]:
        """In which states other leads at these companies are: most often there is none."""
        if not wanted:
            return frozenset()
        # Who keeps a customer is asked about the customer's own lead as well.
        alone = [each.id for each in leads if each.state is not State.CONVERTED]
        but = alone if len(leads) == 1 and not told else []
        ways = _ways_to(wanted)
        here = {"workspace": self._workspace, **ways, "but": but}
        return frozenset(map(State, self._session.scalars(_states_at(tuple(ways)), here)))

    def _of_companies(
        self, query: Select[Any], states: tuple[State, ...], wanted: Collection[Company]
    ) -> Sequence[Row[Any]]:
        """Leads in these states that may be at one of these companies."""
        ways = _ways_to(wanted)
        there = _at_them(query, states, tuple(ways))
        return self._session.execute(there, {"workspace": self._workspace, **ways}).all()

    def _owner_of(self, told: str | None) -> str | None:
        """Whom a deal's owner is here, by the e-mail that was told."""
        address = self._agreement.roles.address(told) if told else ""
        person = people.by_email(self._session, self._workspace, address) if "@" in address else None
        return None if person is None else person.slack_id

    def _keepers(self) -> list[Colleague]:
        return keepers(self._session, self._workspace, self._agreement)

    def _refusals(self, leads: Collection[str]) -> dict[str, frozenset[str]]:
        """Who rejected these leads before, for another reason than the time."""
        found: dict[str, set[str]] = defaultdict(set)
        if leads:
            these = {"workspace": self._workspace, "ids": sorted(leads), "later": _LATER}
            for row in self._session.execute(_REFUSALS, these):
                found[row.lead].add(row.by)
        return {lead: frozenset(who) for lead, who in found.items()}


def _rows_by_company(rows: Sequence[Row[Any]], wanted: Collection[Company]) -> dict[str, list[Row[Any]]]:
    """The rows of each company that is wanted, by its key, in their order."""
    whose = [(row, company_of(row.fields)) for row in rows]
    there = {company for _, company in whose if company is not None}
    found: dict[str, list[Row[Any]]] = {}
    for company in wanted:
        its = meant(company, there)
        if its:
            found.setdefault(company.key, []).extend(row for row, at in whose if at in its)
    return found


def _waits(row: Row[Any]) -> Waiting:
    since = (row.wait or {}).get("since")
    whose = None if row.whose is None else Whose(row.whose)
    return Waiting(
        lead=row.id,
        handoff=row.handoff,
        card=row.joined or own_card(row.handoff, row.cards),
        team=row.team,
        channel=row.channel,
        at=row.carded_at or row.offered_at,
        asked=together.asked(row.to, whose, alone=row.alone),
        ask=row.asked_in or to_person(row.handoff, row.to or ""),
        asked_at=datetime.fromisoformat(since) if since else row.offered_at,
    )


def _others(known: Collection[tuple[str, Colleague]], lead: Lead) -> tuple[Colleague, ...]:
    return tuple(owner for other, owner in known if other != lead.id)


def _ways_to(wanted: Collection[Company]) -> dict[str, list[str]]:
    """By what leads at these companies are found; of another domain they are of another company, whatever its name."""
    ways = {
        "domains": {each.domain or "" for each in wanted if each.domain},
        "heads": {each.head for each in wanted if each.domain and each.head},
        "bare": {each.head for each in wanted if not each.domain},
    }
    return {way: sorted(its) for way, its in ways.items() if its}


_NEAR: Final = LEAD.alias("near")
_WAYS: Final[Mapping[str, ColumnElement[bool]]] = {
    "domains": _NEAR.c.domain.in_(bindparam("domains", expanding=True)),
    "heads": _NEAR.c.firm.in_(bindparam("heads", expanding=True)) & _NEAR.c.domain.is_(None),
    "bare": _NEAR.c.firm.in_(bindparam("bare", expanding=True)),
}
_OFFERED: Final = (State.OFFERED,)
_OWNED: Final = (State.ACCEPTED, State.WORKING)
_SOLD: Final = (State.CONVERTED,)


@cache
def _states_at(ways: tuple[str, ...]) -> CompoundSelect[Any]:
    other = _NEAR.c.id.not_in(bindparam("but", expanding=True))
    return _by_each(ways, _NEAR.c.state, (*_OFFERED, *_OWNED, *_SOLD), other)


@cache
def _at_them(query: Select[Any], states: tuple[State, ...], ways: tuple[str, ...]) -> Select[Any]:
    return query.where(LEAD.c.id.in_(_by_each(ways, _NEAR.c.id, states)))


def _by_each(
    ways: tuple[str, ...], what: ColumnElement[Any], states: tuple[State, ...], *more: ColumnElement[bool]
) -> CompoundSelect[Any]:
    """Each way by an index of its own: with an OR, SQLite looks at every lead that anybody has."""
    here = (_NEAR.c.workspace == bindparam("workspace"), _NEAR.c.state.in_(states), *more)
    return union(*(select(what).where(*here, _WAYS[way]) for way in ways))


_SELLERS: Final = (
    select(LEAD.c.id, LEAD.c.fields, LEAD.c.owner, DEAL.c.owner.label("told"), HANDOFF.c.team)
    .select_from(
        LEAD.join(DEAL_LEAD, (DEAL_LEAD.c.workspace == LEAD.c.workspace) & (DEAL_LEAD.c.lead == LEAD.c.id))
        .join(DEAL, (DEAL.c.workspace == DEAL_LEAD.c.workspace) & (DEAL.c.id == DEAL_LEAD.c.deal))
        .outerjoin(HANDOFF, (HANDOFF.c.workspace == LEAD.c.workspace) & (HANDOFF.c.id == LEAD.c.handoff))
    )
    .where(
        LEAD.c.workspace == bindparam("workspace"),
        DEAL.c.state != DealState.LOST,
    )
    .order_by(case((DEAL.c.state == DealState.OPEN, 0), else_=1), DEAL.c.opened_at.desc(), LEAD.c.id)
    .limit(MOST_OWNERS)
)
_OWNERS: Final = (
    select(LEAD.c.id, LEAD.c.fields, LEAD.c.owner, HANDOFF.c.team)
    .select_from(
        LEAD.join(HANDOFF, (HANDOFF.c.workspace == LEAD.c.workspace) & (HANDOFF.c.id == LEAD.c.handoff))
    )
    .where(LEAD.c.workspace == bindparam("workspace"))
    .order_by(HANDOFF.c.decided_at.desc(), LEAD.c.id)
    .limit(MOST_OWNERS)
)
_WAITING: Final = (
    select(
        LEAD.c.id,
        LEAD.c.fields,
        *(
            HANDOFF.c[name]
            for name in (
                "team",
                "channel",
                "joined",
                "cards",
                "carded_at",
                "offered_at",
                "to",
                "alone",
                "whose",
                "asked_in",
                "wait",
            )
        ),
        HANDOFF.c.id.label("handoff"),
    )
    .select_from(
        LEAD.join(HANDOFF, (HANDOFF.c.workspace == LEAD.c.workspace) & (HANDOFF.c.id == LEAD.c.handoff))
    )
    .where(LEAD.c.workspace == bindparam("workspace"))
    .order_by(LEAD.c.id)
    .limit(MOST_OWNERS)
)
_LATER: Final = [reason.code for reason in REASONS.values() if reason.then is Then.RETURNED]
_REFUSALS: Final = (
    select(HANDOFF.c.lead, REJECTION.c.by)
    .select_from(
        HANDOFF.join(
            REJECTION,
            (REJECTION.c.workspace == HANDOFF.c.workspace) & (REJECTION.c.handoff == HANDOFF.c.id),
        )
    )
    .where(
        HANDOFF.c.workspace == bindparam("workspace"),
        HANDOFF.c.lead.in_(bindparam("ids", expanding=True)),
        REJECTION.c.taken_back_at.is_(None),
        REJECTION.c.reason.not_in(bindparam("later", expanding=True)),
    )
)
