"""What becomes of messages: edited, reacted to, pinned, with metadata, with pictures, in group DMs."""

import base64
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from playground.errors import NotOnScreen
from playground.server import Playground
from tests.playground.office import Clock, Office, field_block, modal, office_workspace

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def events(slack: Playground) -> list[dict[str, Any]]:
    sent = {one.payload["event_id"]: one.payload["event"] for one in slack.answers("events_api")}
    return list(sent.values())


async def test_a_person_edits_and_deletes_what_they_said_and_the_app_is_told(office: Office) -> None:
    said = await office.slack.says("amy", "leads", "Hello")
    await office.slack.edits("amy", said.message, "Hello @ben")
    with pytest.raises(NotOnScreen):
        await office.slack.edits("ben", said.message, "Not mine")
    await office.slack.deletes("amy", said.message)
    await office.slack.settle()

    _, changed, deleted = events(office.slack)
    ben = office.slack.person_id("ben")
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", f"Hello <@{ben}>")
    assert changed["previous_message"]["text"] == "Hello"
    assert changed["message"]["edited"]["user"] == office.slack.person_id("amy")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said.ts)


async def test_reactions_of_people_and_of_the_app_are_told_and_taken_back(office: Office) -> None:
    ts = await office.post()
    message = office.slack.message("leads", ts)
    await office.slack.reacts("amy", message, "eyes")
    await office.slack.reacts("amy", message, "eyes")
    await office.client.reactions_add(channel=office.leads, timestamp=ts, name="eyes")
    assert office.slack.message("leads", ts).payload()["reactions"][0]["count"] == 2
    await office.slack.unreacts("amy", message, "eyes")
    await office.client.reactions_remove(channel=office.leads, timestamp=ts, name="eyes")
    await office.slack.settle()

    told = [(one["type"], one["user"]) for one in events(office.slack) if "reaction" in one["type"]]
    amy, bot = office.slack.person_id("amy"), "U0BOT0000"
    assert sorted(told) == sorted(
        (kind, who) for kind in ("reaction_added", "reaction_removed") for who in (amy, bot)
    )
    assert "reactions" not in office.slack.message("leads", ts).payload()


async def test_a_message_is_pinned_once_and_found_again(office: Office) -> None:
    ts = await office.post("Read this")
    await office.client.pins_add(channel=office.leads, timestamp=ts)
    with pytest.raises(SlackApiError, match="already_pinned"):
        await office.client.pins_add(channel=office.leads, timestamp=ts)
    [item] = (await office.client.pins_list(channel=office.leads))["items"]
    await office.client.pins_remove(channel=office.leads, timestamp=ts)

    assert item["message"]["pinned_to"] == [office.leads]
    with pytest.raises(SlackApiError, match="no_pin"):
        await office.client.pins_remove(channel=office.leads, timestamp=ts)


async def test_a_bookmark_is_changed(office: Office) -> None:
    made = await office.client.bookmarks_add(
        channel_id=office.leads, title="Guide", type="link", link="https://a.test"
    )
    number = made["bookmark"]["id"]
    await office.client.bookmarks_edit(bookmark_id=number, channel_id=office.leads, title="The guide")

    [shown] = (await office.client.bookmarks_list(channel_id=office.leads))["bookmarks"]
    assert (shown["title"], shown["link"]) == ("The guide", "https://a.test")


async def test_a_group_dm_is_opened_once_and_its_people_speak_in_it(office: Office) -> None:
    users = [office.slack.person_id(one) for one in ("ben", "amy")]
    opened = await office.client.conversations_open(users=users, return_im=True)
    again = await office.client.conversations_open(users=users[::-1])
    place = opened["channel"]["id"]
    await office.client.chat_postMessage(channel=place, text="You two")
    said = await office.slack.says("amy", place, "Yes?")

    assert again["channel"]["id"] == place
    assert (opened["channel"]["is_mpim"], opened["channel"]["name"]) == (True, "mpdm-amy--ben--bot-1")
    assert said.answers[0].payload["event"]["channel_type"] == "mpim"
    with pytest.raises(NotOnScreen):
        await office.slack.says("hal", place, "Me too")
    listed = (await office.client.conversations_list(types="mpim"))["channels"]
    assert [one["id"] for one in listed] == [place]


