"""What Slack hands out with a payload and takes back once or for a while: trigger_ids and response_urls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.clock import Now
from playground.errors import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
HOOK_LIFE = timedelta(minutes=30)
HOOK_USES = 5


@dataclass(kw_only=True)
class Hook:
    """A response_url: where it posts, for whom, and the message it came from."""

    channel: str
    person: str
    ts: str | None
    thread_ts: str | None
    expires: datetime
    uses: int = 0


class Tickets:
    """Keeps every trigger_id and response_url that was handed out."""

    def __init__(self, now: Now) -> None:
        self.now = now
        self._triggers: dict[str, tuple[str, datetime]] = {}
        self._used: set[str] = set()
        self._hooks: dict[str, Hook] = {}

    def trigger(self, person: str) -> str:
        trigger = f"{len(self._triggers) + 1}.{person}.trigger"
        self._triggers[trigger] = (person, self.now() + TRIGGER_LIFE)
        return trigger

    def exchange(self, trigger: str) -> str:
        """Take the trigger_id once, within 3 seconds; gives the person."""
        if trigger not in self._triggers:
            raise SlackError("invalid_trigger_id")
        if trigger in self._used:
            raise SlackError("exchanged_trigger_id")
        person, expires = self._triggers[trigger]
        if self.now() > expires:
            raise SlackError("expired_trigger_id")
        self._used.add(trigger)
        return person

    def hook(self, *, channel: str, person: str, ts: str | None = None, thread_ts: str | None = None) -> str:
        key = f"{len(self._hooks) + 1}-{person}"
        expires = self.now() + HOOK_LIFE
        self._hooks[key] = Hook(channel=channel, person=person, ts=ts, thread_ts=thread_ts, expires=expires)
        return key

    def peek(self, key: str) -> Hook:
        return self._hooks[key]

    def use(self, key: str) -> Hook:
        """Use a response_url: five times in 30 minutes."""
        hook = self._hooks.get(key)
        if hook is None or self.now() > hook.expires:
            raise SlackError("expired_url")
        if hook.uses >= HOOK_USES:
            raise SlackError("used_url")
        hook.uses += 1
        return hook
