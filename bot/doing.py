"""What one person may do with a lead, as buttons: those of its card and of its messages that are for them."""

from bot import ids
from bot.blocks import button, more
from bot.cards import Sighted, may_be_taken, may_undo
from bot.feedback import answers
from bot.leads.lead import State
from bot.leads.together import may_answer
from bot.notes import owner_buttons
from bot.people import Person, Role

GIVEN_IN = (State.OFFERED, State.ACCEPTED, State.WORKING)


def for_sales(seen: Sighted, person: Person) -> list[object]:
    """To its owner what comes next, to reps whether they take it, to managers to whom to give it."""
    lead, handoff, agreement = seen.lead, seen.lead.handoff, seen.agreement
    if handoff is None or lead.erased_at is not None:
        return []
    if lead.owner == person.slack_id and agreement.has(person, Role.REP, Role.MANAGER):
        return owner_buttons(seen) if lead.state in (*GIVEN_IN, State.CONVERTED) else []
    roles = agreement.roles_of(agreement.team(handoff.team))
    buttons, choices = [], []
    if roles.has(person, Role.REP) and may_answer(lead, person.slack_id):
        buttons = [
            button("Accept", ids.ACCEPT, lead.id, style="primary", about=lead.called),
            button("Reject", ids.REJECT, lead.id, about=lead.called),
        ]
        choices.append(("Not for me", ids.NOT_FOR_ME))
    if roles.has(person, Role.REP) and may_be_taken(seen):
        buttons.append(button("I will take it", ids.TAKE, lead.id, about=lead.called))
    if roles.has(person, Role.MANAGER) and lead.state in GIVEN_IN:
        buttons.append(button("Give to...", ids.GIVE, lead.id, about=lead.called))
    if handoff.decided_by == person.slack_id and may_undo(seen):
        choices.append(("Undo", ids.UNDO))
    return [*buttons, more(ids.MORE, choices, lead.id)] if choices else buttons


def for_marketing(seen: Sighted, person: Person, *, judged: bool) -> list[object]:
    """What marketing answers to its rejection; `judged`: somebody is there who could take a second look."""
    handoff = seen.lead.handoff
    rejection = None if handoff is None else handoff.rejection
    if rejection is None or seen.lead.erased_at is not None or rejection.taken_back_at is not None:
        return []
    return answers(seen, rejection, judges=judged) if seen.agreement.has(person, Role.MARKETER) else []
