"""Stories of what made no sense when it came, and does later."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from storage.db import Database
from tests.world import PEOPLE, World, lead, settings_with

ALIAS = "amy.jones@crm.test"
WITH_ALIAS = {**PEOPLE, "reps": [{"amy@acme.test": [ALIAS]}, *PEOPLE["reps"][1:]]}


@pytest.mark.postgres
async def test_after_a_change_of_settings_what_made_no_sense_is_tried_again_by_itself(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=PEOPLE)) as before:
        status, told = await before.crm_sends(
            lead(owner=ALIAS, status="accepted"), lead(id="x", score="high")
        )
        assert (status, told["items"][0]["problems"][0]["path"]) == (207, "owner")

    async with World.at(db, time, settings_with(people=PEOPLE)) as again:
        assert again.count("quarantine") == 2  # nothing has changed that could help

    async with World.at(db, time, settings_with(people=WITH_ALIAS)) as after:
        assert after.count("quarantine") == 1
        assert after.count("lead", "state = 'accepted'") == 1
