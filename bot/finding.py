"""What somebody finds who looks for a lead: a list with a line each, and one lead in a window."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from bot import doing, ids
from bot.blocks import Message, actions, button, context, modal, section
from bot.cards import Sighted, headline, last_touches, where_it_stands
from bot.gate import spoken
from bot.leads.lead import State
from bot.notes import form_text, reach
from bot.people import Person
from bot.text import count, plain

MOST_FOUND: Final = 10
WORDS_MISSING: Final = "What are you looking for? `/truce find globex pat` looks for names, companies, e-mails and phone numbers."
LEAD_MISSING: Final = "Which lead? `/truce {word} pat@globex.test`: its e-mail, its phone number, its id in a feed, or its name."


def found_note(asked: str, found: Sequence[Sighted]) -> Message:
    """What was found, a line and a button each; one more than is shown says that there are others."""
    shown = found[:MOST_FOUND]
    title = f"{count(len(shown), 'lead')} found for “{plain(asked, 60)}”"
    if not found:
        words = f"I found no lead for “{plain(asked, 60)}” among those that you work with. A word may be short: its beginning is enough."
        return Message(text=words, blocks=[section(words)])
    lines = [f"{headline(seen.lead)}: {stands(seen)}" for seen in shown]
    more = "There are more: one more word finds them." if len(found) > len(shown) else ""
    title = f"The first {title}" if more else title
    return Message(
        text="\n".join([f"{title}.", *(f"• {line}" for line in lines), more]).strip(),
        blocks=[
            section(f"*{title}*"),
            *(
                section(line, button("Open", ids.OPEN, seen.lead.id, about=seen.lead.called))
                for line, seen in zip(lines, shown, strict=True)
            ),
            *([context(more)] if more else []),
        ],
    )


def found_window(asked: str, found: Sequence[Sighted]) -> dict[str, Any]:
    """The same list in a window."""
    return modal("found", "Found", found_note(asked, found).blocks)


class Opened(NamedTuple):
    """A lead, for one person: whether they may know how to reach it, and whether a second look may be asked for."""

    seen: Sighted
    person: Person
    may_reach: bool = False
    judged: bool = False


def lead_window(opened: Opened) -> dict[str, Any]:
    """One lead: what channels may know of it, where it stands, and what this person may do; how to reach it is asked for apart."""
    seen, lead = opened.seen, opened.seen.lead
    told = (
        ("Company", plain(lead.company, 80)),
        ("Title", plain(lead.shown("contact.title"), 80)),
        ("Industry", plain(lead.shown("company.industry"), 60)),
        ("Country", plain(lead.shown("company.country"), 40)),
        ("Source", plain(spoken(lead.source), 60)),
        ("Campaign", plain(lead.campaign, 80)),
        ("Last", last_touches(seen.touches)),
    )
    facts = [f"{name}: {value}" for name, value in told if value]
    why = [] if lead.handoff is None else [f"• {plain(each, 100)}" for each in lead.handoff.why]
    theirs = (
        doing.for_sales(seen, opened.person),
        doing.for_marketing(seen, opened.person, judged=opened.judged),
    )
    return modal(
        ids.LEAD_WINDOW,
        "Lead",
        [
            section(f"*{headline(lead)}*\n{stands(seen)}"),
            *([section("\n".join(facts))] if facts else []),
            *([section("\n".join(why))] if why else []),
            *(actions(*buttons) for buttons in theirs if buttons),
            actions(
                *([button("Contact", ids.REACH, lead.id, about=lead.called)] if opened.may_reach else []),
                button("Timeline", ids.HISTORY, lead.id, about=lead.called),
            ),
        ],
        about=lead.id,
    )


def with_words(window: dict[str, Any], words: str) -> dict[str, Any]:
    """The window of a lead, with what is said of what was done there."""
    return {**window, "blocks": [section(words).to_dict(), *window["blocks"]]} if words else window


def reach_window(seen: Sighted) -> dict[str, Any]:
    """How to reach the lead, and what its form said: to one person, whose look is in the log."""
    lead = seen.lead
    return modal(
        "reach",
        "Contact",
        [
            section(f"*{headline(lead)}*\n{stands(seen)}"),
            section("\n".join(reach(lead)) or "No phone or e-mail is known."),
            *form_text(lead),
            context("That you looked stands in the lead's timeline."),
        ],
    )


def stands(seen: Sighted) -> str:
    """Where the lead stands, one line, whether it was ever offered or not."""
    lead = seen.lead
    if lead.handoff is not None:
        return where_it_stands(seen, lead.handoff)
    match lead.state:
        case State.NEW:
            return "Waits to be offered, together with others."
        case State.CLOSED:
            return "This one is closed."
        case _:
            why = f": {plain(', '.join(lead.kept_because), 150)}" if lead.kept_because else ""
            return f"With marketing, not ready for sales yet{why}."
