"""Which handoffs share a card, or a message to a rep, and those that left it: rows, for leads.py and sights.py."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.leads.lead import Handoff
from storage.tables import CARD_LEAD, HANDOFF
from storage.upsert import insert_new


def keep(session: Session, workspace: str, handoffs: Collection[Handoff]) -> None:
    """Those of these that share a card, or the message that asks a rep, are remembered with it."""
    rows = [
        {"workspace": workspace, "card": shared, "handoff": each.id, "number": each.cards}
        for each in handoffs
        for shared in (each.joined, each.asked_in)
        if shared is not None
    ]
    insert_new(session, CARD_LEAD, rows)


def is_ask(card: str) -> bool:
    """Whether it is a message that asks a rep, and no card."""
    return "|" in card


def host_of(card: str) -> str:
    """The handoff that a card, or a message to a rep, was posted for."""
    return card.partition("|")[0].partition(":")[0]


def on_card(session: Session, workspace: str, card: str) -> dict[str, int]:
    """The handoffs that share a card, or did, the first offered first: for each, which of its cards that was.

    The one that it was posted for is the first, though it may share another now.
    """
    number = "" if is_ask(card) else card.partition(":")[2]
    rows = session.execute(_ON_CARD, {"workspace": workspace, "card": card})
    return {host_of(card): int(number or 1)} | {row.handoff: row.number for row in rows}


_ON_CARD: Final = (
    select(CARD_LEAD.c.handoff, CARD_LEAD.c.number)
    .select_from(
        CARD_LEAD.join(
            HANDOFF,
            (HANDOFF.c.workspace == CARD_LEAD.c.workspace) & (HANDOFF.c.id == CARD_LEAD.c.handoff),
        )
    )
    .where(CARD_LEAD.c.workspace == bindparam("workspace"), CARD_LEAD.c.card == bindparam("card"))
    .order_by(HANDOFF.c.offered_at, HANDOFF.c.id)
)
