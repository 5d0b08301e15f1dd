"""What every Web API method and every acting person needs, in one place, and the table of methods."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.args import Args
from playground.clock import Now
from playground.errors import SlackError
from playground.outbound import Outbound
from playground.pace import Pace
from playground.store import Store
from playground.things import Conversation, Json, Message
from playground.tickets import Tickets
from playground.tokens import Scopes, Token, Tokens
from playground.traffic import Answer, Traffic
from playground.trouble import Trouble
from playground.workspace import Workspace

# what the kind of a conversation is called in scopes and in event names
FAMILY = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}

# `user_change` tells the same
TWINS = frozenset({"user_profile_changed", "user_status_changed"})
FAREWELL = frozenset({"tokens_revoked", "app_uninstalled"})  # what an app still hears when it is taken out


class Desk:
    """One workspace with one app in it."""

    def __init__(self, workspace: Workspace, now: Now, manifest: Json | None, *, limits: bool) -> None:
        self.now = now
        self.manifest = manifest or {}
        self.store = Store(workspace, now)
        self.limits = limits
        self.trouble = Trouble()
        self.traffic = Traffic()
        self.outbound = Outbound(self.store.workspace, now, self.traffic)
        self.url = ""
        scopes = self.manifest.get("oauth_config", {}).get("scopes", {}).get("bot")
        self.caller: Token | None = None  # whose call is being answered
        self.granted: Scopes = None if scopes is None else frozenset(scopes)
        self.rotates = bool(self.manifest.get("settings", {}).get("token_rotation_enabled"))
        subscriptions = self.manifest.get("settings", {}).get("event_subscriptions", {})
        events = subscriptions.get("bot_events")
        wanted = [one["event_type"] for one in subscriptions.get("metadata_subscriptions", [])]
        self.metadata_types = frozenset(wanted)
        self.subscribed: frozenset[str] | None = None if manifest is None else frozenset(events or [])
        self._hand_out()

    def _hand_out(self) -> None:
        """Begin anew with what is handed out and used up: tokens, triggers, calls a minute."""
        self.tickets = Tickets(self.now)
        self.pace = Pace(self.now, on=self.limits)
        self.tokens = Tokens(self.now)
        bot, app = self.store.workspace.bot_token, self.store.workspace.app_token
        self.tokens.keep(Token(text=bot, kind="bot", scopes=self.granted))
        self.tokens.keep(Token(text=app, kind="app", scopes=None))

    def reset(self) -> None:
        """Make the workspace as it was at the start, forget the traffic, make all well; connections stay."""
        self.trouble.calm()
        self.traffic.clear()
        self.outbound.forget()
        self._hand_out()
        self.store.reset()

    @property
    def scopes(self) -> Scopes:
        """What the caller may, or outside of calls the app."""
        return self.granted if self.caller is None else self.caller.scopes

    def install(self) -> None:
        self.store.installed = True
        self.store.changed()

    def uninstall(self) -> list[Json]:
        """Take the app out: its tokens are refused from now on. Gives the events that tell of it."""
        users = [one.person for one in self.tokens.of("user")]
        self.tokens.end_all()
        self.store.installed = False
        self.store.changed()
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": users, "bot": [self.store.bot]}}
        return [revoked, {"type": "app_uninstalled"}]

    def need_scope(self, *any_of: str) -> None:
        """Refuse as Slack does when the token has none of these scopes (without a manifest it has all)."""
        if any_of and self.scopes is not None and self.scopes.isdisjoint(any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.scopes)))

    def need_family_scope(self, place: Conversation, verb: str) -> None:
        self.need_scope(f"{FAMILY[place.kind]}:{verb}")

    def wants(self, event: str) -> bool:
        """Say whether the app is subscribed to the event (without a manifest: to all that say something new)."""
        if not self.store.installed and event not in FAREWELL:
            return False
        if self.subscribed is None:
            return event not in TWINS
        return event in self.subscribed or event.startswith("message_metadata_")

    def tell(self, event: Json, *, subscription: str = "") -> None:
        """Send an event to the app in the background, when it is subscribed."""
        if self.wants(subscription or event["type"]):
            self.outbound.spawn(self.outbound.send_event(event, shared=self._shared(event)))

    async def told(self, event: Json, subscription: str = "") -> list[Answer]:
        """Send an event, when the app is subscribed, and give its answer."""
        if not self.wants(subscription or event["type"]):
            return []
        return [await self.outbound.send_event(event, shared=self._shared(event))]

    def _shared(self, event: Json) -> bool:
        """Say whether the event comes from a channel that another company is in as well."""
        where = event.get("channel") or event.get("channel_id") or event.get("item", {}).get("channel")
        place = self.store.conversations.get(where) if isinstance(where, str) else None
        return place is not None and place.shared

    def announce(self, message: Message, event: Json | None = None) -> None:
        """Tell the app of a message, or of what became of it, where it is a member."""
        place = self.store.conversations[message.channel]
        if self.store.bot in place.members:
            body = event or self.message_event(message)
            self.tell(body, subscription=f"message.{FAMILY[place.kind]}")

    def announce_metadata(self, message: Message, before: Json | None, after: Json | None) -> None:
        """Tell of a message's metadata, posted, updated or deleted, if the manifest subscribes to its type."""
        place, kind = self.store.conversations[message.channel], "updated" if before else "posted"
        kind = kind if after else "deleted"
        if (after or before or {}).get(
            "event_type"
        ) not in self.metadata_types or self.store.bot not in place.members:
            return
        stamp, workspace = self.store.ts(), self.store.workspace
        event: Json = {
            "type": f"message_metadata_{kind}",
            "app_id": workspace.app_id,
            "bot_id": workspace.bot_id,
            "user_id": message.user,
            "team_id": workspace.team_id,
            "channel_id": place.id,
            "message_ts": message.ts,
            "event_ts": stamp,
        }
        event |= {"previous_metadata": before} if kind != "posted" else {}
        event |= {"metadata": after} if kind != "deleted" else {"deleted_ts": stamp}
        self.tell(event)

    def message_event(self, message: Message) -> Json:
        place = self.store.conversations[message.channel]
        root = place.messages.get(message.thread_ts or "") if message.subtype == "thread_broadcast" else None
        return {
            **message.payload(),
            **({"root": self.store.as_posted(root)} if root else {}),
            "team": self.store.workspace.team_id,
            "channel": place.id,
            "channel_type": place.kind,
            "event_ts": message.ts,
        }


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method of the Web API; `tier` 0 has limits of its own, or none."""

    run: Callable[[Desk, Args], Json]
    tier: int
    scopes: tuple[str, ...]
    by: frozenset[str]  # the kinds of token that it takes; nobody: it takes none


METHODS: dict[str, Method] = {}


def method(
    name: str, *scopes: str, tier: int, by: str = "bot"
) -> Callable[[Callable[[Desk, Args], Json]], Callable[[Desk, Args], Json]]:
    """Enter a function into the table; one of `scopes` is needed to call it."""

    def enter(run: Callable[[Desk, Args], Json]) -> Callable[[Desk, Args], Json]:
        METHODS[name] = Method(run=run, tier=tier, scopes=scopes, by=frozenset(by.split()))
        return run

    return enter


def without_nothing(**values: Any) -> Json:
    """Leave out what is None or empty, as Slack's payloads do."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
