"""A person is removed: nothing that tells who it was stays with the lead, and what is counted does."""

from dataclasses import replace
from typing import Final

from bot.errors import Refused
from bot.jobs import Due, Sight, redraw
from bot.leads.commands import Arrive, Command, Convert, Erase, Hear
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Handoff, Lead, Rejection, State
from bot.leads.showing import standing, waiting
from bot.text import on_day

# Figures are told by these, and they say nothing of a person.
KEPT: Final = frozenset({"source", "campaign", "company.industry", "company.country"})
FROM_OUTSIDE: Final = (Arrive, Hear, Convert)


def erase(lead: Lead, _command: Erase, facts: Facts) -> Decision:
    """Closed, whatever it was: an open handoff is among those left out of the figures."""
    if lead.erased_at is not None:
        return Decision(lead=lead)
    after = replace(
        lead,
        state=State.CLOSED,
        erased_at=facts.now,
        external_id=None,
        fields={path: value for path, value in lead.fields.items() if path in KEPT},
        fields_at={path: at for path, at in lead.fields_at.items() if path in KEPT},
        owner=None,
        next_step_at=None,
        kept_because=(),
        returns_at=None,
        hold=None,
        shelf=None,
        recycled_by=None,
        recycled_to=None,
        followed_by=(),
        handoff=None if lead.handoff is None else _emptied(lead.handoff),
    )
    return Decision(lead=after, jobs=_drawn(lead, facts))


def _emptied(handoff: Handoff) -> Handoff:
    """What people wrote about the person, and why the lead counted as ready, go; codes, times and people of ours stay."""
    rejection = None if handoff.rejection is None else _without_words(handoff.rejection)
    back = None if handoff.back is None else replace(handoff.back, why="")
    return replace(
        handoff,
        why=(),
        note=None,
        named_note=None,
        before=None,
        wait=None,
        back=back,
        rejection=rejection,
    )


def _without_words(rejection: Rejection) -> Rejection:
    asked = rejection.dispute
    dispute = None if asked is None else replace(asked, words=None)
    return replace(rejection, words=None, answer=None, dispute=dispute)


def _drawn(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """The messages that count the lead; those that tell of it alone are emptied where they are kept."""
    handoff = lead.handoff
    counted = () if handoff is None else standing(facts.agreement, handoff.week, handoff.line, facts.now)
    if lead.shelf is None:
        return (*counted, *waiting(lead, facts))
    channel = facts.agreement.channels.feedback
    return (*counted, *waiting(lead, facts), redraw(Sight.NURTURE, lead.shelf, facts.now, channel=channel))


def stay_away(lead: Lead, command: Command, _facts: Facts) -> Decision:
    """Whatever comes to a lead that was removed: timers and feeds do nothing, people are told."""
    if isinstance(command, FROM_OUTSIDE) or getattr(command, "by", None) is None or lead.erased_at is None:
        return Decision(lead=lead)
    raise Refused(f"This person was removed from here on {on_day(lead.erased_at)}. Nothing for you to do.")
