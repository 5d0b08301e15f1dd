"""Marketing sends a lead again that was rejected, or whose deal was lost: on a day or at once, or corrected."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import Refused
from bot.jobs import Due, ReturnLead, Sight, redraw
from bot.leads.commands import Mend, Recycle, Renew, Revive
from bot.leads.decision import Decision, Facts
from bot.leads.disputing import last_rejection
from bot.leads.lead import RENEWAL, Back, Lead, Rejection, State, Whose
from bot.leads.merging import refuse_too_long_ago
from bot.leads.offering import after_loss, back_again, offer
from bot.leads.showing import cards, rejections, waiting
from bot.people import Role
from bot.text import day, plain

MENDED: Final = frozenset({"bad_data", "wrong_person"})  # reasons that a correction answers
FIELDS: Final[Mapping[str, str]] = {
    "contact.name": "Name",
    "contact.title": "Title",
    "contact.email": "E-mail",
    "contact.phone": "Phone",
    "company.name": "Company",
    "company.country": "Country",
}


def recycle(lead: Lead, command: Recycle, facts: Facts) -> Decision:
    """A new handoff with its history; until the day that marketing chose, the lead is with marketing."""
    facts.actor(Role.MARKETER, Role.MANAGER)
    rejection = last_rejection(lead, command.by, command.rejection, facts)
    refuse_too_long_ago(rejection, facts)
    to = rejection.by or None if command.same_rep else None
    if command.until is None:
        back = back_again(lead, facts.touches, by=command.by)
        return offer(lead, facts.touches, facts, to=to, whose=Whose.RECYCLED, back=back)
    return _kept_until(lead, command.until, command.by, to, facts)


def revive(lead: Lead, command: Revive, facts: Facts) -> Decision:
    """The same for a lead whose deal was lost; of its deals none may be open or won."""
    facts.actor(Role.MARKETER, Role.MANAGER)
    if facts.lost is None:
        raise Refused(
            f"{plain(lead.called)} has a deal that is open or won, so there is nothing to send again."
        )
    to = lead.owner if command.same_rep else None
    if command.until is None:
        back = after_loss(lead, facts.lost, by=command.by)
        decision = offer(lead, facts.touches, facts, to=to, whose=Whose.RECYCLED, back=back)
    else:
        decision = _kept_until(lead, command.until, command.by, to, facts)
    place = facts.agreement.channels.retros
    summary = redraw(Sight.RETRO_SUMMARY, command.deal, facts.now, channel=place)
    return replace(decision, jobs=(*decision.jobs, summary))


def renew(lead: Lead, command: Renew, facts: Facts) -> Decision:
    """A customer's lead is offered anew, as one of source renewal: first of all to who has it."""
    known = replace(
        lead,
        fields={**lead.fields, "source": RENEWAL},
        fields_at={**lead.fields_at, "source": facts.now},
    )
    back = Back(at=command.ends, by=lead.owner or "", reason=RENEWAL)
    return offer(known, facts.touches, facts, to=lead.owner, whose=Whose.DEAL, back=back)


def _kept_until(lead: Lead, until: datetime, by: str, to: str | None, facts: Facts) -> Decision:
    if until <= facts.now:
        raise Refused(
            "Please choose a day that is still to come. Without a day it is offered now.", field="day"
        )
    after = replace(
        lead,
        state=State.NURTURE,
        owner=None,
        sent_back=True,
        kept_because=(f"back on {day(until)}",),
        returns_at=until,
        recycled_by=by,
        recycled_to=to,
        shelf=None,
    )
    key = f"return_lead:{lead.id}@{until:%Y-%m-%d}"
    due = Due(job=ReturnLead(lead=lead.id), at=until, key=key)
    jobs = (*cards(lead, facts), *rejections(lead, facts), *waiting(lead, facts), due)
    return Decision(lead=after, jobs=jobs)


def mend(lead: Lead, command: Mend, facts: Facts) -> Decision:
    """Back to the same rep with what marketing corrected; what a feed told before is older than that."""
    facts.actor(Role.MARKETER, Role.MANAGER)
    rejection = last_rejection(lead, command.by, command.rejection, facts)
    if rejection.reason not in MENDED:
        raise Refused("This reason asks for no correction. It can be sent again as it is.")
    changed = {path: value for path, value in command.told if value and value != lead.text(path)}
    if not changed:
        raise Refused("All is as it was: please correct what the rep named.", field=_first(rejection))
    known = replace(
        lead,
        fields={**lead.fields, **changed},
        fields_at={**lead.fields_at, **dict.fromkeys(changed, facts.now)},
    )
    fixed = tuple(path for path in FIELDS if path in changed)
    back = back_again(lead, facts.touches, by=command.by, fixed=fixed)
    return offer(known, facts.touches, facts, to=rejection.by or None, whose=Whose.FIXED, back=back)


def _first(rejection: Rejection) -> str:
    """The field that the rep named."""
    named = (path for path, label in FIELDS.items() if label == rejection.answer)
    return next(named, "contact.name")
