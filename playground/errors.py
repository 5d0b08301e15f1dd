"""What Slack refuses, in Slack's own codes; and what a person at the desk cannot do."""

from typing import Any


class SlackError(Exception):
    """An `{"ok": false}` answer: `code` is Slack's, `extra` goes beside it."""

    def __init__(self, code: str, *messages: str, **extra: Any) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class RateLimited(SlackError):
    """A 429: `seconds` goes into Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


class NotOnScreen(LookupError):
    """A person wants to press or fill something that Slack does not show them."""


class Invalid(ValueError):
    """Slack's client keeps a modal open: `fields` says what is wrong, by block_id."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{block}: {words}" for block, words in fields.items()))
        self.fields = fields


class Unreadable(ValueError):
    """The workspace's file or the manifest cannot be used: one sentence that says where, and what is wrong."""
