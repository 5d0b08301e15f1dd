"""Stories of `people` left out: who is in the channel has every role; who is not is told where to go."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

import handlers.members
from storage.db import Database
from tests.world import SETTINGS, WITH_ROLES, World, settings_with

ROTATION: dict[str, Any] = {"offer": "rotation"}


@pytest.mark.postgres
async def test_who_is_not_in_the_channel_is_told_who_takes_leads(world: World) -> None:
    await world.slack.leaves("ben", "leads")
    card = await world.offers()

    await world.clicks("ben", "Accept", card)

    assert world.told("ben") == [
        f"Who is in <#{card.channel}> takes leads here. Join it, then try once more."
    ]
    await world.slack.joins("ben", "leads")
    await world.clicks("ben", "Accept", card)
    assert "Ben took this" in world.card().text


async def test_leads_go_round_among_who_is_in_the_channel(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, settings_with(leads=ROTATION)) as world:
        for person in (each.handle for each in world.slack.desk.store.people.values()):
            if person not in ("amy", "ben", "bot", "truce"):
                await world.slack.leaves(person, "leads")
        await world.crm_sends(
            *(
                {"id": f"g-{n}", "source": "webinar", "contact": {"email": f"p{n}@firm{n}.test"}}
                for n in range(4)
            )
        )

        asked = [[each for each in world.dms(who) if "your turn" in each.text] for who in ("amy", "ben")]
        assert [len(each) for each in asked] == [2, 2]


async def test_members_are_read_page_by_page_and_again_the_next_day(
    db: Database, time: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.members, "PAGE", 10)
    async with World.at(db, time, SETTINGS) as world:
        there = world.count("member")
        assert there > 20
        calls = len(world.slack.calls("conversations.members"))

        await world.time_passes(days=1)
        await world.truce.recurring.ensure()
        await world.settles()

        assert len(world.slack.calls("conversations.members")) == 2 * calls
        assert world.count("member") == there


async def test_where_every_role_is_named_nobody_is_asked_for_members(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        assert world.slack.calls("conversations.members") == []
