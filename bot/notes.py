"""What Truce says to one person by direct message: to the owner of a lead."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote as quoted

from slack_sdk.models.blocks import Block

from bot import ids
from bot.arrivals import Touch
from bot.blocks import Message, actions, button, context, more, section
from bot.cards import Sighted, headline, last_touches, may_undo, where_it_stands
from bot.deal_telling import deal_line, open_ones
from bot.deals import Deal
from bot.gate import spoken
from bot.leads.lead import Handoff, Lead, State
from bot.text import ago, count, on_day, one_line, plain

MOST_FACTS = 8
MORE_TOUCHES = 5
MOST_DEALS = 3
THEIR_WORDS: Final = frozenset({"message", "comment", "comments"})  # as forms call the field for free text
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
            actions(*owner_buttons(seen), block_id=f"owner.{handoff.id}"),
        ],
    )


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
    planned = f" Next step on {on_day(lead.next_step_at)}." if lead.next_step_at else ""
    if lead.state is State.WORKING:
        return f"You have been in touch.{planned or ' What is the next step?'}"
    tried = f" {count(lead.attempts, 'attempt')} so far." if lead.attempts else ""
    return f"Please get in touch.{tried}{planned}"


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
        f"{_asked_as(path.removeprefix('facts.'))}: {plain(value, 300)}" for path, value in told if value
    ]
    return [section("\n".join(lines[:MOST_FACTS]))] if lines else []


def _asked_as(fact: str) -> str:
    return "They wrote" if fact.casefold() in THEIR_WORDS else plain(spoken(fact), 40)


def owner_buttons(seen: Sighted) -> list[object]:
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
