"""The rules of Slack that an app can break: one case each, kept and broken, with Slack's code for the broken one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

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

PLAIN = {"type": "plain_text", "text": "x"}
CELL = {"type": "raw_text", "text": "x"}
WRITE = {"type": "plain_text_input", "action_id": "w"}
IMAGE = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "x"}
NOTE = {"event_type": "out", "event_payload": {"id": "1"}}
HOME = {"type": "home", "blocks": [section()]}
LINK = {"title": "Guide", "type": "link", "link": "https://a.test"}


@dataclass
class Scene:
    """An app with one message of its own in #leads, one of Amy's, Amy's open modal, and unused triggers."""

    office: Office
    leads: str
    amy: str
    mine: str
    theirs: str
    view: str
    hash: str
    file: str
    fresh: Callable[[], str]
    used: str
    expired: str

    def place(self, name: str) -> str:
        return self.office.slack.channel_id(name)

    def who(self, name: str) -> str:
        return self.office.slack.person_id(name)

    async def code(self, method: str, args: dict[str, Any]) -> str:
        """Give the code of a call's refusal, or "ok"."""
        try:
            await self.office.client.api_call(method, json=args)
        except SlackApiError as error:
            return str(error.response["error"])
        return "ok"


@pytest.fixture
async def scene(office: Office, clock: Clock) -> Scene:
    triggers: list[str] = []

    @office.app.command("/trigger")
    async def trigger(ack: Any, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    @office.app.event("message")
    async def heard() -> None: ...

    await office.slack.command("amy", "leads", "/trigger")
    expired = triggers.pop()
    clock.forward(seconds=4)
    for _ in range(3):
        await office.slack.command("amy", "leads", "/trigger")
    used = triggers.pop()
    opened = await office.client.views_open(trigger_id=used, view=modal(section(), external_id="taken"))
    got = await office.client.files_getUploadURLExternal(filename="a.png", length=1)
    return Scene(
        office=office,
        leads=office.leads,
        amy=office.slack.person_id("amy"),
        mine=await office.post("Mine", metadata=NOTE),
        theirs=(await office.slack.says("amy", "leads", "Hers")).ts,
        view=opened["view"]["id"],
        hash=opened["view"]["hash"],
        file=str(got["file_id"]),
        fresh=triggers.pop,
        used=used,
        expired=expired,
    )


Args = Callable[[Scene], dict[str, Any]]


def post(**args: Any) -> Args:
    return lambda at: {"channel": at.leads, **args}


def blocks(*given: Any) -> Args:
    return post(text="x", blocks=list(given))


def update(**args: Any) -> Args:
    return lambda at: {"channel": at.leads, "ts": at.mine, **args}


def opens(*given: Any, **more: Any) -> Args:
    view = modal(*(given or (section(),)), **more)
    return lambda at: {"trigger_id": at.fresh(), "view": view}


def publishes(*given: Any) -> Args:
    return lambda at: {"user_id": at.amy, "view": {"type": "home", "blocks": list(given)}}


def options(count: int, text: str = "x", value: str = "") -> dict[str, Any]:
    label = {"type": "plain_text", "text": text}
    rows = [{"text": label, "value": value or str(n)} for n in range(count)]
    return {"type": "static_select", "action_id": "s", "options": rows}


def reacts(name: str, ts: str = "") -> Args:
    return lambda at: {"channel": at.leads, "timestamp": ts or at.mine, "name": name}


def bookmark(**more: Any) -> Args:
    return lambda at: {"channel_id": at.leads, **LINK, **more}


SAY, CHANGE, OPEN, HOME_TAB = "chat.postMessage", "chat.update", "views.open", "views.publish"
REACT, MARK, WHISPER, UPLOAD = (
    "reactions.add",
    "bookmarks.add",
    "chat.postEphemeral",
    "files.getUploadURLExternal",
)

# what the rule says, the method, a call that keeps it, a call that breaks it, Slack's code
RULES: list[tuple[str, str, Args, Args, str]] = [
    ("50 blocks in a message", SAY, blocks(*[section()] * 50), blocks(*[section()] * 51), "invalid_blocks"),
    ("3,000 characters in a section", SAY, blocks(section("x" * 3000)), blocks(section("x" * 3001)), "invalid_blocks"),
    ("words in a section", SAY, blocks(section()), blocks({"type": "section"}), "invalid_blocks"),
    ("10 fields in a section", SAY, blocks({"type": "section", "fields": [PLAIN] * 10}), blocks({"type": "section", "fields": [PLAIN] * 11}), "invalid_blocks"),
    ("150 characters in a header", SAY, blocks({"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}), blocks({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}), "invalid_blocks"),
    ("no markup in a header", SAY, blocks({"type": "header", "text": PLAIN}), blocks({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}), "invalid_blocks"),
    ("an action_id on a button", SAY, blocks(actions(button())), blocks(actions({"type": "button", "text": PLAIN})), "invalid_blocks"),
    ("75 characters on a button", SAY, blocks(actions(button("x" * 75))), blocks(actions(button("x" * 76))), "invalid_blocks"),
    ("2,000 characters in a button's value", SAY, blocks(actions(button(value="x" * 2000))), blocks(actions(button(value="x" * 2001))), "invalid_blocks"),
    ("255 characters in an action_id", SAY, blocks(actions(button(action_id="x" * 255))), blocks(actions(button(action_id="x" * 256))), "invalid_blocks"),
    ("an action_id once in a block", SAY, blocks(actions(button(), button(action_id="b"))), blocks(actions(button(), button())), "invalid_blocks"),
    ("a block_id once in a message", SAY, blocks(section(block_id="a"), section(block_id="b")), blocks(section(block_id="a"), section(block_id="a")), "invalid_blocks"),
    ("two styles of buttons", SAY, blocks(actions(button(style="danger"))), blocks(actions(button(style="loud"))), "invalid_blocks"),
    ("25 elements in a row of actions", SAY, blocks(actions(*(button(action_id=str(n)) for n in range(25)))), blocks(actions(*(button(action_id=str(n)) for n in range(26)))), "invalid_blocks"),
    ("100 options in a select", SAY, blocks(actions(options(100))), blocks(actions(options(101))), "invalid_blocks"),
    ("75 characters in an option", SAY, blocks(actions(options(1, "x" * 75))), blocks(actions(options(1, "x" * 76))), "invalid_blocks"),
    ("150 characters in an option's value", SAY, blocks(actions(options(1, value="x" * 150))), blocks(actions(options(1, value="x" * 151))), "invalid_blocks"),
    ("10 elements in a context", SAY, blocks({"type": "context", "elements": [PLAIN] * 10}), blocks({"type": "context", "elements": [PLAIN] * 11}), "invalid_blocks"),
    ("words for who cannot see a picture", SAY, blocks(IMAGE), blocks({**IMAGE, "alt_text": None}), "invalid_blocks"),
    ("no property that Slack does not know", SAY, blocks(section()), blocks(section(colour="red")), "invalid_blocks"),
    ("no block that Slack does not know", SAY, blocks(section()), blocks({"type": "poem"}), "invalid_blocks"),
    ("alerts, but no tables, in a modal", OPEN, opens({"type": "alert", "text": PLAIN}), opens({"type": "table", "rows": [[CELL]]}), "invalid_arguments"),
    ("no alert in a message", SAY, blocks(section()), blocks({"type": "alert", "text": PLAIN}), "invalid_blocks"),
    ("one table in a message", SAY, blocks({"type": "table", "rows": [[CELL]]}), blocks(*[{"type": "table", "rows": [[CELL]]}] * 2), "invalid_blocks"),
    ("blocks are a list", SAY, blocks(section()), post(text="x", blocks={"type": "section"}), "invalid_blocks_format"),
    ("so much text in all blocks", SAY, blocks(*[section("x" * 2700)] * 4), blocks(*[section("x" * 2900)] * 4), "msg_blocks_too_long"),
    ("12,000 characters of markdown in all", SAY, blocks(*[{"type": "markdown", "text": "x" * 6000}] * 2), blocks(*[{"type": "markdown", "text": "x" * 6001}] * 2), "msg_blocks_too_long"),
    ("something to say", SAY, post(text="x"), post(), "no_text"),
    ("markdown_text or text", SAY, post(markdown_text="x"), post(text="x", markdown_text="x"), "markdown_text_conflict"),
    ("100 attachments", SAY, post(text="x", attachments=[{"text": "x"}] * 100), post(text="x", attachments=[{"text": "x"}] * 101), "too_many_attachments"),
    ("metadata with a type and a payload", SAY, post(text="x", metadata=NOTE), post(text="x", metadata={"event_type": "x"}), "invalid_metadata_format"),
    ("metadata is small", SAY, post(text="x", metadata=NOTE), post(text="x", metadata={"event_type": "x", "event_payload": {"a": "x" * 8000}}), "metadata_too_large"),
    ("a thread has a root", SAY, lambda at: {"channel": at.leads, "text": "x", "thread_ts": at.mine}, post(text="x", thread_ts="1.000001"), "thread_not_found"),
    ("post where you are", SAY, post(text="x"), lambda at: {"channel": at.place("random"), "text": "x"}, "not_in_channel"),
    ("post where nothing is archived", SAY, post(text="x"), lambda at: {"channel": at.place("old"), "text": "x"}, "is_archived"),
    ("a private channel is unknown outside", SAY, post(text="x"), lambda at: {"channel": at.place("secret"), "text": "x"}, "channel_not_found"),
    ("4,000 characters in an update", CHANGE, update(text="x" * 4000), update(text="x" * 4001), "msg_too_long"),
    ("update what is yours", CHANGE, update(text="x"), lambda at: {"channel": at.leads, "ts": at.theirs, "text": "x"}, "cant_update_message"),
    ("update what is there", CHANGE, update(text="x"), lambda at: {"channel": at.leads, "ts": "1.000001", "text": "x"}, "message_not_found"),
    ("delete what is yours", "chat.delete", update(), lambda at: {"channel": at.leads, "ts": at.theirs}, "cant_delete_message"),
    ("whisper to who is there", WHISPER, lambda at: {"channel": at.leads, "user": at.amy, "text": "x"}, lambda at: {"channel": at.leads, "user": at.who("hal"), "text": "x"}, "user_not_in_channel"),
    ("link to what is there", "chat.getPermalink", lambda at: {"channel": at.leads, "message_ts": at.mine}, lambda at: {"channel": at.leads, "message_ts": "1.000001"}, "message_not_found"),
    ("a trigger once", OPEN, opens(), lambda at: {"trigger_id": at.used, "view": modal(section())}, "exchanged_trigger_id"),
    ("a trigger within three seconds", OPEN, opens(), lambda at: {"trigger_id": at.expired, "view": modal(section())}, "expired_trigger_id"),
    ("a trigger that Slack gave", OPEN, opens(), lambda _: {"trigger_id": "1.2.x", "view": modal(section())}, "invalid_trigger_id"),
    ("24 characters in a modal's title", OPEN, opens(title="x" * 24), opens(title="x" * 25), "invalid_arguments"),
    ("100 blocks in a modal", OPEN, opens(*[section()] * 100), opens(*[section()] * 101), "invalid_arguments"),
    ("a submit where there are fields", OPEN, opens(field_block("L", WRITE)), opens(field_block("L", WRITE), submit=None), "invalid_arguments"),
    ("3,000 characters of private_metadata", OPEN, opens(private_metadata="x" * 3000), opens(private_metadata="x" * 3001), "invalid_arguments"),
    ("250 kB in a view", OPEN, opens(*[section("x" * 2000)] * 100), opens(*[section("x" * 3000)] * 100), "view_too_large"),
    ("an external_id once", HOME_TAB, lambda at: {"user_id": at.amy, "view": {**HOME, "external_id": "new"}}, lambda at: {"user_id": at.amy, "view": {**HOME, "external_id": "taken"}}, "duplicate_external_id"),
    ("a view as it was seen", "views.update", lambda at: {"view_id": at.view, "hash": at.hash, "view": modal(section())}, lambda at: {"view_id": at.view, "hash": "1.old", "view": modal(section())}, "hash_conflict"),
    ("a view that is there", "views.update", lambda at: {"view_id": at.view, "view": modal(section())}, lambda _: {"view_id": "V404", "view": modal(section())}, "not_found"),
    ("a home tab is no modal", HOME_TAB, publishes(section()), lambda at: {"user_id": at.amy, "view": modal(section())}, "invalid_arguments"),
    ("no markdown on a home tab", HOME_TAB, publishes(section()), publishes({"type": "markdown", "text": "x"}), "invalid_arguments"),
    ("a home tab for somebody", HOME_TAB, publishes(section()), lambda _: {"user_id": "U404", "view": HOME}, "user_not_found"),
    ("history where you are", "conversations.history", post(), lambda at: {"channel": at.place("random")}, "not_in_channel"),
    ("a cursor that Slack gave", "conversations.history", post(), post(cursor="guess"), "invalid_cursor"),
    ("a limit above zero", "conversations.list", lambda _: {"limit": 1}, lambda _: {"limit": -1}, "invalid_limit"),
    ("kinds of channels", "conversations.list", lambda _: {"types": "im"}, lambda _: {"types": "boats"}, "invalid_types"),
    ("join what is public", "conversations.join", lambda at: {"channel": at.place("random")}, lambda at: {"channel": at.place("board")}, "method_not_supported_for_channel_type"),
    ("a DM with somebody", "conversations.open", lambda at: {"users": at.amy}, lambda _: {"users": ""}, "users_list_not_supplied"),
    ("a DM with who is still here", "conversations.open", lambda at: {"users": at.amy}, lambda at: {"users": at.who("zoe")}, "user_disabled"),
    ("look up who is there", "users.lookupByEmail", lambda _: {"email": "amy@acme.test"}, lambda _: {"email": "x@acme.test"}, "users_not_found"),
    ("a reaction once", REACT, reacts("eyes"), reacts("taken"), "already_reacted"),
    ("a reaction with a name", REACT, reacts("eyes"), reacts("no such thing"), "invalid_name"),
    ("take back what you gave", "reactions.remove", reacts("taken"), reacts("eyes"), "no_reaction"),
    ("a bookmark leads to the web", MARK, bookmark(), bookmark(link="javascript:alert(1)"), "invalid_link"),
    ("256 characters in a bookmark's title", MARK, bookmark(title="x" * 256), bookmark(title="x" * 257), "invalid_arguments"),
    ("1,000 characters of alt text", UPLOAD, lambda _: {"filename": "a.png", "length": 1, "alt_txt": "x" * 1000}, lambda _: {"filename": "a.png", "length": 1, "alt_txt": "x" * 1001}, "invalid_arguments"),
    ("the blocks of an upload are blocks", "files.completeUploadExternal", lambda at: {"files": [{"id": at.file}], "channel_id": at.leads, "blocks": [section()]}, lambda at: {"files": [{"id": at.file}], "channel_id": at.leads, "blocks": [{"type": "poem"}]}, "invalid_blocks"),
    ("complete what was sent", "files.completeUploadExternal", lambda at: {"files": [{"id": at.file}]}, lambda _: {"files": [{"id": "F404"}]}, "file_not_found"),
]  # fmt: skip


def test_there_are_at_least_forty_rules() -> None:
    assert len({words for words, *_ in RULES}) >= 40
    assert len({code for *_, code in RULES}) >= 30


@pytest.mark.parametrize(
    ("method", "kept", "broken", "code"), [row[1:] for row in RULES], ids=[row[0] for row in RULES]
)
async def test_a_rule_kept_is_fine_and_broken_is_refused_with_slacks_code(
    scene: Scene, method: str, kept: Args, broken: Args, code: str
) -> None:
    store = scene.office.slack.desk.store
    store.files[scene.file].content = b"x"
    store.message(scene.leads, scene.mine).reactions["taken"] = [store.bot]

    assert await scene.code(method, broken(scene)) == code
    assert await scene.code(method, kept(scene)) == "ok"


# What is refused before a method is looked at, and what time brings.


@pytest.mark.parametrize(
    ("token", "method", "code"),
    [
        ("", "chat.postMessage", "not_authed"),
        ("xoxb-guess", "chat.postMessage", "invalid_auth"),
        ("xapp-playground", "chat.postMessage", "not_allowed_token_type"),
        ("xoxb-playground", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-playground", "chat.shout", "unknown_method"),
    ],
)
async def test_a_token_is_good_for_what_it_is_for(office: Office, token: str, method: str, code: str) -> None:
    office.client.token = token or None
    with pytest.raises(SlackApiError) as refused:
        await office.client.api_call(method, json={"channel": office.leads, "text": "x"})
    assert refused.value.response["error"] == code


@pytest.mark.parametrize(
    ("method", "needed"),
    [
        ("chat.postMessage", "chat:write"),
        ("conversations.history", "channels:history"),
        ("conversations.info", "channels:read"),
        ("users.list", "users:read"),
        ("users.lookupByEmail", "users:read.email"),
        ("usergroups.list", "usergroups:read"),
        ("reactions.add", "reactions:write"),
        ("bookmarks.add", "bookmarks:write"),
        ("pins.add", "pins:write"),
        ("files.info", "files:read"),
        ("files.list", "files:read"),
        ("files.getUploadURLExternal", "files:write"),
        ("dnd.info", "dnd:read"),
    ],
)
async def test_a_scope_that_was_not_asked_for_is_missing(clock: Clock, method: str, needed: str) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["commands"]}}}
    async with (
        Playground.running(office_workspace(), now=clock, manifest=manifest) as slack,
        Office.running(slack) as office,
    ):
        with pytest.raises(SlackApiError) as refused:
            await office.client.api_call(method, json={"channel": office.leads, "text": "x"})
    answer = refused.value.response
    assert (answer["error"], answer["provided"]) == ("missing_scope", "commands")
    assert needed in answer["needed"].split(",")


@pytest.mark.parametrize(
    ("method", "promised"),
    [("users.list", 20), ("conversations.info", 50), ("users.info", 100), ("chat.postMessage", 4)],
)
async def test_who_calls_more_often_than_slack_promises_is_told_when_to_try_again(
    clock: Clock, method: str, promised: int
) -> None:
    async with (
        Playground.running(office_workspace(), now=clock) as slack,
        Office.running(slack) as office,
    ):
        args = {"channel": office.leads, "user": slack.person_id("amy"), "text": "x"}
        for _ in range(promised):
            await office.client.api_call(method, params=args)
        with pytest.raises(SlackApiError) as refused:
            await office.client.api_call(method, params=args)
        answer = refused.value.response
        clock.forward(seconds=int(answer.headers["Retry-After"]))
        await office.client.api_call(method, params=args)

    assert (answer.status_code, answer["error"]) == (429, "ratelimited")


async def test_a_fourth_modal_does_not_go_on_the_pile(office: Office, clock: Clock) -> None:
    codes: list[str] = []

    @office.app.command("/open")
    async def open_one(ack: Any, body: dict[str, Any]) -> None:
        await office.client.views_open(trigger_id=body["trigger_id"], view=modal(actions(button())))
        await ack()

    @office.app.action("accept")
    async def push(ack: Any, body: dict[str, Any]) -> None:
        try:
            await office.client.views_push(trigger_id=body["trigger_id"], view=modal(actions(button())))
            codes.append("ok")
        except SlackApiError as error:
            codes.append(str(error.response["error"]))
        await ack()

    await office.slack.command("amy", "leads", "/open")
    for _ in range(3):
        await office.slack.click("amy", "modal", "Accept")
    assert codes == ["ok", "ok", "push_limit_reached"]
