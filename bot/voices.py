"""The voice of the customer: an objection, a wish, a competitor, in their own words; kept, and found again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import ExternalDataSelectElement, PlainTextInputElement, RadioButtonsElement

from bot import ids
from bot.blocks import Message, context, divider, field, modal, option, section
from bot.deals import Deal
from bot.errors import Refused
from bot.leads.lead import Lead
from bot.rejecting import Values
from bot.text import count, day, plain, quote

KINDS: Final[Mapping[str, str]] = {
    "objection": "An objection",
    "wish": "A wish",
    "competitor": "A competitor",
}
LONGEST: Final = 1000  # characters of the customer's words
LONGEST_THEME: Final = 60
MOST_SHOWN: Final = 5
MOST_THEMES: Final = 20
MOST_TOLD: Final = 5  # themes in a Home or a weekly message
LEAD, DEAL = "lead:", "deal:"  # before an id, in an option


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What a customer said, and who of us heard it; `called` is the lead, or the deal, in a few words."""

    at: datetime
    by: str
    kind: str
    theme: str
    words: str
    lead: str | None = None
    deal: str | None = None
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What customers spoke of in some time, how often, and the newest of it in their words."""

    theme: str
    number: int
    words: str


def themes_in_a_line(themes: Sequence[Theme]) -> str:
    """Setup time 3, price 2."""
    return ", ".join(f"{plain(each.theme, LONGEST_THEME)} {each.number:,}" for each in themes)


def speakers(leads: Sequence[Lead], deals: Sequence[Deal]) -> list[dict[str, Any]]:
    """The leads and deals that somebody may mean, as options."""
    told = [option(lead.called, f"{LEAD}{lead.id}") for lead in leads]
    told += [option(f"Deal: {deal.name or 'without a name'}", f"{DEAL}{deal.id}") for deal in deals]
    return [dict(each.to_dict()) for each in told]


def heard_form(said: str = "") -> dict[str, Any]:
    """The form; `said` are the words of the message that it was asked for on."""
    kinds = [option(label, code) for code, label in KINDS.items()]
    theme = PlainTextInputElement(action_id=ids.THEME, max_length=LONGEST_THEME)
    words = PlainTextInputElement(
        action_id=ids.WORDS, multiline=True, max_length=LONGEST, initial_value=said.strip()[:LONGEST] or None
    )
    lead = ExternalDataSelectElement(
        action_id=ids.SPEAKER, placeholder="Type a name, a company or a deal", min_query_length=2
    )
    fields = [
        field(
            ids.KIND,
            "What was it?",
            RadioButtonsElement(action_id=ids.KIND, options=kinds, initial_option=kinds[0]),
        ),
        field(
            ids.THEME,
            "About what, or which competitor?",
            theme,
            hint="One or two words, by which it is found again.",
        ),
        field(ids.WORDS, "In the customer's words", words),
        field(ids.SPEAKER, "Who said it?", lead, optional=True),
    ]
    return modal(ids.HEARD_FORM, "What the customer said", fields, submit="Keep")


def read_heard(values: Values, by: str, now: datetime) -> Voice:
    """Raises Refused with the field that says nothing."""
    theme, words = (_text(values, ids.THEME), _text(values, ids.WORDS))
    if not theme:
        raise Refused("A word or two are needed: what was it about?", field=ids.THEME)
    if not words:
        raise Refused("Please write what they said, as they said it.", field=ids.WORDS)
    kind = str((_element(values, ids.KIND).get("selected_option") or {}).get("value"))
    chosen = str((_element(values, ids.SPEAKER).get("selected_option") or {}).get("value") or "")
    return Voice(
        at=now,
        by=by,
        kind=kind if kind in KINDS else "objection",
        theme=theme,
        words=words,
        lead=chosen.removeprefix(LEAD) if chosen.startswith(LEAD) else None,
        deal=chosen.removeprefix(DEAL) if chosen.startswith(DEAL) else None,
    )


def voices_note(asked: str, found: Sequence[Voice], more: int, who: Callable[[str], str]) -> Message:
    """What was kept about this, the newest first."""
    title = f"{count(len(found) + more, 'voice')} about “{plain(asked, 60)}”"
    told = [(_head(each, who), each) for each in found]
    rest = [f"and {more:,} earlier"] if more else []
    blocks = [section(f"*{title}*")]
    for head, each in told:
        blocks += [divider(), section(quote(each.words, 300) or "> …"), context(head)]
    return Message(
        text="\n".join(
            [f"{title}.", *(f"• {plain(each.words, 150)} ({head})" for head, each in told), *rest]
        ),
        blocks=[*blocks, *([context(*rest)] if rest else [])],
    )


def nothing_heard(asked: str, themes: Sequence[tuple[str, int]]) -> str:
    """A sentence where nothing fits, with what there is."""
    there = ", ".join(f"{plain(theme, LONGEST_THEME)} {number:,}" for theme, number in themes)
    known = f" These themes are kept: {there}." if there else " `/truce heard` keeps the first one."
    return f"Nothing is kept about “{plain(asked, 60)}” yet.{known}"


def _head(voice: Voice, who: Callable[[str], str]) -> str:
    label = KINDS.get(voice.kind, "").removeprefix("An ").removeprefix("A ").capitalize()
    whose = f", {plain(voice.called, 80)}" if voice.called else ""
    heard = f"heard by {plain(who(voice.by), 60)} {day(voice.at)}"
    return f"{label}: {plain(voice.theme, LONGEST_THEME)}{whose}, {heard}"


def _text(values: Values, block: str) -> str:
    return str(_element(values, block).get("value") or "").strip()


def _element(values: Values, block: str) -> Any:
    return next(iter(values.get(block, {}).values()), {})
