"""What a message in Slack is to show, and where."""

from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from bot.blocks import Message
from bot.jobs import Due
from bot.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A message as it should be now.

    `thread` is the ts it replies to. `then` follows when Slack shows it for the first time. Deleted by a
    person, it is posted once more only if it is `wanted`. It waits a little for its `picture` to be drawn.
    """

    channel: str
    message: Message
    thread: str | None = None
    then: tuple[Due, ...] = ()
    wanted: bool = False
    picture: Picture | None = None

    @property
    def shown_hash(self) -> str:
        """The same for the same words and blocks."""
        return sha256(dumps(self.message.body(), sort_keys=True).encode()).hexdigest()[:16]
