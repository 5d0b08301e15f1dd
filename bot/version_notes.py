"""What both sides are told of a new version of the agreement, and of all that there were."""

from collections.abc import Collection, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot import ids
from bot.agreement import Agreement, is_channel_id
from bot.blocks import Message, actions, button, context, modal, section
from bot.setting_fields import named, said
from bot.signing import Signed, buttons, how_it_is_signed
from bot.text import count, mention, moment_of, on_day, plain
from bot.versions import Change, Version

MOST_VERSIONS = 10  # in one window
MOST_LINES = 15
LONGEST_VALUE = 150  # characters
UNSAID = ("feeds", "out")  # addresses: that they changed is enough


def version_note(signed: Signed, agreement: Agreement) -> Message:
    """In a channel of one side: what has changed, by whom, from when on it holds, and who has signed it."""
    version = signed.version
    who = f"by {mention(version.by)} in Slack" if version.by else "in app.yaml"
    title = f"The agreement between marketing and sales has changed, {who}"
    lines = changed(version)
    holds = f"Version {version.number} holds since {on_day(version.at)}, for leads that wait already too."
    state = f"Now version {agreement.version} holds."
    if agreement.version == version.number:
        state = how_it_is_signed(signed, agreement)
    told = "\n".join(f"• {line}" for line in lines)
    return Message(
        text=f"{title}.\n{told}\n{holds} {state}",
        blocks=[
            section(f"*{title}*\n{told}"),
            context(f"{holds} {state}"),
            buttons(signed, agreement, read=False),
        ],
    )


def changed(version: Version) -> list[str]:
    """A line for each key that has changed."""
    lines = [_line(key, change) for key, change in version.changes.items()]
    rest = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"and {count(rest, 'other')}"] if rest > 0 else lines


def changes_view(versions: Sequence[Signed], agreement: Agreement) -> dict[str, Any]:
    """The window of how the agreement came to be: these versions, the newest first, and a way to those before."""
    blocks = [block for each in versions for block in _told(each)]
    first = versions[-1].version.number if versions else 1
    turns = [button("Read it", ids.AGREEMENT, str(agreement.version), about="the agreement that holds")]
    if first > 1:
        turns.append(button("Earlier", ids.CHANGES, str(first - 1), about=f"than version {first}"))
    return modal(ids.CHANGES_VIEW, "What has changed", [*blocks, actions(*turns)])


def _told(signed: Signed) -> list[Block]:
    version = signed.version
    who = f"by {mention(version.by)} in Slack" if version.by else "in app.yaml"
    lines = changed(version) or ["as it began"]
    told = "\n".join(f"• {line}" for line in lines)
    names = "; ".join(
        f"signed for {each.side} by {mention(each.by)} on {on_day(each.at)}" for each in signed.signatures
    )
    block = section(f"*Version {version.number}*, {moment_of(version.at)}, {who}\n{told}")
    return [block, context(f"{names[0].upper()}{names[1:]}.")] if names else [block]


def kept_words(version: Version, strangers: Collection[str] = ()) -> str:
    """To who changed it; `strangers` are those named in it whom Slack does not know, or who have left."""
    told = f"Version {version.number} holds now, and both sides are told: {'; '.join(changed(version))}."
    names = ", ".join(plain(each, 80) for each in sorted(strangers))
    return f"{told} Slack does not know {names} here: please look at how it is written." if names else told


def _line(key: str, change: Change) -> str:
    if key in UNSAID:
        return f"{key}: changed"
    return f"{named(key)}: {_value(key, change.now)} (was {_value(key, change.was)})"


def _value(key: str, value: Any) -> str:
    """In words; a channel by its name of today."""
    if isinstance(value, str) and is_channel_id(value):
        return f"<#{value}>"
    return plain(said(key, value), LONGEST_VALUE)
