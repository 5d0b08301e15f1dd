"""The versions of the agreement as they are kept: one after the other, whoever changes it, in whatever process."""

import asyncio
from typing import Any

import pytest

from bot.errors import Hopeless, Refused
from bot.reasons import REASONS
from bot.settings import Written
from storage.db import Database
from storage.versions import Versions
from storage.workspace import Workspace
from tests.bot.examples import AMY, HAL
from tests.storage.desk import DAY, NOW, Desk, names

FILE: dict[str, Any] = {"channels.leads": "C0LEADS", "people.admins": [HAL.email]}


async def begun(desk: Desk, file: Written = FILE) -> Versions:
    """A workspace whose file was read."""
    await Workspace(desk.space).keep("Europe/London", "a")
    versions = Versions(desk.space)
    await versions.begin(file, NOW)
    return versions


async def calls(versions: Versions, reason: str) -> None:
    """A reason by another name."""
    agreement = await versions.in_force()
    assert agreement is not None
    label = {f"reasons.{reason}": "So be it"}
    await versions.change(HAL.slack_id, agreement, lambda newest: {**newest, **label}, NOW)


async def says(versions: Versions, **told: Any) -> None:
    """In Slack, of the ladder."""
    agreement = await versions.in_force()
    assert agreement is not None
    more = {f"ladder.{key}": value for key, value in told.items()}
    await versions.change(HAL.slack_id, agreement, lambda newest: {**newest, **more}, NOW + DAY)


async def test_the_first_start_tells_nobody_and_the_same_file_again_changes_nothing(desk: Desk) -> None:
    versions = await begun(desk)

    again = await versions.begin(FILE, NOW + DAY)

    assert again.version == 1
    assert names(await desk.take()) == []


async def test_a_version_keeps_who_when_and_what_was_before(desk: Desk) -> None:
    versions = await begun(desk)
    await says(versions, most=3)

    second = await versions.get(2)

    assert second is not None
    assert (second.by, second.at, second.changes) == (HAL.slack_id, NOW + DAY, {"ladder.most": (None, 3)})
    assert await versions.newer_than(2) is None
    newer = await versions.newer_than(1)
    assert newer is not None
    assert newer.settings.ladder.most == 3


async def test_who_is_no_admin_keeps_no_version(desk: Desk) -> None:
    versions = await begun(desk)
    agreement = await versions.in_force()
    assert agreement is not None

    with pytest.raises(Refused, match="An admin decides this"):
        await versions.change(AMY.slack_id, agreement, lambda newest: {**newest, "ladder.most": 3}, NOW)

    assert await versions.get(2) is None


async def test_ten_who_change_at_once_make_ten_versions_and_none_is_lost(desk: Desk) -> None:
    versions = await begun(desk)
    codes = list(REASONS)[:10]

    await asyncio.gather(*(calls(versions, code) for code in codes))

    newest = await versions.get(11)
    assert newest is not None
    assert {f"reasons.{code}": "So be it" for code in codes}.items() <= newest.written.items()


async def test_what_slack_changed_holds_at_the_next_start_and_is_named_until_the_file_says_so(
    desk: Desk,
) -> None:
    versions = await begun(desk)
    await says(versions, most=3)

    holds = await versions.begin({**FILE, "ladder.most": 4}, NOW + 2 * DAY)

    assert (holds.version, holds.settings.ladder.most) == (2, 3)
    [kept] = await versions.kept({**FILE, "ladder.most": 4})
    assert kept.sentence == f"ladder.most: 3 holds, as {HAL.name} said in Slack on 24 Nov; app.yaml says 4."
    assert await versions.kept({**FILE, "ladder.most": 3}) == []


async def test_a_file_that_is_changed_after_it_was_read_counts_again(desk: Desk) -> None:
    versions = await begun(desk)
    await says(versions, most=3)
    await versions.begin(FILE, NOW + 2 * DAY)

    holds = await versions.begin({**FILE, "ladder.most": 4}, NOW + 3 * DAY)

    assert (holds.version, holds.settings.ladder.most) == (3, 4)
    third = await versions.get(3)
    assert third is not None
    assert (third.by, third.changes) == (None, {"ladder.most": (3, 4)})


async def test_a_file_that_does_not_fit_what_slack_changed_stops_the_start_and_changes_nothing(
    desk: Desk,
) -> None:
    versions = await begun(desk)
    await says(versions, **{"hot.remind": "10m"})

    with pytest.raises(Hopeless, match=r"do not fit together.*breach"):
        await versions.begin({**FILE, "ladder.hot.breach": "8m"}, NOW)

    assert await versions.get(3) is None
    assert await versions.file() == FILE


async def test_a_workspace_has_its_own_agreement(desk: Desk, db: Database) -> None:
    versions = await begun(desk)
    other = await begun(await Desk.at(db, "T2"))
    await says(versions, most=3)

    assert await other.get(2) is None
    assert (await other.begin(FILE, NOW)).settings.ladder.most == 5
