"""What Truce says to one person by direct message: to the owner of a lead, or to who might take it."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote as quoted

from slack_sdk.models.blocks import Block

from bot import ids
from bot.arrivals import Touch
from bot.blocks import Message, actions, button, context, more, section
from bot.cards import Sighted, headline, history, last_touches, may_undo, where_it_stands, where_it_went
from bot.deal_telling import deal_line, open_ones
from bot.deals import Deal
from bot.gate import spoken
from bot.leads.lead import Handoff, Lead, State, Whose
from bot.text import ago, count, on_day, one_line, plain

MOST_FACTS = 8
MORE_TOUCHES = 5
MOST_DEALS = 3
LONGEST_LINK = 1000  # characters: what is longer would be torn apart by the limit of a block
LONGEST_EMAIL = 320
LONGEST_PHONE = 20  # digits; numbers have fifteen at most


def owner_note(seen: Sighted, handoff: Handoff, person: str) -> Message:
    """To the owner: how to reach the lead, and what is asked now."""
    lead = seen.lead
    current = lead.handoff is not None and lead.handoff.id == handoff.id
    if not current or lead.owner != person:
        words = f"{headline(lead)}: {where_it_stands(seen, handoff) if current else 'came back later.'}"
        return Message(text=words, blocks=[section(words)])
    asked = _asked(lead, seen.deals)
    lines = reach(lead)
    text = f"{headline(lead)} is yours. {'. '.join(_aloud(lead))}. {asked}"
    return Message(
        text=text,
        blocks=[
            section(f"*{headline(lead)}* is yours.\n{asked}"),
            section("\n".join(lines) or "No phone or e-mail is known."),
            *form_text(lead),
            *([context(f"Last: {last_touches(seen.touches, MORE_TOUCHES)}")] if seen.touches else []),
            actions(*_owner_buttons(seen), block_id=f"owner.{handoff.id}"),
        ],
    )


def ask_note(seen: Sighted, handoff: Handoff, person: str) -> Message:
    """To one rep, who is asked whether they could take it."""
    lead = seen.lead
    current = lead.handoff is not None and lead.handoff.id == handoff.id
    if not current or lead.state is not State.OFFERED or handoff.to != person:
        words = f"{headline(lead)}: {where_it_went(seen, handoff, person) if current else 'came back later.'}"
        return Message(text=words, blocks=[section(words)])
    why = ". ".join([*history(seen, handoff), *(plain(reason) for reason in handoff.why)])
    named = _why_you(seen, handoff)
    note = _note(seen, handoff)
    aloud = [f"{headline(lead)}: {named}", *([note] if note else []), *([why] if why else [])]
    text = f"{'. '.join(aloud)}. Could you take it?"
    return Message(
        text=text,
        blocks=[
            section(f"*{headline(lead)}*\n{named}. Could you take it?"),
            *([context(note)] if note else []),
            context(why or "No reasons were given."),
            actions(
                button("Accept", ids.ACCEPT, lead.id, style="primary", about=lead.called),
                button("Reject", ids.REJECT, lead.id, about=lead.called),
                more(ids.MORE, [("Not for me", ids.NOT_FOR_ME), ("Timeline", ids.TIMELINE)], lead.id),
                block_id=f"ask.{handoff.id}",
            ),
        ],
    )


def _note(seen: Sighted, handoff: Handoff) -> str:
    """What who thought of them wrote; after a second look, what marketing did."""
    if handoff.named_note:
        return f"{seen.name(handoff.named_by or '')}: {plain(handoff.named_note)}"
    asked = None if handoff.rejection is None else handoff.rejection.dispute
    if handoff.whose is not Whose.DISPUTED or asked is None or not asked.words:
        return ""
    return f"{seen.name(asked.by)}: {plain(asked.words, 1000)}"


_YOU: Final = {
    Whose.TURN: "It is your turn",
    Whose.STARTS: "You start work first",
    Whose.MATCH: "You own the other lead at this company",
    Whose.COMPANY: "You are asked about another lead at this company, too",
    Whose.DEAL: "You have the deal with this company",
    Whose.RECYCLED: "You had it before",
    Whose.FIXED: "What you found wrong is corrected",
}


def _why_you(seen: Sighted, handoff: Handoff) -> str:
    by = seen.name(handoff.named_by or "")
    match handoff.whose:
        case Whose.HANDED:
            return f"{by} hands this on to you"
        case Whose.DISPUTED:
            return f"{by} asks you to look again"
        case Whose.NAMED | Whose.BACK | None:
            return f"{by} thought of you" if handoff.named_by else "It is back, as you asked"
        case _:
            return _YOU[handoff.whose]


def asked_note(seen: Sighted, touch: Touch, about: str) -> Message:
    """To the owner: their lead has asked to hear from us. Once they were in touch it only says so."""
    lead, what = seen.lead, f"{plain(spoken(touch.kind))}, {ago(touch.at)}"
    wait = None if lead.handoff is None else lead.handoff.wait
    if wait is None or about not in wait.asks:
        stands = "" if lead.handoff is None else f" {where_it_stands(seen, lead.handoff)}"
        words = f"{headline(lead)} asked to hear from us: {what}.{stands}"
        return Message(text=words, blocks=[section(words)])
    words = f"{headline(lead)} asks to hear from us: {what}."
    return Message(
        text=words,
        blocks=[
            section(words),
            actions(
                button("Contacted", ids.ANSWERED, lead.id, style="primary", about=lead.called),
                button("No answer", ids.TRIED, lead.id, about=lead.called),
                block_id=f"asked.{lead.id}",
            ),
        ],
    )


def activity_line(seen: Sighted, touch: Touch) -> Message:
    """Under the card: what the lead did meanwhile."""
    campaign = f" ({plain(touch.campaign, 80)})" if touch.campaign else ""
    words = f"{headline(seen.lead)}: {plain(spoken(touch.kind))}{campaign}, {ago(touch.at)}."
    return Message(text=words, blocks=[section(words)])


def link(url: str, label: str) -> str:
    """A link of our making; anything that is no web address, or a very long one, is shown as words."""
    safe = quoted(one_line(url), safe=":/?#[]@!$&'()*+,;=%~-._")
    if not url.startswith(("https://", "http://")) or len(safe) > LONGEST_LINK:
        return plain(label)
    return f"<{safe.replace('&', '&amp;')}|{plain(label)}>"


def _asked(lead: Lead, deals: Sequence[Deal] = ()) -> str:
    if lead.state is State.CONVERTED:
        told = "".join(f" {deal_line(deal)}." for deal in deals[:MOST_DEALS])
        more_of_them = len(deals) - MOST_DEALS
        return f"There is a deal.{told}{f' And {more_of_them} more.' if more_of_them > 0 else ''}"
    if lead.state is State.WORKING:
        planned = (
            f" Next step on {on_day(lead.next_step_at)}." if lead.next_step_at else " What is the next step?"
        )
        return f"You have been in touch.{planned}"
    tried = f" {count(lead.attempts, 'attempt')} so far." if lead.attempts else ""
    return f"Please get in touch.{tried}"


def reach(lead: Lead) -> Sequence[str]:
    """Phone, e-mail and link, to tap; nothing of it is for channels."""
    phone, email, url = (lead.text(path) for path in ("contact.phone", "contact.email", "url"))
    lines = []
    if phone:
        dialled = "".join(re.findall(r"[0-9+]", phone))
        lines.append(f"Phone: {_tapped('tel:', dialled, phone, LONGEST_PHONE)}")
    if email:
        lines.append(f"E-mail: {_tapped('mailto:', quoted(email, safe='@+-._'), email, LONGEST_EMAIL)}")
    if url:
        lines.append(f"Link: {link(url, url)}")
    return lines


def _tapped(scheme: str, target: str, label: str, longest: int) -> str:
    return f"<{scheme}{target}|{plain(label)}>" if 0 < len(target) <= longest else plain(label)


def _aloud(lead: Lead) -> list[str]:
    told = (("Phone", "contact.phone"), ("E-mail", "contact.email"))
    return [f"{word} {plain(lead.text(path))}" for word, path in told if lead.text(path)] or [
        "No phone or e-mail"
    ]


def form_text(lead: Lead) -> list[Block]:
    """What the person wrote in the form."""
    told = [(path, lead.text(path)) for path in lead.fields if path.startswith("facts.")]
    lines = [
        f"{plain(spoken(path.removeprefix('facts.')), 40)}: {plain(value, 300)}"
        for path, value in told
        if value
    ]
    return [section("\n".join(lines[:MOST_FACTS]))] if lines else []


def _owner_buttons(seen: Sighted) -> list[object]:
    """The two that come next, all else under "..."."""
    lead = seen.lead
    choices = [("Reject", ids.REJECT_OWN), ("Timeline", ids.TIMELINE)]
    if may_undo(seen):
        choices.append(("Undo", ids.UNDO))
    handing = [("Hand back", ids.BACK), ("Hand on...", ids.ON)]
    if lead.state is State.CONVERTED:
        return _deal_buttons(seen)
    if lead.contacted_at is not None:
        return [
            button("Next step...", ids.NEXT_STEP, lead.id, style="primary", about=lead.called),
            button("Deal opened...", ids.DEAL_OPENED, lead.id, about=lead.called),
            more(ids.MORE, [("Contacted", ids.MET), *handing, *choices], lead.id),
        ]
    return [
        button("Contacted", ids.CONTACTED, lead.id, style="primary", about=lead.called),
        button("No answer", ids.NO_ANSWER, lead.id, about=lead.called),
        more(ids.MORE, [*handing, *choices], lead.id),
    ]


def _deal_buttons(seen: Sighted) -> list[object]:
    """Won and lost, while a deal is open; then the next one may be told."""
    lead, another = seen.lead, ("Another deal...", ids.OPENED)
    timeline = ("Timeline", ids.TIMELINE)
    if not open_ones(seen.deals):
        opened = button("Deal opened...", ids.DEAL_OPENED, lead.id, about=lead.called)
        return [opened, more(ids.MORE, [timeline], lead.id)]
    return [
        button("Won...", ids.DEAL_WON, lead.id, style="primary", about=lead.called),
        button("Lost...", ids.DEAL_LOST, lead.id, about=lead.called),
        more(ids.MORE, [another, timeline], lead.id),
    ]
