"""Stories of pictures: handed to Slack before their message is shown, which never waits long for them."""

from datetime import timedelta
from typing import Any

import pytest

from playground.things import Message
from tests.handlers.test_retros import closes, deal, head, heads
from tests.removals import is_removed
from tests.world import World, lead

A_WHILE = timedelta(minutes=3)
METHODS = ("files.getUploadURLExternal", "files.completeUploadExternal", "files.info")
TROUBLE: dict[str, dict[str, Any]] = {
    "429": {"retry_after": 7},
    "500": {"status": 500},
    "internal_error": {"error": "internal_error"},
    "the answer is lost": {"lose": "answer"},
    "the request is lost": {"lose": "request"},
}


def pictures(message: Message) -> list[dict[str, Any]]:
    return [block for block in message.blocks if block["type"] == "image"]


@pytest.mark.postgres
async def test_the_head_of_a_retro_has_its_timeline_as_a_picture(world: World) -> None:
    thread = await closes(world)

    [picture] = pictures(thread)
    assert picture["alt_text"].startswith("Timeline of Globex rollout: lost: one bar from 1 Sep 2026")
    assert "Marked: 1 Sep 2026 First touch; 23 Nov 2026 Handed over" in picture["alt_text"]
    kept = world.slack.desk.store.files[picture["slack_file"]["id"]]
    assert kept.content is not None
    assert kept.content.startswith(b"\x89PNG")
    assert kept.alt_text == picture["alt_text"]


async def test_no_channel_sees_the_file_before_its_message(world: World) -> None:
    await closes(world)

    [call] = world.slack.calls("files.completeUploadExternal")
    assert "channel_id" not in call.args
    assert "channels" not in call.args
    assert not [each for each in world.slack.messages("leads") if each.files]


async def test_what_has_not_changed_is_not_drawn_again(world: World) -> None:
    await closes(world)

    await world.crm_sends(deal(amount="13000"))
    await world.time_passes(minutes=5)

    assert "13,000 EUR" in head(world).text
    assert len(pictures(head(world))) == 1
    assert len(world.slack.calls("files.completeUploadExternal")) == 1


async def test_news_that_changes_the_timeline_changes_the_picture(world: World) -> None:
    thread = await closes(world)

    await world.crm_sends(deal(opened_at="2026-09-15"))
    await world.time_passes(minutes=5)

    [before], [after] = pictures(thread), pictures(head(world))
    assert after["slack_file"] != before["slack_file"]
    assert "15 Sep 2026 Deal opened" in after["alt_text"]
    assert list(world.slack.desk.store.files) == [after["slack_file"]["id"]]


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
async def test_through_all_trouble_there_is_one_head_with_one_picture(
    world: World, method: str, trouble: dict[str, Any]
) -> None:
    world.slack.fail(method, **trouble)

    await closes(world)
    await world.settles(within=A_WHILE)

    assert len(pictures(head(world))) == 1


async def test_a_lost_answer_is_looked_for_before_the_picture_is_handed_over_again(world: World) -> None:
    world.slack.fail("files.completeUploadExternal", lose="answer")

    await closes(world)
    await world.settles(within=A_WHILE)

    assert len(pictures(head(world))) == 1
    assert len(world.slack.calls("files.getUploadURLExternal")) == 1


@pytest.mark.parametrize("error", ["missing_scope", "file_uploads_disabled", "storage_limit_reached"])
async def test_where_pictures_may_not_be_handed_over_the_head_stands_without(
    world: World, error: str
) -> None:
    world.slack.fail("files.getUploadURLExternal", error=error, times=99)

    thread = await closes(world)

    assert "From first touch to close: 83 days." in thread.text
    assert pictures(thread) == []


async def test_a_head_waits_two_minutes_for_its_picture_and_then_stands_without(world: World) -> None:
    world.slack.fail("files.getUploadURLExternal", status=503, times=99)
    await world.crm_sends(lead())
    await world.crm_sends(deal())
    await world.time_passes(minutes=31)
    assert heads(world) == []

    await world.minutes_go_by(3, step=1)

    assert pictures(head(world)) == []


@pytest.mark.parametrize("how", [{"patience": timedelta(seconds=20)}], ids=[""])
async def test_where_a_lease_is_too_short_for_a_picture_the_head_stands_without(world: World) -> None:
    thread = await closes(world)

    assert pictures(thread) == []
    assert world.slack.calls("files.getUploadURLExternal") == []


async def test_a_head_whose_picture_somebody_deleted_is_shown_without(world: World) -> None:
    thread = await closes(world)
    [picture] = pictures(thread)
    del world.slack.desk.store.files[picture["slack_file"]["id"]]

    await world.crm_sends(deal(amount="13000"))
    await world.time_passes(minutes=5)

    assert "13,000 EUR" in head(world).text
    assert pictures(head(world)) == []


async def test_a_head_that_a_person_deleted_does_not_come_back_with_its_picture(world: World) -> None:
    thread = await closes(world)
    await world.slack.deletes("hal", thread)

    await world.crm_sends(deal(opened_at="2026-09-15"))
    await world.time_passes(minutes=5)

    assert heads(world) == []


def files(world: World) -> list[str]:
    """All that Slack has of ours, in words."""
    kept = world.slack.desk.store.files.values()
    return [f"{each.name} {each.title} {each.alt_text}" for each in kept]


async def looked_back_at_pat(world: World) -> Message:
    thread = await closes(world, name="Globex for Pat Doe")
    assert ["Pat Doe" in each for each in files(world)] == [True]
    return thread


@pytest.mark.postgres
@pytest.mark.parametrize("trouble", [{}, {"status": 503, "times": 3}, {"lose": "answer"}], ids=str)
async def test_of_who_is_removed_no_picture_stays_as_a_file(world: World, trouble: dict[str, Any]) -> None:
    await looked_back_at_pat(world)
    if trouble:
        world.slack.fail("files.delete", **trouble)

    await is_removed(world, "pat@globex.test")
    await world.minutes_go_by(10, step=2)

    [picture] = pictures(head(world))
    assert list(world.slack.desk.store.files) == [picture["slack_file"]["id"]]
    assert [each for each in [*files(world), str(head(world).blocks)] if "Pat Doe" in each] == []
    assert "[removed]" in picture["alt_text"]


async def test_where_a_new_picture_is_not_to_be_had_the_old_one_goes_all_the_same(world: World) -> None:
    await looked_back_at_pat(world)
    world.slack.fail("files.getUploadURLExternal", error="storage_limit_reached", times=99)

    await is_removed(world, "pat@globex.test")
    await world.minutes_go_by(4, step=2)

    assert pictures(head(world)) == []
    assert files(world) == []


async def test_the_picture_of_a_head_that_a_person_deleted_goes_with_who_is_removed(world: World) -> None:
    thread = await looked_back_at_pat(world)
    await world.slack.deletes("hal", thread)

    await world.crm_sends(deal(name="Globex for Pat Doe", amount="13000"))
    await world.time_passes(minutes=5)
    assert heads(world) == []
    await is_removed(world, "pat@globex.test")
    await world.minutes_go_by(4, step=2)

    assert files(world) == []
