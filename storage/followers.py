"""Who of marketing wanted to know how a lead goes is told when its deal is won or lost."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session

from bot.deals import Turn, Turned
from bot.jobs import show, to_person
from bot.sights import Sight
from storage import deals, jobs
from storage.lead_rows import load

ENDS = frozenset({Turn.WON, Turn.LOST, Turn.CORRECTED})


def tell(
    session: Session, workspace: str, turned: Iterable[Turned], told: Collection[str], now: datetime
) -> None:
    """Once for each end of a deal; `told` are leads whose followers hear of the deal in this moment anyway."""
    for each in turned:
        if each.turn not in ENDS or not each.retros:
            continue
        ids = [lead for lead in deals.leads_of(session, workspace, each.deal.id) if lead not in told]
        for lead in load(session, workspace, ids, some=True).values():
            if lead.handoff is None:
                continue
            news = f"{lead.handoff.id}.{each.deal.state}-{each.deal.id}"
            due = [
                show(Sight.NEWS, to_person(news, person), now, channel=person) for person in lead.followed_by
            ]
            jobs.add(session, workspace, due)
