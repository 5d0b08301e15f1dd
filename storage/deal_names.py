"""The leads that deals name, by id, e-mail or domain; kept as they were told, so that a lead that comes later is found.

A domain means the leads of that company that somebody here has, and those that come while the deal is open.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from bot.arrivals import LeadArrival
from bot.companies import domain_of
from bot.deals import Deal
from storage.tables import DEAL, DEAL_LEAD, DEAL_NAME, LEAD
from storage.upsert import insert_new

Key = tuple[str, str]


def naming(session: Session, workspace: str, arrivals: Sequence[LeadArrival]) -> set[Key]:
    """The deals, by (feed, id there), that may have named these leads."""
    names = {name.lower() for each in arrivals for name in _known_by(each)}
    if not names:
        return set()
    rows = session.execute(_NAMING, {"workspace": workspace, "names": sorted(names)})
    return {(row.feed, row.external_id) for row in rows}


def keep(session: Session, workspace: str, deals: Iterable[Deal]) -> None:
    """Write the names that these deals have now, and no others."""
    rows = []
    for deal in deals:
        names = sorted({name.lower() for name in deal.leads})
        session.execute(_FORGOTTEN, {"workspace": workspace, "its_deal": deal.id, "its": names})
        rows += [{"workspace": workspace, "name": name, "deal": deal.id} for name in names]
    insert_new(session, DEAL_NAME, rows)


def at(session: Session, workspace: str, domains: Collection[str]) -> dict[str, list[str]]:
    """The leads at each of these companies that somebody here has."""
    found: dict[str, list[str]] = defaultdict(list)
    if domains:
        for row in session.execute(_OWNED, {"workspace": workspace, "domains": sorted(domains)}):
            found[row.domain].append(row.id)
    return found


def linked(session: Session, workspace: str, deals: Collection[str]) -> Mapping[str, list[str]]:
    """The leads that each of these deals is known to have grown from."""
    found: dict[str, list[str]] = defaultdict(list)
    if deals:
        for row in session.execute(_LINKED, {"workspace": workspace, "deals": sorted(deals)}):
            found[row.deal].append(row.lead)
    return found


def _known_by(arrival: LeadArrival) -> Iterable[str]:
    told = (arrival.external_id, arrival.fields.get("contact.email"), domain_of(arrival.fields))
    return (name for name in told if isinstance(name, str))


MOST_AT: Final = 100  # leads of one company that a deal may have grown from
_NAMING: Final = (
    select(DEAL.c.feed, DEAL.c.external_id)
    .select_from(
        DEAL_NAME.join(DEAL, (DEAL.c.workspace == DEAL_NAME.c.workspace) & (DEAL.c.id == DEAL_NAME.c.deal))
    )
    .where(
        DEAL_NAME.c.workspace == bindparam("workspace"),
        DEAL_NAME.c.name.in_(bindparam("names", expanding=True)),
    )
)
_FORGOTTEN: Final = delete(DEAL_NAME).where(
    DEAL_NAME.c.workspace == bindparam("workspace"),
    DEAL_NAME.c.deal == bindparam("its_deal"),
    DEAL_NAME.c.name.not_in(bindparam("its", expanding=True)),
)
_OWNED: Final = (
    select(LEAD.c.id, LEAD.c.domain)
    .where(
        LEAD.c.workspace == bindparam("workspace"),
        LEAD.c.domain.in_(bindparam("domains", expanding=True)),
        LEAD.c.owner.is_not(None),
    )
    .order_by(LEAD.c.arrived_at.desc(), LEAD.c.id)
    .limit(MOST_AT)
)
_LINKED: Final = (
    select(DEAL_LEAD.c.deal, DEAL_LEAD.c.lead)
    .where(
        DEAL_LEAD.c.workspace == bindparam("workspace"),
        DEAL_LEAD.c.deal.in_(bindparam("deals", expanding=True)),
    )
    .order_by(DEAL_LEAD.c.deal, DEAL_LEAD.c.lead)
)
