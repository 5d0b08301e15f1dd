"""Who does what to a lead, and from where: as the log keeps it, and other systems are told."""

from collections.abc import Mapping
from typing import Final

from bot.leads.commands import (
    Arrive,
    Command,
    Convert,
    EndCover,
    Erase,
    Excuse,
    FallBack,
    Hear,
    OfferInTurn,
    Rise,
    ShareOut,
)
from bot.leads.lead import Lead, State

SLACK: Final = "slack"
TRUCE: Final = "truce"  # nobody: a timer
TERMINAL: Final = "terminal"
WENT_ON: Final = "wenton"
POSTED_ANEW: Final = "postedanew"
TO_SOMEBODY: Final = (ShareOut, EndCover, FallBack, Excuse, OfferInTurn)  # who it is, they do not say


def acted(command: Command) -> tuple[str | None, str]:
    """Who of us, if anybody, and the origin: a feed, Slack, the terminal, or Truce itself."""
    if isinstance(command, Arrive):
        return None, command.arrival.feed
    if isinstance(command, Hear | Convert):
        return command.by, command.feed
    if isinstance(command, Erase):
        return None, TERMINAL if command.asked else TRUCE
    by = None if isinstance(command, Rise) else getattr(command, "by", None)
    return by, SLACK if by else TRUCE


def went_to(command: Command, lead: Lead) -> Mapping[str, str]:
    """Who has it after what comes by itself, or who is asked for it alone."""
    whom = _whose(lead) if isinstance(command, TO_SOMEBODY) else None
    return {"colleague": whom} if whom else {}


def waits_on(command: Command, lead: Lead) -> bool:
    """Whether a timer found that its time is not over yet: an hour was given meanwhile. That is no act."""
    return isinstance(command, FallBack) and lead.state is State.OFFERED


def unanswered(before: Lead, lead: Lead) -> tuple[str, Mapping[str, str]] | None:
    """As nobody had answered: from whom it went on to whom, or that its card was posted anew; None: neither."""
    then, now = before.handoff, lead.handoff
    if then is None or now is None or now.offers == then.offers:
        return None
    if not then.alone:
        return POSTED_ANEW, {}
    people = {"whom": then.to, "colleague": _whose(lead)}
    return WENT_ON, {name: person for name, person in people.items() if person}


def _whose(lead: Lead) -> str | None:
    handoff = lead.handoff
    return lead.owner or (handoff.to if handoff is not None and handoff.alone else None)
