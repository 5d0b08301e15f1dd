"""What the workspace's admin does: people come, change and go; channels are made, shared and archived."""

from typing import Any

import pytest

from playground.errors import NotOnScreen
from playground.server import Playground
from tests.playground.office import Clock, Office, office_workspace


def events(office: Office, *kinds: str) -> list[dict[str, Any]]:
    """Give the events sent so far, each once, of these kinds alone if any are named."""
    sent = {one.payload["event_id"]: one.payload["event"] for one in office.slack.answers("events_api")}
    return [one for one in sent.values() if not kinds or one["type"] in kinds]


async def test_a_status_is_told_and_ends_by_itself_when_its_time_is_over(
    office: Office, clock: Clock
) -> None:
    until = int(clock().timestamp()) + 3600
    await office.slack.changes("amy", status="On holiday", status_emoji=":palm_tree:", status_until=until)
    user = office.slack.person_id("amy")
    during = (await office.client.users_profile_get(user=user))["profile"]
    clock.forward(minutes=59)
    await office.slack.settle()
    assert len(events(office, "user_change")) == 1
    clock.forward(minutes=1)
    await office.slack.settle()
    after = (await office.client.users_info(user=user))["user"]["profile"]

    assert (during["status_text"], during["status_emoji"], during["status_expiration"]) == (
        "On holiday",
        ":palm_tree:",
        until,
    )
    assert (after["status_text"], after["status_emoji"], after["status_expiration"]) == ("", "", 0)
    told = [one["user"]["profile"]["status_text"] for one in events(office, "user_change")]
    assert told == ["On holiday", ""]


async def test_a_time_zone_is_changed_and_read_with_its_offset(office: Office) -> None:
    await office.slack.changes("amy", tz="Asia/Tokyo")

    user = (await office.client.users_info(user=office.slack.person_id("amy"), include_locale=True))["user"]
    assert (user["tz"], user["tz_offset"], user["locale"]) == ("Asia/Tokyo", 9 * 3600, "en-GB")
    assert [one["type"] for one in events(office)] == ["user_change"]


@pytest.mark.parametrize(
    "what", [{"tz": "Mars/North"}, {"status_until": "tomorrow"}, {"shoe_size": 43}, {"id": "U1"}]
)
async def test_what_a_person_cannot_be_is_refused_and_nothing_has_changed(
    office: Office, what: dict[str, Any]
) -> None:
    before = (await office.client.users_info(user=office.slack.person_id("amy")))["user"]
    with pytest.raises(NotOnScreen):
        await office.slack.changes("amy", **what)

    assert (await office.client.users_info(user=office.slack.person_id("amy")))["user"] == before
    assert events(office) == []


async def test_who_leaves_the_company_is_in_no_channel_and_no_group_and_can_do_nothing(
    office: Office,
) -> None:
    amy = office.slack.person_id("amy")
    await office.slack.changes("amy", deactivated=True)

    [event] = events(office, "user_change")
    assert event["user"]["deleted"] is True
    assert amy not in (await office.client.conversations_members(channel=office.leads))["members"]
    [group] = (await office.client.usergroups_list(include_users=True))["usergroups"]
    assert amy not in (await office.client.usergroups_users_list(usergroup=group["id"]))["users"]
    with pytest.raises(NotOnScreen):
        await office.slack.says("amy", "leads", "Still here")
    await office.slack.changes("amy", deactivated=False)
    await office.slack.says("amy", "leads", "Back again")


async def test_somebody_new_is_told_of_and_is_in_their_channels(office: Office) -> None:
    await office.slack.arrives(
        "kim", real_name="Kim Lee", email="kim@acme.test", channels=["leads", "random"]
    )

    joined, came = events(office)
    assert joined["type"] == "team_join"
    assert joined["user"]["profile"]["real_name"] == "Kim Lee"
    assert (came["type"], came["channel"]) == (
        "member_joined_channel",
        office.leads,
    )  # in the other it is not
    found = await office.client.users_lookupByEmail(email="kim@acme.test")
    assert found["user"]["id"] == came["user"]
    with pytest.raises(NotOnScreen):
        await office.slack.arrives("kim")


