"""The table of a lead's life. To change what a lead may do, change TRANSITIONS.

`decide` is the only way in: it takes the lead as it is and a command, and answers with the lead as it will
be and what must follow. It reads no clock, no database and no Slack.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

from bot.errors import Refused
from bot.jobs import Sight, refresh
from bot.leads import (
    arriving,
    climbing,
    covering,
    deciding,
    disputing,
    elsewhere,
    erasing,
    following,
    marketing,
    passing,
    quiet,
    recycling,
    rotating,
    together,
)
from bot.leads.commands import (
    Accept,
    Arrive,
    Command,
    Contact,
    Convert,
    Dispute,
    EndCover,
    Erase,
    Excuse,
    FallBack,
    Follow,
    Give,
    Grant,
    HandBack,
    HandOn,
    HandOver,
    Hear,
    Join,
    Judge,
    Keep,
    Lapse,
    LetStand,
    Mend,
    NoAnswer,
    OfferInTurn,
    Plan,
    Recycle,
    Reject,
    Release,
    Renew,
    Return,
    Revive,
    Rise,
    ShareOut,
    Shown,
    Snooze,
    StopReminding,
    Take,
    Thank,
    Undo,
)
from bot.leads.decision import Decision, Facts, Rule, in_its_team
from bot.leads.lead import Lead, State
from bot.leads.measuring import measured
from bot.leads.sentences import who_has_it
from bot.leads.waiting import on_the_clock
from bot.people import Role

NEW, NURTURE, OFFERED, ACCEPTED, WORKING, REJECTED, DISPUTED, CONVERTED, CLOSED = State


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where a lead may end up, and the rule that says where and with what consequences."""

    to: frozenset[State]
    rule: Rule


def _to(*states: State, by: Rule) -> Transition:
    return Transition(to=frozenset(states), rule=by)


