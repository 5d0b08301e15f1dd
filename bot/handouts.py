"""The leads of a report as a file: who may have it, and what its reader and the admins are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import ids
from bot.blocks import Message, actions, button, section
from bot.text import count, mention, plain

FREELY: Final = 1000  # rows; more are confirmed by an admin (product.md section 11)
NOT_FOR_REPS: Final = (
    "Leads as a file are for managers, marketers and admins. Your own are in your Home, and `/truce mine`."
)
NO_ADDRESS: Final = (
    "A file needs an address at which a browser reaches Truce: whoever runs it sets PUBLIC_URL. Until then"
    " `truce report --csv` writes the file where Truce runs."
)
WAITS: Final = "an admin confirms files of more than 1,000 leads. I will tell you."
GONE: Final = "This file was taken already, or is not there any more. Ask for a new one with /truce report."


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """`words` are what was asked for, with the period in days; `allowed_by` is who may have it confirmed, or None."""

    id: str
    at: datetime
    by: str
    words: str
    period: str
    rows: int
    allowed_by: str | None = None
    taken_at: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return self.allowed_by is not None

    @property
    def said(self) -> str:
        return f"{count(self.rows, 'lead')} ({plain(self.words)})"


def admin_note(handout: Handout) -> Message:
    """To an admin: who takes what, and where it is much, whether they may."""
    if handout.allowed_by == handout.by:
        words = f"{mention(handout.by)} takes {handout.said} as a file."
        return Message(text=words, blocks=[section(words)])
    words = f"{mention(handout.by)} asks for {handout.said} as a file."
    if handout.allowed_by is not None:
        words = f"{words} {mention(handout.allowed_by)} allowed it."
        return Message(text=words, blocks=[section(words)])
    words = f"{words} An admin confirms files of more than {FREELY:,} leads."
    allow = button("Allow", ids.HANDOUT_ALLOW, handout.id, about="the file")
    return Message(text=words, blocks=[section(words), actions(allow, block_id=f"handout.{handout.id}")])


def ready_note(handout: Handout) -> Message:
    """To who asked: it was allowed, and where the file is."""
    words = f"Your file is allowed: {handout.said}."
    take = button("CSV", ids.HANDOUT_TAKE, handout.id, about="the file")
    return Message(text=words, blocks=[section(words), actions(take, block_id=f"handout.{handout.id}")])
