"""A picture as it should be now, and a message with it. Drawn it is only where one looks at it, off the loop."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from bot.blocks import Message, picture_of
from bot.text import one_line, shorten

STYLE: Final = "1"  # changes with how pictures look, so that those that stand are drawn anew
LONGEST_ALT: Final = 1000  # of an upload; a block takes twice as much


class Drawing(Protocol):
    """What is in a picture: a frozen dataclass, so that equal words are equal pictures."""

    def png(self) -> bytes:
        """The picture. Takes some 10 ms and a few MB: never on the loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`alt` says all that is in it, to who does not see it."""

    name: str  # of the file
    title: str
    alt: str
    drawing: Drawing
    place: int | None = None  # before which block of its message; None: after all of them

    @property
    def shown_hash(self) -> str:
        """The same for the same picture with the same words."""
        return sha256(repr((STYLE, self.title, self.described, self.drawing)).encode()).hexdigest()[:16]

    @property
    def described(self) -> str:
        return shorten(one_line(self.alt), LONGEST_ALT)


def shown(message: Message, picture: Picture, file: str) -> Message:
    """The message with the picture, which Slack has as this file."""
    place = len(message.blocks) if picture.place is None else picture.place
    block = picture_of(file, picture.described, picture.title)
    return Message(text=message.text, blocks=[*message.blocks[:place], block, *message.blocks[place:]])