TRANSITIONS: Final[dict[tuple[State, type[Command]], Transition]] = {
    (NEW, Arrive): _to(NEW, NURTURE, OFFERED, ACCEPTED, WORKING, CONVERTED, CLOSED, by=arriving.arrive),
    (NEW, Hear): _to(NEW, NURTURE, OFFERED, by=arriving.hear),
    (NEW, Release): _to(OFFERED, by=marketing.release),
    (NEW, Keep): _to(NURTURE, by=marketing.keep),
    (NURTURE, Arrive): _to(NEW, NURTURE, OFFERED, ACCEPTED, WORKING, CONVERTED, CLOSED, by=arriving.arrive),
    (NURTURE, Hear): _to(NEW, NURTURE, OFFERED, by=arriving.hear),
    (NURTURE, HandOver): _to(OFFERED, by=marketing.hand_over),
    (NURTURE, Recycle): _to(NURTURE, OFFERED, by=recycling.recycle),
    (NURTURE, Mend): _to(OFFERED, by=recycling.mend),
    (NURTURE, Return): _to(NEW, NURTURE, OFFERED, by=arriving.come_back),
    (OFFERED, Arrive): _to(OFFERED, ACCEPTED, WORKING, REJECTED, CONVERTED, by=arriving.arrive),
    (OFFERED, Hear): _to(OFFERED, by=arriving.hear),
    (OFFERED, Shown): _to(OFFERED, by=deciding.shown),
    (OFFERED, Accept): _to(ACCEPTED, by=deciding.accept),
    (OFFERED, Reject): _to(OFFERED, ACCEPTED, WORKING, REJECTED, by=passing.say_no),
    (OFFERED, Give): _to(ACCEPTED, by=passing.give),
    (OFFERED, FallBack): _to(OFFERED, ACCEPTED, WORKING, by=passing.fall_back),
    (OFFERED, ShareOut): _to(ACCEPTED, by=covering.share_out),
    (OFFERED, Excuse): _to(OFFERED, ACCEPTED, WORKING, by=covering.excuse),
    (OFFERED, OfferInTurn): _to(OFFERED, by=rotating.offer_in_turn),
    (OFFERED, Join): _to(OFFERED, by=together.join),
    (ACCEPTED, Arrive): _to(ACCEPTED, WORKING, REJECTED, CONVERTED, by=arriving.arrive),
    (ACCEPTED, Hear): _to(ACCEPTED, WORKING, by=arriving.hear),
    (ACCEPTED, Shown): _to(ACCEPTED, by=deciding.shown),
    (ACCEPTED, Reject): _to(OFFERED, REJECTED, by=passing.say_no),
    (ACCEPTED, Undo): _to(OFFERED, REJECTED, by=deciding.undo),
    (ACCEPTED, Contact): _to(WORKING, by=deciding.contact),
    (ACCEPTED, NoAnswer): _to(ACCEPTED, by=deciding.no_answer),
    (ACCEPTED, HandBack): _to(OFFERED, by=passing.hand_back),
    (ACCEPTED, HandOn): _to(OFFERED, by=passing.hand_on),
    (ACCEPTED, Give): _to(ACCEPTED, by=passing.give),
    (ACCEPTED, ShareOut): _to(ACCEPTED, by=covering.share_out),
    (ACCEPTED, EndCover): _to(ACCEPTED, by=covering.end_cover),
    (WORKING, Arrive): _to(WORKING, REJECTED, CONVERTED, by=arriving.arrive),
    (WORKING, Hear): _to(WORKING, by=arriving.hear),
    (WORKING, Shown): _to(WORKING, by=deciding.shown),
    (WORKING, Reject): _to(OFFERED, REJECTED, by=passing.say_no),
    (WORKING, Undo): _to(by=deciding.undo),  # refused: somebody has acted on it
    (WORKING, Contact): _to(WORKING, by=deciding.contact),
    (WORKING, NoAnswer): _to(WORKING, by=deciding.no_answer),
    (WORKING, HandBack): _to(OFFERED, by=passing.hand_back),
    (WORKING, HandOn): _to(OFFERED, by=passing.hand_on),
    (WORKING, Give): _to(WORKING, by=passing.give),
    (WORKING, ShareOut): _to(WORKING, by=covering.share_out),
    (WORKING, EndCover): _to(WORKING, by=covering.end_cover),
    (REJECTED, Arrive): _to(REJECTED, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (REJECTED, Hear): _to(REJECTED, NURTURE, OFFERED, by=arriving.hear),
    (REJECTED, Shown): _to(REJECTED, by=deciding.shown),
    (REJECTED, Undo): _to(OFFERED, ACCEPTED, WORKING, by=deciding.undo),
    (REJECTED, Take): _to(ACCEPTED, by=deciding.take),
    (REJECTED, Dispute): _to(DISPUTED, by=disputing.dispute),
    (REJECTED, Recycle): _to(NURTURE, OFFERED, by=recycling.recycle),
    (REJECTED, Mend): _to(OFFERED, by=recycling.mend),
    (REJECTED, Lapse): _to(REJECTED, NURTURE, CLOSED, by=marketing.lapse),
    (REJECTED, Return): _to(NEW, REJECTED, OFFERED, by=arriving.come_back),
    (DISPUTED, Arrive): _to(DISPUTED, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (DISPUTED, Hear): _to(DISPUTED, NURTURE, OFFERED, by=arriving.hear),
    (DISPUTED, Judge): _to(REJECTED, OFFERED, by=disputing.judge),
    (DISPUTED, LetStand): _to(DISPUTED, REJECTED, by=disputing.let_stand),
    (CONVERTED, Arrive): _to(CONVERTED, by=arriving.arrive),
    (CONVERTED, Hear): _to(CONVERTED, by=arriving.hear),
    (CONVERTED, Contact): _to(CONVERTED, by=deciding.contact),
    (CONVERTED, NoAnswer): _to(CONVERTED, by=deciding.no_answer),
    (ACCEPTED, Return): _to(ACCEPTED, WORKING, by=arriving.meet),
    (WORKING, Return): _to(WORKING, by=arriving.meet),
    (CONVERTED, Return): _to(CONVERTED, by=arriving.meet),
    (CONVERTED, Revive): _to(NURTURE, OFFERED, by=recycling.revive),
    (CONVERTED, Renew): _to(OFFERED, by=recycling.renew),
    (CLOSED, Recycle): _to(NURTURE, OFFERED, by=recycling.recycle),
    (CLOSED, Arrive): _to(CLOSED, NURTURE, OFFERED, ACCEPTED, WORKING, by=arriving.arrive),
    (CLOSED, Hear): _to(CLOSED, NURTURE, OFFERED, by=arriving.hear),
}
for _state in State:
    # Thanks are for a rejection that stands; where a lead is with sales again, the rule says why not.
    _stands = () if _state in (OFFERED, ACCEPTED, WORKING, CONVERTED) else (_state,)
    TRANSITIONS[_state, Thank] = _to(*_stands, by=marketing.thank)
    TRANSITIONS[_state, Follow] = _to(_state, by=marketing.follow)
    # Whoever comes to it later is told what has happened since, in the rule's words.
    TRANSITIONS.setdefault((_state, Dispute), _to(by=disputing.dispute))
    TRANSITIONS.setdefault((_state, Judge), _to(by=disputing.judge))
    TRANSITIONS[_state, Erase] = _to(CLOSED, by=erasing.erase)
# What comes by itself, later, is never refused: where the lead has moved on, it does nothing.
for _state in (OFFERED, ACCEPTED, WORKING):
    TRANSITIONS[_state, Rise] = _to(_state, by=climbing.rise)
    TRANSITIONS[_state, Snooze] = _to(_state, by=quiet.snooze)
    TRANSITIONS[_state, StopReminding] = _to(_state, by=quiet.stop_reminding)
    TRANSITIONS[_state, Grant] = _to(_state, by=quiet.grant)
for _state in (NEW, NURTURE, OFFERED, ACCEPTED, WORKING):
    _waits = (
        (OFFERED,) if _state is OFFERED else ()
    )  # a deal of nobody here: who takes the lead is still open
    TRANSITIONS[_state, Convert] = _to(CONVERTED, *_waits, by=elsewhere.convert)
for _state in (REJECTED, DISPUTED, CONVERTED, CLOSED):
    TRANSITIONS[_state, Convert] = _to(_state, by=elsewhere.convert)
TRANSITIONS[ACCEPTED, Plan] = _to(ACCEPTED, WORKING, by=quiet.plan)
TRANSITIONS[WORKING, Plan] = _to(WORKING, by=quiet.plan)
TRANSITIONS[CONVERTED, Plan] = _to(CONVERTED, by=quiet.plan)  # a deal goes on, too
for _state, _timer in product(
    State, (Renew, Shown, Excuse, EndCover, FallBack, OfferInTurn, Join, LetStand, Lapse, Return, Rise)
):
    TRANSITIONS.setdefault((_state, _timer), _to(_state, by=deciding.stay))


def _no_way(lead: Lead, command: Command, facts: Facts) -> Decision:
    by = getattr(command, "by", None) or ""
    raise Refused(who_has_it(lead, by, facts.agreement, facts.now))


_NO_WAY: Final = _to(by=_no_way)
_REMOVED: Final = _to(CLOSED, by=erasing.stay_away)


def decide(lead: Lead, command: Command, facts: Facts) -> Decision:
    """Answer what `command` does to `lead`.

    Raises Refused, with nothing changed, where the table or its rule has no way; the card that was
    clicked is then drawn anew, as the person may have looked at an old one.
    """
    transition = TRANSITIONS.get((lead.state, type(command)), _NO_WAY)
    if lead.erased_at is not None and not isinstance(command, Erase):
        transition = _REMOVED
    if facts.by is not None and facts.agreement.settings.teams:
        facts = in_its_team(lead, facts)
    try:
        _need_part(command, facts)
        decision = transition.rule(lead, command, facts)
    except Refused as refused:
        if refused.field is None and lead.handoff is not None:
            card = lead.handoff
            refused.jobs = (refresh(Sight.CARD, card.card, facts.now, channel=card.channel),)
        raise
    if decision.lead.state not in transition.to:
        raise AssertionError(f"{lead.state} x {type(command).__name__} went to {decision.lead.state}")
    decision = following.told(lead, decision, facts)
    decision = measured(lead, decision, facts)
    return decision if isinstance(command, Rise) else on_the_clock(lead, decision, facts)


def _need_part(command: Command, facts: Facts) -> None:
    """Refuse guests whom nobody has named, and people of others, before they are told where the lead stands."""
    by = facts.by
    if by is None or isinstance(command, erasing.FROM_OUTSIDE) or not (by.guest or by.external):
        return
    if not (facts.agreement.is_head(by) or facts.agreement.has(by, *Role)):
        facts.roles_here.need(by, Role.REP)
