"""The forms by which a good lead goes to somebody else: hand back, hand on, give to."""

from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement, UserSelectElement

from bot import ids
from bot.absences import their_day
from bot.blocks import field, modal, option, section
from bot.cards import headline
from bot.leads.commands import Give, HandBack, HandOn
from bot.leads.lead import Handoff, Lead
from bot.leads.passing import HAND_BACK_REASONS
from bot.leads.sentences import is_offered
from bot.rejecting import Values
from bot.teams import Colleague
from bot.text import at_time, mention, plain

LONGEST_NOTE = 300  # characters


def passed_on(lead: Lead, colleague: str | None, now: datetime) -> str:
    """To who said no to it, and rejected nothing: who is asked about the lead now, or has it."""
    handoff = lead.handoff
    whom = "Anyone else may still take it"
    if lead.owner is not None:
        whom = f"It is with {mention(lead.owner)} again"  # it was handed on to them
    elif handoff is not None and handoff.alone:
        whom = f"It {is_offered(handoff, mention(handoff.to) if handoff.to else '', now)}"
    elif handoff is not None and handoff.helped_by and handoff.to is None:
        whom = "A manager is asked who could take it"
    elif colleague is not None:
        whom = f"{mention(colleague)} is asked now"
    return f"You will not be asked about {plain(lead.called)} again. {whom}."


def hand_back_form(lead: Lead) -> dict[str, Any]:
    """Why somebody else should have it: no rejection, and marketing is not told of one."""
    options = [option(label, code) for code, label in HAND_BACK_REASONS.items()]
    reason = StaticSelectElement(action_id=ids.BACK, placeholder="Choose one", options=options)
    hint = "A good lead goes to somebody else. This is no rejection."
    fields = [section(headline(lead)), field(ids.BACK, "Why?", reason, hint=hint)]
    return modal(ids.HAND_BACK_FORM, "Hand back", fields, submit="Hand back", about=lead.id)


def hand_on_form(lead: Lead) -> dict[str, Any]:
    """To whom, and what they should know."""
    note = PlainTextInputElement(action_id=ids.NOTE, multiline=True, max_length=LONGEST_NOTE)
    hint = "Only your colleague reads this. If they cannot take the lead, it is yours again."
    fields = [
        section(headline(lead)),
        field(ids.WHOM, "To whom?", UserSelectElement(action_id=ids.WHOM, placeholder="Choose a colleague")),
        field(ids.NOTE, "What should they know?", note, hint=hint),
    ]
    return modal(ids.HAND_ON_FORM, "Hand on", fields, submit="Hand on", about=lead.id)


def give_form(lead: Lead) -> dict[str, Any]:
    """Who is to have it."""
    whom = UserSelectElement(action_id=ids.WHOM, placeholder="Choose a colleague")
    hint = "They have it at once, and may hand it back."
    has_it = f"\n{mention(lead.owner)} has it now." if lead.owner else ""
    fields = [section(f"{headline(lead)}{has_it}"), field(ids.WHOM, "Give to", whom, hint=hint)]
    about = f"{lead.id}|{lead.owner or ''}"
    return modal(ids.GIVE_FORM, "Give to", fields, submit="Give", about=about)


def told_later(colleague: Colleague, handoff: Handoff, now: datetime) -> str | None:
    """To who gave them a lead: when they hear of it. None: now."""
    told, whom = colleague.presence, mention(colleague.id)
    if told.away(now):
        if told.away_until is None:
            return f"{whom} is away, and has not said until when."
        return (
            f"{whom} is away until {their_day(told.away_until, colleague.person, now)}: they hear of it then."
        )
    moment = colleague.may_be_told(now, hot=handoff.hot)
    return None if moment == now else f"{whom} hears of it {at_time(moment, now)}, in their own hours."


def read_hand_back(values: Values, by: str) -> HandBack:
    chosen = _element(values, ids.BACK).get("selected_option") or {}
    return HandBack(by=by, reason=str(chosen.get("value") or ""))


def read_hand_on(values: Values, by: str) -> HandOn:
    return HandOn(by=by, colleague=_whom(values), note=str(_element(values, ids.NOTE).get("value") or ""))


def read_give(values: Values, by: str, about: str) -> tuple[str, Give]:
    """The lead's id, and what is asked of it."""
    lead, told, had = about.partition("|")  # a form from before an upgrade does not tell
    return lead, Give(by=by, colleague=_whom(values), had=had if told else None)


def block_of(field_name: str) -> str:
    """The block that a refusal is shown under."""
    return ids.BACK if field_name == "reason" else field_name


def _whom(values: Values) -> str:
    return str(_element(values, ids.WHOM).get("selected_user") or "")


def _element(values: Values, block: str) -> Any:
    return next(iter(values.get(block, {}).values()), {})
