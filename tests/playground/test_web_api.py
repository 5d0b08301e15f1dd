"""The Web API as Slack answers it: what is refused, with which code."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground
from tests.playground.office import Clock, actions, button, modal, office_workspace, section, web_client


@pytest.fixture
async def client(slack: Playground) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield web_client(slack, session)


async def code(client: AsyncWebClient, method: str, **args: Any) -> str:
    """Give the error code of a call, or "ok"."""
    try:
        await client.api_call(method, json=args)
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("leads", "ok"),
        ("random", "not_in_channel"),
        ("secret", "channel_not_found"),
        ("old", "is_archived"),
    ],
)
async def test_the_bot_writes_only_where_it_may(
    slack: Playground, client: AsyncWebClient, channel: str, expected: str
) -> None:
    place = slack.channel_id(channel)
    assert await code(client, "chat.postMessage", channel=place, text="Hello") == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, "no_text"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "c" * 8000}}},
            "metadata_too_large",
        ),
        ({"blocks": [section("x" * 2900)] * 4}, "msg_blocks_too_long"),
        ({"blocks": [{"type": "surprise"}]}, "invalid_blocks"),
    ],
)
async def test_a_message_that_slack_would_not_take_is_refused(
    slack: Playground, client: AsyncWebClient, args: dict[str, Any], expected: str
) -> None:
    assert await code(client, "chat.postMessage", channel=slack.channel_id("leads"), **args) == expected


async def test_the_name_of_a_channel_is_good_for_posting(slack: Playground, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#leads", text="Hello")

    assert [one.text for one in slack.messages("leads")] == ["Hello"]


async def test_a_message_to_a_person_opens_the_dm_and_the_answer_names_it(
    slack: Playground, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel=slack.person_id("amy"), text="Hello")

    assert str(answer["channel"]).startswith("D")
    assert [one.text for one in slack.dms("amy")] == ["Hello"]
    assert await code(client, "chat.postMessage", channel=slack.person_id("zoe"), text="Bye") == "ok"
    assert await code(client, "conversations.open", users=slack.person_id("zoe")) == "user_disabled"


async def test_every_message_has_its_own_later_ts_while_the_clock_stands_still(
    slack: Playground, client: AsyncWebClient
) -> None:
    leads = slack.channel_id("leads")
    stamps = [(await client.chat_postMessage(channel=leads, text="x"))["ts"] for _ in range(5)]

    assert stamps == sorted(set(stamps))


async def test_a_text_over_4040_characters_becomes_several_messages(
    slack: Playground, client: AsyncWebClient
) -> None:
    leads = slack.channel_id("leads")
    await client.chat_postMessage(channel=leads, text="x" * 4040)
    await client.chat_postMessage(channel=leads, text="x" * 4041)

    assert [len(one.text) for one in slack.messages("leads")] == [4040, 4000, 41]


async def test_an_update_changes_the_bots_own_messages_only(
    slack: Playground, client: AsyncWebClient
) -> None:
    leads = slack.channel_id("leads")
    mine = (await client.chat_postMessage(channel=leads, text="a", blocks=[section()]))["ts"]
    theirs = (await slack.says("amy", "leads", "Morning")).ts

    assert await code(client, "chat.update", channel=leads, ts=mine, text="b") == "ok"
    assert await code(client, "chat.update", channel=leads, ts=theirs, text="b") == "cant_update_message"
    assert await code(client, "chat.delete", channel=leads, ts=theirs) == "cant_delete_message"
    assert await code(client, "chat.update", channel=leads, ts="1.000001", text="b") == "message_not_found"
    assert await code(client, "chat.update", channel=leads, ts=mine, text="b" * 4001) == "msg_too_long"
    kept = slack.message("leads", mine)
    assert (kept.text, len(kept.blocks)) == ("b", 1)
    await client.chat_update(channel=leads, ts=mine, text="c", blocks=[])
    assert slack.message("leads", mine).blocks == []


async def test_metadata_is_kept_until_it_is_taken_away(slack: Playground, client: AsyncWebClient) -> None:
    leads, note = slack.channel_id("leads"), {"event_type": "out", "event_payload": {"id": "1"}}
    ts = (await client.chat_postMessage(channel=leads, text="a", metadata=note))["ts"]
    await client.chat_update(channel=leads, ts=ts, text="b")
    hidden = (await client.conversations_history(channel=leads))["messages"][0]
    shown = (await client.conversations_history(channel=leads, include_all_metadata=True))["messages"][0]
    await client.chat_update(channel=leads, ts=ts, text="b", metadata={})

    assert "metadata" not in hidden
    assert shown["metadata"] == note
    assert slack.message("leads", ts).metadata is None


async def test_history_comes_in_pages_newest_first_without_replies(
    slack: Playground, client: AsyncWebClient
) -> None:
    leads = slack.channel_id("leads")
    stamps = [(await client.chat_postMessage(channel=leads, text=str(n)))["ts"] for n in range(5)]
    await client.chat_postMessage(channel=leads, text="reply", thread_ts=stamps[0])
    first = await client.conversations_history(channel=leads, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=leads, limit=3, cursor=cursor)
    later = await client.conversations_history(channel=leads, oldest=stamps[3])
    thread = await client.conversations_replies(channel=leads, ts=stamps[0])

    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    assert first["has_more"] is True
    assert [one["text"] for one in second["messages"]] == ["1", "0"]
    assert second["messages"][1]["reply_count"] == 1
    assert [one["text"] for one in later["messages"]] == ["4"]
    assert [one["text"] for one in thread["messages"]] == ["0", "reply"]


async def test_an_ephemeral_message_is_for_a_member_and_for_nobody_else(
    slack: Playground, client: AsyncWebClient
) -> None:
    leads, amy, hal = slack.channel_id("leads"), slack.person_id("amy"), slack.person_id("hal")
    await client.chat_postEphemeral(channel=leads, user=amy, text="Only you")

    assert [one.text for one in slack.ephemerals("amy")] == ["Only you"]
    assert slack.ephemerals("ben") == []
    assert slack.messages("leads") == []
    assert (
        await code(client, "chat.postEphemeral", channel=leads, user=hal, text="x") == "user_not_in_channel"
    )


async def test_people_are_listed_with_their_flags_and_found_by_mail(
    slack: Playground, client: AsyncWebClient
) -> None:
    first = await client.users_list(limit=2)
    rest = await client.users_list(limit=10, cursor=first["response_metadata"]["next_cursor"])
    by_name = {one["name"]: one for one in [*first["members"], *rest["members"]]}
    found = await client.users_lookupByEmail(email="BEN@acme.test")

    assert set(by_name) == {"amy", "ben", "hal", "gus", "zoe", "bot"}
    assert by_name["zoe"]["deleted"] is True
    assert by_name["gus"]["is_restricted"] is True
    assert by_name["ben"]["tz_offset"] == 3600
    assert found["user"]["id"] == slack.person_id("ben")
    assert await code(client, "users.lookupByEmail", email="no@one.test") == "users_not_found"
    assert await code(client, "users.info", user="U0") == "user_not_found"


async def test_a_group_has_its_members(slack: Playground, client: AsyncWebClient) -> None:
    [group] = (await client.usergroups_list())["usergroups"]
    users = (await client.usergroups_users_list(usergroup=group["id"]))["users"]

    assert users == [slack.person_id("amy"), slack.person_id("ben")]


async def test_conversations_are_listed_by_type_and_hide_private_ones_without_the_bot(
    client: AsyncWebClient,
) -> None:
    answer = await client.conversations_list(types="public_channel,private_channel", exclude_archived=True)

    assert {one["name"] for one in answer["channels"]} == {"leads", "random", "board"}


async def test_the_bot_joins_a_public_channel_by_itself(slack: Playground, client: AsyncWebClient) -> None:
    await client.conversations_join(channel=slack.channel_id("random"))

    assert await code(client, "chat.postMessage", channel=slack.channel_id("random"), text="Hi") == "ok"


async def test_a_reaction_is_given_once_and_taken_once(slack: Playground, client: AsyncWebClient) -> None:
    leads = slack.channel_id("leads")
    ts = (await client.chat_postMessage(channel=leads, text="a"))["ts"]
    target = {"channel": leads, "timestamp": ts, "name": "eyes"}

    codes = [await code(client, f"reactions.{verb}", **target) for verb in ("add", "add", "remove", "remove")]

    assert codes == ["ok", "already_reacted", "ok", "no_reaction"]


async def test_a_home_tab_is_published_and_an_old_hash_loses(
    slack: Playground, client: AsyncWebClient
) -> None:
    amy = slack.person_id("amy")
    first = await client.views_publish(user_id=amy, view={"type": "home", "blocks": [section("One")]})
    args: dict[str, Any] = {"user_id": amy, "view": {"type": "home", "blocks": [section("Two")]}}
    await client.views_publish(**args, hash=first["view"]["hash"])

    assert await code(client, "views.publish", **args, hash=first["view"]["hash"]) == "hash_conflict"
    home = slack.home("amy")
    assert home is not None
    assert home.words.strip() == "Two"


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (modal(section(), title="x" * 25), "invalid_arguments"),
        (modal(section(), private_metadata="x" * 3001), "invalid_arguments"),
        (modal(*[section("x" * 2990) for _ in range(90)]), "view_too_large"),
        (modal({"type": "markdown", "text": "no"}), "invalid_arguments"),
        ({"type": "home", "blocks": []}, "invalid_arguments"),
    ],
)
async def test_a_modal_that_slack_would_not_open_is_refused(
    client: AsyncWebClient, view: dict[str, Any], expected: str
) -> None:
    assert await code(client, "views.open", trigger_id="any", view=view) == expected


async def test_a_file_is_uploaded_in_three_steps_and_posted(
    slack: Playground, client: AsyncWebClient
) -> None:
    await client.files_upload_v2(
        channel=slack.channel_id("leads"), content="a,b", filename="week.csv", initial_comment="The week"
    )

    [message] = slack.messages("leads")
    assert (message.text, message.files[0]["name"], message.files[0]["size"]) == ("The week", "week.csv", 3)


async def test_a_bookmark_is_added_listed_and_removed(slack: Playground, client: AsyncWebClient) -> None:
    leads = slack.channel_id("leads")
    made = await client.bookmarks_add(channel_id=leads, title="Home", type="link", link="https://acme.test")
    listed = await client.bookmarks_list(channel_id=leads)
    await client.bookmarks_remove(channel_id=leads, bookmark_id=made["bookmark"]["id"])

    assert [one["title"] for one in listed["bookmarks"]] == ["Home"]
    assert (await client.bookmarks_list(channel_id=leads))["bookmarks"] == []
    bad = {"channel_id": leads, "title": "x", "type": "link", "link": "ftp://x"}
    assert await code(client, "bookmarks.add", **bad) == "invalid_link"


async def test_who_has_no_good_token_gets_nothing(slack: Playground, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:
        stranger = AsyncWebClient(token="xoxb-other", base_url=f"{slack.url}/api/", session=session)
        nobody = AsyncWebClient(base_url=f"{slack.url}/api/", session=session)
        assert await code(stranger, "auth.test") == "invalid_auth"
        assert await code(nobody, "auth.test") == "not_authed"
    assert await code(client, "apps.connections.open") == "not_allowed_token_type"
    assert await code(client, "chat.shout") == "unknown_method"
    await slack.uninstalls()
    assert await code(client, "auth.test") == "account_inactive"


async def test_a_missing_scope_is_named(clock: Clock) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}}}
    async with (
        Playground.running(office_workspace(), now=clock, manifest=manifest) as slack,
        aiohttp.ClientSession() as session,
    ):
        client = web_client(slack, session)
        with pytest.raises(SlackApiError) as refused:
            await client.users_list()
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "users:read"
        assert refused.value.response["provided"] == "channels:read,chat:write"
        board = slack.channel_id("board")
        assert await code(client, "conversations.info", channel=board) == "missing_scope"


async def test_posts_faster_than_one_a_second_get_429_after_a_short_burst(clock: Clock) -> None:
    async with (
        Playground.running(office_workspace(), now=clock) as slack,
        aiohttp.ClientSession() as session,
    ):
        client, leads = web_client(slack, session), slack.channel_id("leads")
        codes = [await code(client, "chat.postMessage", channel=leads, text="x") for _ in range(5)]
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=leads, text="x")
        clock.forward(seconds=1)

        assert codes == ["ok"] * 4 + ["ratelimited"]
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "1"
        assert await code(client, "chat.postMessage", channel=slack.channel_id("board"), text="x") == "ok"
        assert await code(client, "chat.postMessage", channel=leads, text="x") == "ok"


async def test_a_tier_two_method_is_called_twenty_times_a_minute(clock: Clock) -> None:
    async with (
        Playground.running(office_workspace(), now=clock) as slack,
        aiohttp.ClientSession() as session,
    ):
        client = web_client(slack, session)
        codes = [await code(client, "users.list") for _ in range(21)]
        clock.forward(seconds=3)

        assert codes == ["ok"] * 20 + ["ratelimited"]
        assert await code(client, "users.list") == "ok"


async def test_the_old_copy_is_not_touched_by_what_comes_later(
    slack: Playground, client: AsyncWebClient
) -> None:
    leads = slack.channel_id("leads")
    ts = (await client.chat_postMessage(channel=leads, text="a", blocks=[actions(button())]))["ts"]
    old = slack.message("leads", ts)
    await client.chat_update(channel=leads, ts=ts, text="b", blocks=[section("b")])

    assert (old.buttons, slack.message("leads", ts).buttons) == (["Accept"], [])


async def test_arguments_come_as_a_form_or_a_query_and_the_token_among_them(slack: Playground) -> None:
    leads, token = slack.channel_id("leads"), slack.permission()["bot_token"]
    async with aiohttp.ClientSession() as session:
        form = {"channel": leads, "text": "x", "blocks": '[{"type": "divider"}]', "token": token}
        async with session.post(f"{slack.url}/api/chat.postMessage", data=form) as answer:
            posted = await answer.json()
        query = {"channel": leads, "limit": "1", "token": token}
        async with session.get(f"{slack.url}/api/conversations.history", params=query) as answer:
            read = await answer.json()

    assert posted["ok"] is True
    assert [one["blocks"][0]["type"] for one in read["messages"]] == ["divider"]


async def test_history_ends_where_it_is_told_to(slack: Playground, client: AsyncWebClient) -> None:
    leads = slack.channel_id("leads")
    stamps = [str((await client.chat_postMessage(channel=leads, text=str(n)))["ts"]) for n in range(3)]

    async def texts(**args: Any) -> list[str]:
        return [
            one["text"] for one in (await client.conversations_history(channel=leads, **args))["messages"]
        ]

    assert await texts(latest=stamps[1]) == ["0"]
    assert await texts(latest=stamps[1], inclusive=True) == ["1", "0"]
    assert await texts(oldest=stamps[1], inclusive=True) == ["2", "1"]


async def test_modals_are_three_deep_at_most(slack: Playground, client: AsyncWebClient) -> None:
    tickets, amy = slack.desk.tickets, slack.person_id("amy")
    await client.views_open(trigger_id=tickets.trigger(amy), view=modal(section()))
    pushes = [
        await code(client, "views.push", trigger_id=tickets.trigger(amy), view=modal(section(), title=str(n)))
        for n in range(3)
    ]
    await slack.close_modal("amy")
    top = slack.modal("amy")

    assert pushes == ["ok", "ok", "push_limit_reached"]
    assert top is not None
    assert top.title == "0"
