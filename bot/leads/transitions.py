"""The table of a lead's life. To change what a lead may do, change TRANSITIONS.

`decide` is the only way in: it takes the lead as it is and a command, and answers with the lead as it will
be and what must follow. It reads no clock, no database and no Slack.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.errors import Refused
from bot.jobs import Sight, refresh
from bot.leads import arriving, deciding
from bot.leads.commands import (
    Accept,
    Arrive,
    Command,
    Contact,
    HandOver,
    Hear,
    Keep,
    Lapse,
    NoAnswer,
    Reject,
    Release,
    Return,
    Shown,
    Take,
    Thank,
    Undo,
)
from bot.leads.decision import Decision, Facts, Rule
from bot.leads.lead import Lead, State
from bot.leads.sentences import who_has_it

NEW, NURTURE, OFFERED, ACCEPTED, WORKING, REJECTED, DISPUTED, CONVERTED, CLOSED = State


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where a lead may end up, and the rule that says where and with what consequences."""

    to: frozenset[State]
    rule: Rule


def _to(*states: State, by: Rule) -> Transition:
    return Transition(to=frozenset(states), rule=by)


TRANSITIONS: Final[Mapping[tuple[State, type[Command]], Transition]] = {
    (NEW, Arrive): _to(NEW, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (NEW, Hear): _to(NEW, NURTURE, OFFERED, by=arriving.hear),
    (NEW, Release): _to(NEW, OFFERED, by=deciding.release),
    (NEW, Keep): _to(NEW, NURTURE, by=deciding.keep),
    (NEW, Return): _to(NEW, by=deciding.stay),
    (NURTURE, Arrive): _to(NEW, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (NURTURE, Hear): _to(NEW, NURTURE, OFFERED, by=arriving.hear),
    (NURTURE, HandOver): _to(OFFERED, by=deciding.hand_over),
    (NURTURE, Thank): _to(NURTURE, by=deciding.thank),
    (NURTURE, Lapse): _to(NURTURE, by=deciding.stay),
    (NURTURE, Return): _to(NURTURE, OFFERED, by=arriving.come_back),
    (OFFERED, Arrive): _to(OFFERED, ACCEPTED, WORKING, REJECTED, by=arriving.arrive),
    (OFFERED, Hear): _to(OFFERED, by=arriving.hear),
    (OFFERED, Shown): _to(OFFERED, by=deciding.shown),
    (OFFERED, Accept): _to(ACCEPTED, by=deciding.accept),
    (OFFERED, Reject): _to(OFFERED, REJECTED, by=deciding.reject),
    (OFFERED, Thank): _to(OFFERED, by=deciding.thank),
    (OFFERED, Lapse): _to(OFFERED, by=deciding.stay),
    (OFFERED, Return): _to(OFFERED, by=deciding.stay),
    (ACCEPTED, Arrive): _to(ACCEPTED, WORKING, REJECTED, by=arriving.arrive),
    (ACCEPTED, Hear): _to(ACCEPTED, WORKING, by=arriving.hear),
    (ACCEPTED, Shown): _to(ACCEPTED, by=deciding.shown),
    (ACCEPTED, Reject): _to(OFFERED, REJECTED, by=deciding.reject),
    (ACCEPTED, Undo): _to(OFFERED, ACCEPTED, WORKING, by=deciding.undo),
    (ACCEPTED, Contact): _to(WORKING, by=deciding.contact),
    (ACCEPTED, NoAnswer): _to(ACCEPTED, by=deciding.no_answer),
    (ACCEPTED, Thank): _to(ACCEPTED, by=deciding.thank),
    (ACCEPTED, Lapse): _to(ACCEPTED, by=deciding.stay),
    (ACCEPTED, Return): _to(ACCEPTED, by=deciding.stay),
    (WORKING, Arrive): _to(ACCEPTED, WORKING, REJECTED, by=arriving.arrive),
    (WORKING, Hear): _to(WORKING, by=arriving.hear),
    (WORKING, Shown): _to(WORKING, by=deciding.shown),
    (WORKING, Reject): _to(OFFERED, REJECTED, by=deciding.reject),
    (WORKING, Contact): _to(WORKING, by=deciding.contact),
    (WORKING, NoAnswer): _to(WORKING, by=deciding.no_answer),
    (WORKING, Thank): _to(WORKING, by=deciding.thank),
    (WORKING, Lapse): _to(WORKING, by=deciding.stay),
    (WORKING, Return): _to(WORKING, by=deciding.stay),
    (REJECTED, Arrive): _to(REJECTED, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (REJECTED, Hear): _to(REJECTED, NURTURE, OFFERED, by=arriving.hear),
    (REJECTED, Shown): _to(REJECTED, by=deciding.shown),
    (REJECTED, Undo): _to(OFFERED, ACCEPTED, WORKING, by=deciding.undo),
    (REJECTED, Take): _to(ACCEPTED, by=deciding.take),
    (REJECTED, Thank): _to(REJECTED, by=deciding.thank),
    (REJECTED, Lapse): _to(REJECTED, NURTURE, CLOSED, by=deciding.lapse),
    (REJECTED, Return): _to(REJECTED, OFFERED, by=arriving.come_back),
    (DISPUTED, Arrive): _to(DISPUTED, by=arriving.arrive),
    (DISPUTED, Hear): _to(DISPUTED, by=arriving.hear),
    (DISPUTED, Lapse): _to(DISPUTED, by=deciding.stay),
    (DISPUTED, Return): _to(DISPUTED, by=deciding.stay),
    (CONVERTED, Arrive): _to(CONVERTED, by=arriving.arrive),
    (CONVERTED, Hear): _to(CONVERTED, by=arriving.hear),
    (CONVERTED, Lapse): _to(CONVERTED, by=deciding.stay),
    (CONVERTED, Return): _to(CONVERTED, by=deciding.stay),
    (CLOSED, Arrive): _to(CLOSED, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (CLOSED, Hear): _to(CLOSED, NURTURE, OFFERED, by=arriving.hear),
    (CLOSED, Thank): _to(CLOSED, by=deciding.thank),
    (CLOSED, Lapse): _to(CLOSED, by=deciding.stay),
    (CLOSED, Return): _to(CLOSED, by=deciding.stay),
}


def _no_way(lead: Lead, command: Command, _facts: Facts) -> Decision:
    raise Refused(who_has_it(lead, getattr(command, "by", None) or ""))


_NO_WAY: Final = _to(by=_no_way)


def decide(lead: Lead, command: Command, facts: Facts) -> Decision:
    """Answer what `command` does to `lead`.

    Raises Refused, with nothing changed, where the table or its rule has no way; the card that was
    clicked is then drawn anew, as the person may have looked at an old one.
    """
    transition = TRANSITIONS.get((lead.state, type(command)), _NO_WAY)
    try:
        decision = transition.rule(lead, command, facts)
    except Refused as refused:
        if refused.field is None and lead.handoff is not None:
            card = lead.handoff
            refused.jobs = (refresh(Sight.CARD, card.id, facts.now, channel=card.channel),)
        raise
    if decision.lead.state not in transition.to:
        raise AssertionError(f"{lead.state} x {type(command).__name__} went to {decision.lead.state}")
    return decision
