"""A Slack for the desk, ready to be used in a test or by `python -m playground`.

What people do and what is to be seen are methods here; README.md has the list.
"""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import web

from playground import clock, control, live
from playground.admin import Admin
from playground.clock import Now
from playground.consent import Consent
from playground.desk import Desk
from playground.hands import Hands
from playground.machine import Machine
from playground.outbound import Deliver
from playground.senders import Senders
from playground.things import Json, Message, View
from playground.traffic import Answer, Call
from playground.trouble import Fault, Loss
from playground.voices import Voices
from playground.web import add_routes
from playground.workspace import Workspace


class Playground:
    """One running stand-in Slack."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        now: Now = clock.real,
        manifest: Json | None = None,
        limits: bool = True,
    ) -> None:
        self.desk = Desk(workspace, now, manifest, limits=limits)
        self.url = ""
        self.senders = Senders(self.desk.store.workspace.senders, now)
        self.machine = Machine(self.desk)
        hands, voices, admin = Hands(self.desk), Voices(self.desk), Admin(self.desk)
        self.click, self.click_old = hands.click, hands.click_old
        self.fill, self.choose, self.suggestions = hands.fill, hands.choose, hands.suggestions
        self.attaches = hands.attaches
        self.submit, self.close_modal = hands.submit, hands.close_modal
        self.says, self.drops, self.command = voices.says, voices.drops, voices.command
        self.shortcut, self.opens_home = voices.shortcut, voices.opens_home
        self.reacts, self.unreacts = voices.reacts, voices.unreacts
        self.edits, self.deletes = voices.edits, voices.deletes
        self.joins, self.leaves = admin.joins, admin.leaves
        self.invites_bot, self.removes_bot = admin.invites_bot, admin.removes_bot
        self.arrives, self.changes = admin.arrives, admin.changes
        self.changes_group = admin.changes_group
        self.makes_channel, self.changes_channel = admin.makes_channel, admin.changes_channel
        self.installs, self.uninstalls = admin.installs, admin.uninstalls
        self.consent = Consent(self.desk)
        self.allows = self.consent.allows
        self.sends = self.senders.post
        self.settle = self.desk.outbound.settle

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        workspace: Workspace | None = None,
        port: int = 0,
        *,
        now: Now = clock.real,
        manifest: Json | None = None,
        limits: bool = True,
    ) -> AsyncIterator[Self]:
        """Serve on loopback until the block ends; port 0 takes a free one."""
        slack = cls(workspace or Workspace(), now=now, manifest=manifest, limits=limits)
        app = web.Application(client_max_size=50 * 1024**2)
        add_routes(app, slack.desk)
        control.add_routes(app, slack)
        slack.consent.add_routes(app)
        live.add_routes(app, slack.desk, slack.senders, slack.machine)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await slack.desk.outbound.start()
        await slack.senders.start()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            slack.url = slack.desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield slack
        finally:
            await slack.senders.stop()
            await slack.desk.outbound.stop()
            await runner.cleanup()

    # --- the app

    def deliver_to(self, where: str | Deliver | None, signing_secret: str | None = None) -> None:
        """Send payloads to this URL, signed; None goes back to Socket Mode."""
        self.desk.outbound.deliver_to(where, signing_secret)

    async def connected(self, number: int = 1) -> None:
        """Wait until the app has this many Socket Mode connections."""
        await self.desk.outbound.sockets.connected(number)

    async def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        await self.desk.outbound.sockets.refresh(reason)

    def refuse_sockets(self, times: int = 1) -> None:
        """Let the next connections fail: their addresses are good for nothing more."""
        self.desk.outbound.sockets.refusals = times

    async def sends_event(self, event: Json) -> Answer:
        """Send an event for which there is no method here."""
        return await self.desk.outbound.send_event(event)

    def retry_events_after(self, *seconds: float) -> None:
        """Set after how many seconds of the playground's time a failed event is sent again."""
        self.desk.outbound.retry_after = seconds

    # --- trouble

    def fail(
        self,
        method: str = "*",
        times: int = 1,
        *,
        retry_after: int | None = None,
        status: int | None = None,
        error: str | None = None,
        slow: float = 0.0,
        lose: Loss | None = None,
    ) -> None:
        """Let the next calls go wrong; lose="answer" does the work first, lose="request" does not."""
        fault = Fault(
            method=method,
            times=times,
            retry_after=retry_after,
            status=status,
            error=error,
            slow=slow,
            lose=lose,
        )
        self.desk.trouble.add(fault)

    def lag(self, seconds: float) -> None:
        """Let history and replies miss what is younger than this."""
        self.desk.trouble.history_lag = seconds

    def calm(self) -> None:
        self.desk.trouble.calm()

    def reset(self) -> None:
        """Make everything as it was at the start; the clock and the app's connections stay as they are."""
        self.desk.reset()

    # --- what is to be seen: copies, so that an old one can still be pressed

    def messages(self, channel: str, *, as_of: str | None = None) -> list[Message]:
        """Give a channel's messages without its threads' replies, oldest first."""
        place = self.desk.store.place(channel)
        rows = [one for one in place.messages.values() if one.thread_ts is None or one.broadcast]
        return copy.deepcopy([one for one in rows if as_of is None or one.ts > as_of])

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Give the replies of a thread, oldest first, without its root."""
        place = self.desk.store.place(channel)
        return copy.deepcopy(self.desk.store.replies(place, ts))

    def message(self, channel: str, ts: str) -> Message:
        """Give one message as it is now."""
        return copy.deepcopy(self.desk.store.message(self.desk.store.place(channel).id, ts))

    def dms(self, person: str) -> list[Message]:
        """Give the person's DM with the bot, replies in threads included, oldest first."""
        place = self.desk.store.dm(self.desk.store.person(person).id)
        return copy.deepcopy(list(place.messages.values()))

    def ephemerals(self, person: str) -> list[Message]:
        """Give what only this person sees, oldest first."""
        who = self.desk.store.person(person).id
        return copy.deepcopy([one for one in self.desk.store.whispers if one.to == who])

    def modal(self, person: str) -> View | None:
        """Give the person's topmost modal."""
        return copy.deepcopy(self.desk.store.modal(self.desk.store.person(person).id))

    def home(self, person: str) -> View | None:
        """Give the person's home tab as last published."""
        view = self.desk.store.homes.get(self.desk.store.person(person).id)
        return copy.deepcopy(self.desk.store.views[view]) if view else None

    def calls(self, method: str | None = None) -> list[Call]:
        """Give the app's Web API calls, oldest first."""
        return self.desk.traffic.of(method)

    def answers(self, kind: str | None = None) -> list[Answer]:
        """Give how the app answered what was sent to it: events_api, interactive, slash_commands."""
        return [one for one in self.desk.traffic.answers if kind in {None, one.kind}]

    def channel_id(self, name: str) -> str:
        return self.desk.store.place(name).id

    def person_id(self, handle: str) -> str:
        return self.desk.store.person(handle).id

    def permission(self) -> dict[str, Any]:
        """Give what the app is to be configured with."""
        workspace = self.desk.store.workspace
        return {
            "bot_token": workspace.bot_token,
            "app_token": workspace.app_token,
            "signing_secret": workspace.signing_secret,
            "client_id": workspace.client_id,
            "client_secret": workspace.client_secret,
            "authorization_url": f"{self.url}/oauth/v2/authorize",
        }
