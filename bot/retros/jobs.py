"""What must happen later to deals and their retros. As bot/jobs.py has it: never rename a kind or a field."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowDeal:
    """A deal has closed, or is open again: its retro begins, stops or goes on."""

    kind: ClassVar = "follow_deal"
    deal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewDeal:
    """A customer's contract ends before long: talk to them."""

    kind: ClassVar = "renew_deal"
    deal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TendRetro:
    """The timer of a retro: see what is due."""

    kind: ClassVar = "tend_retro"
    retro: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReplies:
    """Read what people say in the thread of a retro."""

    kind: ClassVar = "read_replies"
    retro: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBack:
    """Ask somebody about the retros that wait for them, together."""

    kind: ClassVar = "ask_back"
    person: str
