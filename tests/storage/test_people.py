"""People and channels of a workspace, as Slack told of them last."""

import asyncio
from dataclasses import replace

from storage import people
from storage.db import Database
from tests.bot.examples import AMY, BEN, CHI
from tests.storage.desk import DAY, NOW, Desk, conflicts_of


async def test_a_person_comes_back_as_they_were_kept(desk: Desk) -> None:
    assert await desk.people.get("UCHI") == CHI
    assert await desk.people.get("UNOBODY") is None


async def test_what_slack_tells_later_takes_the_place_of_what_was_known(desk: Desk) -> None:
    left = replace(AMY, name="Amy Jones", deactivated=True)

    await desk.people.keep([left], NOW + DAY)

    assert await desk.people.get("UAMY") == left
    assert await desk.people.get("UBEN") == BEN


async def test_people_are_called_by_the_names_that_are_known(desk: Desk) -> None:
    assert await desk.people.names({"UAMY", "UNOBODY"}) == {"UAMY": "Amy"}
    assert await desk.people.names(set()) == {}


async def test_an_address_is_of_whoever_has_it_and_has_not_left(desk: Desk, db: Database) -> None:
    heir = replace(AMY, slack_id="UAMY2")
    await desk.people.keep([replace(AMY, deactivated=True), heir], NOW)

    found = await db.read(lambda session: people.by_email(session, "T1", "amy@acme.test"))

    assert found == heir


async def test_people_kept_at_once_in_any_order_never_lock_each_other_out(
    desk: Desk, db: Database, another: Database
) -> None:
    everyone = [replace(AMY, slack_id=f"U{number:03}") for number in range(100)]
    desks, conflicts = [desk, Desk.of(another)], conflicts_of(db, another)

    await asyncio.gather(
        *(desks[number % 2].people.keep(everyone[:: 1 if number % 3 else -1], NOW) for number in range(24))
    )

    assert conflicts == []


async def test_a_channel_is_kept_by_its_id_from_the_first_start(desk: Desk) -> None:
    await desk.people.keep_channel("#leads", "C1")
    await desk.people.keep_channel("#leads", "C2")
    await desk.people.keep_channel("#feedback", "C3")

    assert await desk.people.channels() == {"#leads": "C2", "#feedback": "C3"}
