"""A tour of the whole Web API and of every event, for whoever looks at what the playground answers and sends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playground.errors import Invalid
from playground.server import Playground
from tests.playground.office import (
    Clock,
    Office,
    actions,
    button,
    field_block,
    modal,
    office_workspace,
    section,
)

NOTE = {"event_type": "card", "event_payload": {"id": "1"}}
NEW = {"event_type": "card", "event_payload": {"id": "2"}}
CLIENT = {"client_id": "1234567890.playground", "client_secret": "playground-client-secret"}
BACK = "https://bot.test/back"
EVENTS = [
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_created",
    "channel_left",
    "channel_rename",
    "channel_shared",
    "channel_unarchive",
    "channel_unshared",
    "dnd_updated_user",
    "file_deleted",
    "file_shared",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "team_join",
    "tokens_revoked",
    "user_change",
    "user_profile_changed",
    "user_status_changed",
]
MANIFEST: dict[str, Any] = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/form"}],
        "shortcuts": [{"type": "global", "name": "Do", "callback_id": "do"}],
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": EVENTS,
            "metadata_subscriptions": [{"app_id": "A0BOT0000", "event_type": "card"}],
        }
    },
}


@asynccontextmanager
async def toured() -> AsyncIterator[Playground]:
    """Give a playground in which every method was called once or more, and every event has happened."""
    async with (
        Playground.running(office_workspace(), now=Clock(), manifest=MANIFEST, limits=False) as slack,
        Office.running(slack) as office,
    ):
        tour = Tour(office)
        await tour.conversations()
        await tour.messages()
        await tour.files()
        await tour.views()
        await tour.people()
        await tour.channels()
        await tour.coming_and_going()
        await slack.settle()
        yield slack


class Tour:
    def __init__(self, office: Office) -> None:
        self.office, self.slack, self.client = office, office.slack, office.client
        self.leads, self.amy = office.leads, office.slack.person_id("amy")

    async def call(self, method: str, **args: Any) -> Any:
        answer = await self.client.api_call(method, json=args)
        return answer.data

    async def conversations(self) -> None:
        await self.call("api.test")
        await self.call("auth.test")
        await self.call("team.info")
        for kind in ("public_channel", "private_channel", "im", "mpim"):
            await self.call("conversations.list", types=kind)
        await self.call("conversations.info", channel=self.leads, include_num_members=True)
        await self.call("conversations.members", channel=self.leads)
        await self.call("conversations.join", channel=self.slack.channel_id("random"))
        await self.call("conversations.open", users=self.amy, return_im=True)
        both = f"{self.amy},{self.slack.person_id('ben')}"
        opened = await self.call("conversations.open", users=both, return_im=True)
        await self.slack.says("amy", opened["channel"]["id"], "All three of us")
        await self.call("conversations.list", types="im,mpim")

    async def messages(self) -> None:
        said = await self.slack.says("amy", "leads", "@bot Hello")
        await self.slack.reacts("amy", said.message, "eyes")
        await self.slack.unreacts("amy", said.message, "eyes")
        await self.slack.edits("amy", said.message, "Hello again")
        await self.slack.says("amy", "dm", "Only us")
        await self.slack.says("amy", "board", "In private")
        at = {"channel": self.leads}
        blocks = [section("*A lead*"), actions(button())]
        made = await self.call("chat.postMessage", **at, text="A lead", blocks=blocks, metadata=NOTE)
        ts = made["ts"]
        await self.call("chat.update", **at, ts=ts, text="Taken", metadata=NEW)
        await self.call("chat.postMessage", **at, text="Look", thread_ts=ts, reply_broadcast=True)
        await self.slack.says("amy", "leads", "In the thread", thread=ts)
        await self.call("chat.postEphemeral", **at, user=self.amy, text="Psst")
        await self.call("chat.getPermalink", **at, message_ts=ts)
        mark = {**at, "timestamp": ts}
        await self.call("reactions.add", **mark, name="eyes")
        await self.call("reactions.get", **mark)
        await self.call("pins.add", **mark)
        await self.call("pins.list", **at)
        await self.call("conversations.history", **at, include_all_metadata=True, limit=3)
        await self.call("conversations.replies", **at, ts=ts)
        await self.call("pins.remove", **mark)
        await self.call("reactions.remove", **mark, name="eyes")
        link = {"channel_id": self.leads, "title": "Guide", "type": "link", "link": "https://a.test"}
        kept = await self.call("bookmarks.add", **link)
        await self.call("bookmarks.list", channel_id=self.leads)
        number = {"channel_id": self.leads, "bookmark_id": kept["bookmark"]["id"]}
        await self.call("bookmarks.edit", **number, title="The guide")
        await self.call("bookmarks.remove", **number)
        await self.call("chat.delete", **at, ts=ts)
        await self.slack.deletes("amy", said.message)

    async def files(self) -> None:
        got = await self.call("files.getUploadURLExternal", filename="a.png", length=1, alt_txt="A dot")
        assert self.client.session is not None
        async with self.client.session.post(got["upload_url"], data=b"x"):
            pass
        finished = [{"id": got["file_id"], "title": "A dot"}]
        await self.call("files.completeUploadExternal", files=finished, channel_id=self.leads)
        await self.call("files.info", file=got["file_id"])
        await self.call("files.list", channel=self.leads)
        await self.call("files.delete", file=got["file_id"])
        await self.slack.drops("amy", "leads", "leads.csv", b"name\n", text="Here")

    async def views(self) -> None:
        @self.office.app.command("/form")
        async def form(ack: Any, body: dict[str, Any]) -> None:
            fields = [
                field_block("Words", {"type": "plain_text_input", "action_id": "words"}),
                actions(button()),
            ]
            opened = await self.call("views.open", trigger_id=body["trigger_id"], view=modal(*fields))
            await self.call("views.update", view_id=opened["view"]["id"], view=modal(*fields, title="Again"))
            await ack()

        @self.office.app.action("accept")
        async def push(ack: Any, body: dict[str, Any]) -> None:
            await self.call("views.push", trigger_id=body["trigger_id"], view=modal(section()))
            await ack()

        home = {"type": "home", "blocks": [section("*Home*")]}
        await self.call("views.publish", user_id=self.amy, view=home)
        await self.slack.opens_home("amy")
        await self.slack.command("amy", "leads", "/form")
        try:
            await self.slack.submit("amy")
        except Invalid:
            await self.slack.fill("amy", "Words", "Fine")
        await self.slack.click("amy", "modal", "Accept")
        await self.slack.shortcut("amy", "do")

    async def people(self) -> None:
        await self.call("users.list", include_locale=True)
        await self.call("users.info", user=self.amy, include_locale=True)
        await self.call("users.info", user="U0BOT0000")
        await self.call("users.lookupByEmail", email="amy@acme.test")
        await self.call("users.profile.get", user=self.amy)
        [group] = (await self.call("usergroups.list", include_users=True))["usergroups"]
        await self.call("usergroups.users.list", usergroup=group["id"])
        await self.call("dnd.info", user=self.amy)
        await self.call("dnd.teamInfo", users=self.amy)
        await self.slack.changes("amy", status="On holiday", status_emoji=":palm_tree:")
        await self.slack.changes("amy", dnd_until=2000000000)
        await self.slack.changes_group("sales", ["amy", "hal"])
        await self.slack.arrives("kim", channels=["leads"])

    async def channels(self) -> None:
        await self.slack.leaves("kim", "leads")
        await self.slack.makes_channel("dach", bot=True)
        for channel in ("dach", "board"):
            await self.slack.changes_channel(channel, name=f"{channel}-new")
            await self.slack.changes_channel(f"{channel}-new", archived=True)
            await self.slack.changes_channel(f"{channel}-new", archived=False)
            await self.slack.changes_channel(f"{channel}-new", shared=True)
            await self.call("conversations.info", channel=self.slack.channel_id(f"{channel}-new"))
            await self.slack.changes_channel(f"{channel}-new", shared=False)
            await self.slack.removes_bot(f"{channel}-new")

    async def coming_and_going(self) -> None:
        url = f"{self.slack.url}/oauth/v2/authorize?client_id={CLIENT['client_id']}&redirect_uri={BACK}"
        scopes = "&scope=chat:write&user_scope=users.profile:write,users.profile:read"
        back = await self.slack.allows("amy", url + scopes)
        code = back.partition("code=")[2]
        installed = await self.call("oauth.v2.access", **CLIENT, code=code, redirect_uri=BACK)
        mine = self.client.token
        self.client.token = installed["authed_user"]["access_token"]
        await self.call("users.profile.set", profile={"status_text": "Back"})
        self.client.token = mine
        socket = {"Authorization": f"Bearer {self.slack.permission()['app_token']}"}
        await self.client.api_call("apps.connections.open", headers=socket)
        await self.call("auth.revoke", test=True)
        await self.call("apps.uninstall", **CLIENT)
