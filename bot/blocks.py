"""Slack's blocks, made in one place. Words come in safe already: through bot/text.py, or our own."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.models.views import View

from bot.text import fit, one_line, shorten

OPTION_TEXT = 75
SECTION_TEXT = 3000
LONGEST_TEXT = 3900  # chat.update refuses more than 4,000


class Message(NamedTuple):
    """What chat.postMessage and chat.update need. `text` says all that matters: it is what is read aloud."""

    text: str
    blocks: list[Block]

    def body(self) -> dict[str, Any]:
        return {
            "text": fit(self.text, LONGEST_TEXT),
            "blocks": [block.to_dict() for block in self.blocks],
        }


def mrkdwn(text: str) -> MarkdownTextObject:
    """Text in which only our own markup is live: nothing else is turned into a link."""
    return MarkdownTextObject(text=text, verbatim=True)


def words(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)


def section(text: str, accessory: Any = None) -> Block:
    return SectionBlock(text=mrkdwn(fit(text, SECTION_TEXT)), accessory=accessory)


def bulleted(lines: Sequence[str]) -> list[Block]:
    """A list, in as many sections as it takes."""
    parts: list[str] = []
    for line in lines:
        told = f"• {line}"
        if parts and len(parts[-1]) + len(told) < SECTION_TEXT:
            parts[-1] += f"\n{told}"
        else:
            parts.append(told)
    return [section(part) for part in parts]


def context(*texts: str) -> Block:
    return ContextBlock(elements=[mrkdwn(fit(text, SECTION_TEXT)) for text in texts])


def header(text: str) -> Block:
    return HeaderBlock(text=words(text))


def divider() -> Block:
    return DividerBlock()


def picture_of(file: str, alt: str, title: str) -> Block:
    """A picture that Slack has as this file; `alt` for who does not see it."""
    return ImageBlock(slack_file=SlackFile(id=file), alt_text=alt, title=words(title))


def actions(*elements: Any, block_id: str | None = None) -> Block:
    return ActionsBlock(elements=list(elements), block_id=block_id)


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    about: str = "",
    url: str | None = None,
) -> Any:
    """A button; `about` is what a screen reader adds to its one verb."""
    label = shorten(f"{text}: {one_line(about)}", OPTION_TEXT) if about else None
    return ButtonElement(
        text=words(text),
        action_id=action_id,
        value=value or None,
        style=style,
        accessibility_label=label,
        url=url,
    )


def more(action_id: str, choices: Sequence[tuple[str, str]], lead: str) -> Any:
    """The "..." menu: each choice by its words and its code; one that is not about the lead says about what."""
    options = [
        Option(text=words(text), value=code if ":" in code else f"{code}:{lead}") for text, code in choices
    ]
    return OverflowMenuElement(action_id=action_id, options=options)


def option(text: str, value: str) -> Option:
    """An option of a select; outside words are cut to what Slack takes."""
    return Option(text=words(shorten(one_line(text), OPTION_TEXT) or "?"), value=value)


def field(
    block_id: str,
    label: str,
    element: Any,
    *,
    hint: str | None = None,
    optional: bool = False,
    changes: bool = False,
) -> Block:
    """An input of a modal; `changes` makes Slack tell us as soon as it is filled in."""
    return InputBlock(
        block_id=block_id,
        label=words(label),
        element=element,
        hint=None if hint is None else words(hint),
        optional=optional,
        dispatch_action=changes,
    )


def modal(
    callback_id: str, title: str, blocks: Sequence[Block], *, submit: str | None = None, about: str = ""
) -> dict[str, Any]:
    view = View(
        type="modal",
        callback_id=callback_id,
        title=words(title),
        submit=None if submit is None else words(submit),
        close=words("Close" if submit is None else "Cancel"),
        private_metadata=about,
        blocks=list(blocks),
    )
    return dict(view.to_dict())
