"""Who signs a version of the agreement, who has, and what people suggest to change in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from slack_sdk.models.blocks import Block, PlainTextInputElement

from bot import ids
from bot.agreement import Agreement
from bot.agreement_words import in_words, named
from bot.blocks import Message, actions, bulleted, button, context, field, header, modal, section
from bot.errors import Refused
from bot.people import Person
from bot.rejecting import Values
from bot.settings import Person as Entry
from bot.text import mention, on_day, quote
from bot.versions import Version

LONGEST: Final = 2000  # characters of a suggestion
MOST_BLOCKS: Final = 98  # a view takes 100


class Side(StrEnum):
    """The two that agree. `people.heads` says who signs for each."""

    SALES = "sales"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Somebody has signed for a side."""

    side: Side
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What somebody would change, in their own words."""

    by: str
    at: datetime
    version: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A version with its signatures."""

    version: Version
    signatures: Sequence[Signature] = ()

    @property
    def is_by_both(self) -> bool:
        return {each.side for each in self.signatures} == {*Side}


def heads(agreement: Agreement) -> Mapping[Side, Entry | None]:
    told = agreement.settings.people.heads
    return {Side.SALES: told.sales, Side.MARKETING: told.marketing}


def sides_of(person: Person, signed: Signed, agreement: Agreement) -> list[Side]:
    """For which sides somebody signs now. Raises Refused, with who does, or with what was signed already."""
    written = heads(agreement)
    if signed.version.number != agreement.version:
        raise Refused(f"Version {agreement.version} of the agreement holds now: `/truce agreement` shows it.")
    if not any(written.values()):
        raise Refused("Nobody is named who signs: an admin puts `people.heads` into app.yaml.")
    theirs = [side for side, head in written.items() if head is not None and person.answers_to(head.name)]
    if not theirs:
        raise Refused(f"{who_signs(agreement)}.")
    open_ones = [side for side in theirs if side not in {each.side for each in signed.signatures}]
    if not open_ones:
        raise Refused(f"You have signed version {signed.version.number} already.")
    return open_ones


def who_signs(agreement: Agreement) -> str:
    told = [
        f"{named(head.name)} signs for {side}" for side, head in heads(agreement).items() if head is not None
    ]
    return ", ".join(told)


def how_it_is_signed(signed: Signed, agreement: Agreement) -> str:
    """Who has signed, and who has not yet."""
    done = {each.side: each for each in signed.signatures}
    lines = []
    for side, head in heads(agreement).items():
        if side in done:
            lines.append(f"signed for {side} by {mention(done[side].by)} on {on_day(done[side].at)}")
        elif head is not None:
            lines.append(f"not yet signed for {side} by {named(head.name)}")
    said = "; ".join(lines) or "nobody is named who signs (`people.heads`)"
    return f"{said[0].upper()}{said[1:]}."


def buttons(signed: Signed, agreement: Agreement, *, read: bool) -> Block:
    """What can be done about a version; `read`: it stands in full above."""
    number = str(signed.version.number)
    about = f"version {number} of the agreement"
    current = signed.version.number == agreement.version
    signs = current and not signed.is_by_both and any(heads(agreement).values())
    changes = button("See changes", ids.CHANGES, number, about=f"up to version {number} of the agreement")
    return actions(
        *([button("Sign", ids.SIGN, number, style="primary", about=about)] if signs else []),
        *([] if read else [button("Read it", ids.AGREEMENT, number, about=about)]),
        button("Suggest a change...", ids.SUGGEST, number, about=about),
        *([changes] if read else []),
        block_id=f"agreement.{number}",
    )


def agreement_view(signed: Signed, agreement: Agreement) -> dict[str, Any]:
    """The whole of it, in words."""
    version = signed.version
    since = f"Version {version.number}, since {on_day(version.at)}. {how_it_is_signed(signed, agreement)}"
    blocks: list[Block] = [section(since)]
    for heading, lines in in_words(agreement):
        blocks += [header(heading), *bulleted(lines)]
    if len(blocks) > MOST_BLOCKS:
        blocks = [
            *blocks[:MOST_BLOCKS],
            context("There is more than a window takes: app.yaml has all of it."),
        ]
    return modal(ids.AGREEMENT_VIEW, "The agreement", [*blocks, buttons(signed, agreement, read=True)])


def suggest_form(version: str) -> dict[str, Any]:
    element = PlainTextInputElement(action_id=ids.WORDS, multiline=True, max_length=LONGEST)
    hint = "The heads of both sides read it, with your name. What would be better, and why?"
    return modal(
        ids.SUGGEST_FORM,
        "Suggest a change",
        [field(ids.WORDS, "What should change?", element, hint=hint)],
        submit="Send",
        about=version,
    )


def read_suggestion(values: Values) -> str:
    told = next(iter(values.get(ids.WORDS, {}).values()), {})
    words = str(told.get("value") or "").strip()
    if not words:
        raise Refused("Please say what should change.", field=ids.WORDS)
    return words


def suggestion_note(suggestion: Suggestion) -> Message:
    """To a head, or an admin."""
    who = f"{mention(suggestion.by)} suggests a change of the agreement (version {suggestion.version})"
    how = "An admin changes it with `/truce settings`."
    return Message(
        text=f"{who}:\n{quote(suggestion.words)}\n{how}",
        blocks=[section(f"*{who}*\n{quote(suggestion.words)}"), context(how)],
    )