async def test_an_app_hears_of_metadata_that_it_subscribed_to(clock: Clock) -> None:
    wanted = [{"app_id": "A0BOT0000", "event_type": "card"}]
    manifest = {"settings": {"event_subscriptions": {"metadata_subscriptions": wanted}}}
    async with (
        Playground.running(office_workspace(), now=clock, manifest=manifest, limits=False) as slack,
        Office.running(slack) as office,
    ):
        await office.post(metadata={"event_type": "other", "event_payload": {}})
        ts = await office.post(metadata={"event_type": "card", "event_payload": {"id": "1"}})
        new = {"event_type": "card", "event_payload": {"id": "2"}}
        await office.client.chat_update(channel=office.leads, ts=ts, text="New", metadata=new)
        await office.client.chat_update(channel=office.leads, ts=ts, text="Newer")
        await office.client.chat_delete(channel=office.leads, ts=ts)
        await slack.settle()
        told = events(slack)

    kinds = [one["type"].removeprefix("message_metadata_") for one in told]
    assert kinds == ["posted", "updated", "deleted"]
    assert [one.get("metadata", {}).get("event_payload") for one in told] == [{"id": "1"}, {"id": "2"}, None]
    assert told[1]["previous_metadata"]["event_payload"] == {"id": "1"}
    assert {one["message_ts"] for one in told} == {ts}


async def upload(office: Office, name: str = "chart.png") -> str:
    got = await office.client.files_getUploadURLExternal(filename=name, length=len(PNG), alt_txt="A chart")
    session = office.client.session
    assert session is not None
    async with session.post(got["upload_url"], data=PNG) as sent:
        assert sent.status == 200
    await office.client.files_completeUploadExternal(files=[{"id": got["file_id"], "title": "Chart"}])
    return str(got["file_id"])


async def test_a_picture_is_uploaded_then_shown_in_a_block(office: Office) -> None:
    number = await upload(office)
    picture = {"type": "image", "slack_file": {"id": number}, "alt_text": "A chart of the week"}
    ts = await office.post(blocks=[picture])
    info = (await office.client.files_info(file=number))["file"]

    assert (info["mimetype"], info["filetype"], info["alt_txt"]) == ("image/png", "png", "A chart")
    assert office.slack.message("leads", ts).blocks[0]["slack_file"] == {"id": number}
    await office.client.files_delete(file=number)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await office.client.files_info(file=number)


@pytest.mark.parametrize("name", ["", "table.csv"])
async def test_a_block_shows_only_pictures_that_are_here(office: Office, name: str) -> None:
    number = await upload(office, name) if name else "F404"
    picture = {"type": "image", "slack_file": {"id": number}, "alt_text": "A chart"}
    inside = {"type": "container", "title": {"type": "plain_text", "text": "More"}, "child_blocks": [picture]}
    for block in (inside, picture):
        with pytest.raises(SlackApiError) as refused:
            await office.post(blocks=[block])
        assert refused.value.response["error"] == "invalid_blocks"
        assert "invalid slack file" in refused.value.response["response_metadata"]["messages"][0]


async def test_a_modal_takes_files_of_its_kinds_and_number(office: Office) -> None:
    sent: list[dict[str, Any]] = []
    files = {"type": "file_input", "action_id": "files", "filetypes": ["csv"], "max_files": 1}

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        await office.client.views_open(trigger_id=body["trigger_id"], view=modal(field_block("List", files)))
        await ack()

    @office.app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        sent.extend(view["state"]["values"]["list"]["files"]["files"])
        await ack()

    await office.slack.command("amy", "leads", "/form")
    with pytest.raises(NotOnScreen, match="csv"):
        await office.slack.attaches("amy", "List", "chart.png", PNG)
    await office.slack.attaches("amy", "List", "leads.csv", b"name\n")
    with pytest.raises(NotOnScreen, match="at most 1"):
        await office.slack.attaches("amy", "List", "more.csv", b"name\n")
    await office.slack.submit("amy")

    [file] = sent
    assert (file["name"], file["user"]) == ("leads.csv", office.slack.person_id("amy"))
    session = office.client.session
    assert session is not None
    async with session.get(
        file["url_private_download"], headers={"Authorization": f"Bearer {office.client.token}"}
    ) as got:
        assert await got.read() == b"name\n"


async def test_a_reply_that_is_shown_in_the_channel_too_says_so(office: Office) -> None:
    root = await office.post("Root")
    ts = await office.post("Look", thread_ts=root, reply_broadcast=True)

    shown = (await office.client.conversations_history(channel=office.leads))["messages"]
    assert [(one["ts"], one.get("subtype")) for one in shown] == [(ts, "thread_broadcast"), (root, None)]
