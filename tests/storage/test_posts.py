"""Posts: begun before they are sent, known by their `ts` afterwards, within what a workspace takes."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.errors import Later
from storage.posts import POSTS, UPDATES, Post, Posts
from tests.storage.desk import MINUTE, NOW, SECOND, Desk, drawing, names


async def begun(desk: Desk, about: str = "lead-1") -> Post:
    return await desk.posts.begin("card", about, NOW)


async def in_slack(desk: Desk, about: str = "lead-1", ts: str = "1.000001") -> Post:
    post = await begun(desk, about)
    await desk.posts.keep(post, channel="C1", thread=None, ts=ts, shown_hash="abc")
    found = await desk.posts.find("card", about)
    assert found
    return found


async def wait_of(desk: Desk, post: Post, now: datetime) -> timedelta:
    """How long it has to wait for its update."""
    with pytest.raises(Later) as later:
        await desk.posts.take_update(post, now)
    return later.value.wait


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
    post = await in_slack(desk)
    for _ in range(UPDATES.burst):
        await desk.posts.take_update(post, NOW)

    with pytest.raises(Later):
        await desk.posts.take_update(post, NOW)

    await begun(desk, "lead-2")


async def test_who_waits_for_an_update_has_a_turn_of_its_own_and_who_comes_later_is_behind(
    desk: Desk,
) -> None:
    posts = {name: await in_slack(desk, name) for name in ("first", "second", "third", "late")}
    for _ in range(UPDATES.burst):
        await desk.posts.take_update(posts["first"], NOW)

    turns = {name: NOW + await wait_of(desk, posts[name], NOW) for name in ("first", "second", "third")}

    assert [at - turns["first"] for at in turns.values()] == [number * UPDATES.step for number in range(3)]
    with pytest.raises(Later):
        await desk.posts.find_in_turn("card", "second", turns["first"])  # it need not be drawn before
    assert (
        await wait_of(desk, posts["late"], turns["first"]) == turns["third"] + UPDATES.step - turns["first"]
    )
    for name, at in turns.items():
        assert await desk.posts.find_in_turn("card", name, at)
        await desk.posts.take_update(posts[name], at)


async def test_each_that_waits_for_an_update_comes_once_more_and_no_oftener(desk: Desk) -> None:
    posts = [await in_slack(desk, f"lead-{number}") for number in range(8)]
    for _ in range(UPDATES.burst):
        await desk.posts.take_update(posts[0], NOW)
    coming, comes = [(NOW, post) for post in posts], 0
    while coming:
        at, post = coming.pop(0)
        comes += 1
        try:
            await desk.posts.take_update(post, at)
        except Later as later:
            coming.append((at + later.wait, post))

    assert comes == 2 * len(posts)


async def test_where_others_took_its_turn_elsewhere_it_waits_for_another(desk: Desk) -> None:
    post, theirs, elsewhere = await in_slack(desk), await in_slack(desk, "lead-2"), Posts(desk.space)
    for _ in range(UPDATES.burst):
        await desk.posts.take_update(post, NOW)
    turn = NOW + await wait_of(desk, post, NOW)
    await elsewhere.take_update(theirs, turn)

    wait = await wait_of(desk, post, turn)

    assert timedelta() < wait <= UPDATES.step
    await desk.posts.take_update(post, turn + wait)


async def test_a_minute_holds_as_many_as_the_ceiling_says(desk: Desk) -> None:
    post, taken, at = await in_slack(desk), 0, NOW
    while at < NOW + MINUTE:
        try:
            await desk.posts.take_update(post, at)
            taken += 1
        except Later as later:
            at += later.wait

    assert taken in (UPDATES.per_minute + UPDATES.burst - 1, UPDATES.per_minute + UPDATES.burst)
