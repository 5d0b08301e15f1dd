"""Posts: begun before they are sent, known by their `ts` afterwards, within what a workspace takes."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import Later
from storage.posts import POSTS, UPDATES, Post
from tests.storage.desk import MINUTE, NOW, SECOND, Desk, drawing, names


async def begun(desk: Desk, about: str = "lead-1") -> Post:
    return await desk.posts.begin("card", about, NOW)


async def in_slack(desk: Desk, about: str = "lead-1", ts: str = "1.000001") -> Post:
    post = await begun(desk, about)
    await desk.posts.keep(post, channel="C1", thread=None, ts=ts, shown_hash="abc")
    found = await desk.posts.find("card", about)
    assert found
    return found


async def test_a_post_is_marked_as_being_sent_before_anything_is_sent(desk: Desk) -> None:
    assert await desk.posts.find("card", "lead-1") is None

    before = await begun(desk)
    kept = await desk.posts.find("card", "lead-1")

    assert (before.ts, before.sending_at) == (None, None)  # nobody tried before
    assert kept
    assert (kept.id, kept.sending_at) == (before.id, NOW)


async def test_who_begins_after_a_lost_answer_knows_that_it_was_sent(desk: Desk) -> None:
    await begun(desk)

    again = await desk.posts.begin("card", "lead-1", NOW + MINUTE)

    assert again.sending_at == NOW


async def test_a_post_that_is_there_is_not_marked_again(desk: Desk) -> None:
    await in_slack(desk)

    again = await desk.posts.begin("card", "lead-1", NOW + MINUTE)

    assert (again.ts, again.sending_at, again.channel) == ("1.000001", None, "C1")


async def test_what_follows_a_post_is_kept_with_it(desk: Desk) -> None:
    post = await begun(desk)

    await desk.posts.keep(post, channel="C1", thread=None, ts="1.1", shown_hash="a", then=[drawing("next")])

    assert names(await desk.take()) == ["next"]


async def test_what_slack_refused_was_not_sent(desk: Desk) -> None:
    post = await begun(desk)
    await desk.posts.looked(post)

    await desk.posts.not_sent(post)

    kept = await desk.posts.find("card", "lead-1")
    assert kept
    assert (kept.sending_at, kept.looks) == (None, 0)


async def test_each_look_for_a_lost_answer_is_counted(desk: Desk) -> None:
    await desk.posts.looked(await begun(desk))

    kept = await desk.posts.find("card", "lead-1")

    assert kept
    assert kept.looks == 1


async def test_a_post_that_a_person_deleted_has_no_place_any_more(desk: Desk) -> None:
    post = await in_slack(desk)

    await desk.posts.gone(post, [drawing("again")])

    kept = await desk.posts.find("card", "lead-1")
    assert kept
    assert (kept.ts, kept.shown_hash, kept.deleted) == (None, None, 1)
    assert names(await desk.take()) == ["again"]


async def test_the_newest_post_of_a_channel_is_known(desk: Desk) -> None:
    assert await desk.posts.newest_ts("C1") is None

    await in_slack(desk, "lead-1", "1700000002.000001")
    await in_slack(desk, "lead-2", "1700000001.000009")

    assert await desk.posts.newest_ts("C1") == "1700000002.000001"


async def test_the_same_post_begun_by_two_at_once_is_one(desk: Desk) -> None:
    posts = await asyncio.gather(*(begun(desk) for _ in range(8)))

    assert len({post.id for post in posts}) == 1
    assert sum(post.sending_at is None for post in posts) == 1  # one is the first, the others know


async def test_posts_beyond_what_a_workspace_takes_wait_and_are_not_begun(desk: Desk) -> None:
    for number in range(POSTS.burst):
        await begun(desk, f"lead-{number}")

    with pytest.raises(Later) as too_many:
        await begun(desk, "one more")

    assert timedelta() < too_many.value.wait <= SECOND
    assert await desk.posts.find("card", "one more") is None
    await desk.posts.begin("card", "one more", NOW + too_many.value.wait)


async def test_updates_have_a_ceiling_of_their_own(desk: Desk) -> None:
    for _ in range(UPDATES.burst):
        await desk.posts.take_update(NOW)

    with pytest.raises(Later):
        await desk.posts.take_update(NOW)

    await begun(desk)


async def test_a_minute_holds_as_many_as_the_ceiling_says(desk: Desk) -> None:
    taken, at = 0, NOW
    while at < NOW + MINUTE:
        try:
            await desk.posts.take_update(at)
            taken += 1
        except Later as later:
            at += later.wait

    assert taken in (UPDATES.per_minute + UPDATES.burst - 1, UPDATES.per_minute + UPDATES.burst)
