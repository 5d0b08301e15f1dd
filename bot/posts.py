"""What a message in Slack is to show, and where."""

from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from typing import Any

from bot.blocks import Message
from bot.jobs import Due
from bot.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A message as it should be now.

    `thread` is the ts it replies to. `then` follows when Slack shows it as it is here. Deleted by a
    person, it is posted once more only if it is `wanted`. It waits a little for its `picture` to be drawn.
    """

    channel: str
    message: Message
    thread: str | None = None
    then: tuple[Due, ...] = ()
    wanted: bool = False
    picture: Picture | None = None
    _body: list[dict[str, Any]] = field(init=False, repr=False, compare=False, default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        """What Slack is given: made once, as it takes longer than all else of drawing a message."""
        if not self._body:
            self._body.append(self.message.body())
        return self._body[0]

    @property
    def shown_hash(self) -> str:
        """The same for the same words and blocks."""
        return sha256(dumps(self.body, sort_keys=True).encode()).hexdigest()[:16]