async def test_a_channel_shared_with_another_company_says_so_everywhere(office: Office) -> None:
    await office.slack.arrives("sam", external=True, email="sam@other.test")
    with pytest.raises(NotOnScreen, match="not shared"):
        await office.slack.joins("sam", "leads")
    await office.slack.changes_channel("leads", shared=True)
    await office.slack.joins("sam", "leads")
    said = await office.slack.says("sam", "leads", "Hello from outside")

    [shared] = events(office, "channel_shared")
    assert (shared["channel"], shared["connected_team_id"]) == (office.leads, "T0ELSEWHERE")
    info = (await office.client.conversations_info(channel=office.leads))["channel"]
    assert (info["is_ext_shared"], info["connected_team_ids"]) == (True, ["T0ELSEWHERE"])
    [joined] = events(office, "member_joined_channel")
    assert joined["team"] == "T0ELSEWHERE"
    assert said.answers[0].payload["is_ext_shared_channel"] is True
    sam = (await office.client.users_info(user=said.message.user))["user"]
    assert sam["is_stranger"] is True
    assert "email" not in sam["profile"]

    await office.slack.changes_channel("leads", shared=False)
    assert [one["is_ext_shared"] for one in events(office, "channel_unshared")] == [False]
    assert (
        said.message.user not in (await office.client.conversations_members(channel=office.leads))["members"]
    )


async def test_a_private_channel_tells_its_own_kind_of_events(office: Office) -> None:
    await office.slack.changes_channel("board", name="boardroom")
    await office.slack.changes_channel("boardroom", archived=True)
    await office.slack.changes_channel("boardroom", archived=False)
    await office.slack.removes_bot("boardroom")

    told = [one["type"] for one in events(office)]
    assert told == ["group_rename", "group_archive", "group_unarchive", "group_left"]


async def test_a_removed_bot_hears_that_it_left_and_nothing_more(office: Office) -> None:
    await office.slack.removes_bot("leads")
    await office.slack.says("amy", "leads", "Is it gone?")
    with pytest.raises(Exception, match="not_in_channel"):
        await office.post("Hello?")
    await office.slack.invites_bot("leads")

    assert [one["type"] for one in events(office)] == ["channel_left", "member_joined_channel"]


async def test_who_leaves_a_channel_is_told_of(office: Office) -> None:
    await office.slack.leaves("ben", "leads")

    [event] = events(office)
    assert (event["type"], event["user"]) == ("member_left_channel", office.slack.person_id("ben"))


async def test_a_new_channel_is_told_of_unless_it_is_private(office: Office) -> None:
    await office.slack.makes_channel("leads-dach", members=["amy"], bot=True)
    await office.slack.makes_channel("whispers", private=True)

    assert [one["type"] for one in events(office)] == ["channel_created", "member_joined_channel"]
    ts = (await office.client.chat_postMessage(channel="#leads-dach", text="Hallo"))["ts"]
    assert office.slack.message("leads-dach", str(ts)).text == "Hallo"
    with pytest.raises(NotOnScreen):
        await office.slack.makes_channel("leads")


async def test_an_app_may_want_to_hear_of_a_status_alone(clock: Clock) -> None:
    subscribed = {"bot_events": ["user_status_changed"]}
    manifest = {"settings": {"event_subscriptions": subscribed}}
    async with Playground.running(office_workspace(), now=clock, manifest=manifest) as slack:
        await slack.changes("amy", tz="Asia/Tokyo")
        [told] = await slack.changes("amy", status="At lunch")

    assert told.payload["event"]["type"] == "user_status_changed"


async def test_who_is_in_a_group_is_changed_and_told(office: Office) -> None:
    await office.slack.changes_group("sales", ["amy", "hal"])

    [event] = events(office)
    ben, hal = office.slack.person_id("ben"), office.slack.person_id("hal")
    assert (event["type"], event["added_users"], event["removed_users"]) == (
        "subteam_members_changed",
        [hal],
        [ben],
    )
    users = (await office.client.usergroups_users_list(usergroup=event["subteam_id"]))["users"]
    assert users == [office.slack.person_id("amy"), hal]


async def test_who_does_not_want_to_be_disturbed_is_so_until_the_time_is_over(
    office: Office, clock: Clock
) -> None:
    until = int(clock().timestamp()) + 600
    await office.slack.changes("amy", dnd_until=until)
    user = office.slack.person_id("amy")
    during = await office.client.dnd_info(user=user)
    clock.forward(minutes=10)
    after = await office.client.dnd_teamInfo(users=[user])

    assert [one["dnd_status"]["dnd_enabled"] for one in events(office, "dnd_updated_user")] == [True]
    assert (during["dnd_enabled"], during["next_dnd_end_ts"]) == (True, until)
    assert after["users"][user] == {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
