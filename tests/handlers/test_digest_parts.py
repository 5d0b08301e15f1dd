"""Stories of what else Monday's message says: deals, retros, second chances, first days; and who reads what of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from playground.things import Message
from storage.db import Database
from tests.world import WITH_ROLES, World, lead, person_called, settings_with

roles = pytest.mark.parametrize("settings", [WITH_ROLES])
THE_WEEK_BEFORE = "2026-11-17T10:00:00+00:00"
DEAL = {
    "id": "opp-7",
    "name": "Globex rollout",
    "amount": "12000.00",
    "currency": "EUR",
    "leads": ["crm-991"],
}


@pytest.fixture
async def week(db: Database, time: FrozenDateTimeFactory, settings: dict[str, Any]) -> AsyncIterator[World]:
    """A company on the Tuesday before."""
    time.move_to(THE_WEEK_BEFORE)
    async with World.at(db, time, settings, digests=True) as world:
        yield world


@pytest.fixture
async def october(
    db: Database, time: FrozenDateTimeFactory, settings: dict[str, Any]
) -> AsyncIterator[World]:
    """The same company some weeks before."""
    time.move_to("2026-10-19T10:00:00+00:00")
    async with World.at(db, time, settings, digests=True) as world:
        yield world


async def monday(world: World) -> None:
    await world.it_becomes("2026-11-22T19:00:00+00:00")
    await world.truce.recurring.ensure()
    await world.it_becomes("2026-11-23T09:00:10+00:00")


def digest(world: World, person: str) -> Message:
    [told] = [each for each in world.dms(person) if each.text.startswith("Week 47")]
    return told


@pytest.mark.slow
@pytest.mark.postgres
@roles
async def test_a_deal_without_a_next_step_is_named_until_its_owner_plans_one(week: World) -> None:
    await week.clicks("amy", "Accept", await week.offers())
    await week.crm_sends({"deal": {**DEAL, "stage": "Demo", "owner": "amy@acme.test"}})

    await monday(week)

    assert "1 deal without a next step: Globex rollout." in digest(week, "hal").text
    mine = digest(week, "amy")
    assert "1 deal of yours without a next step: Globex rollout." in mine.text
    await week.clicks("amy", "Next step...", mine)
    await week.chooses("amy", "What comes next?", "Get in touch again")
    await week.chooses("amy", "On which day?", "2026-11-27")
    await week.sends_the_form("amy")
    await week.says("hal", "/truce report last week")
    assert week.count("lead", "next_step_at IS NOT NULL") == 1


@pytest.mark.slow
@pytest.mark.postgres
@roles
async def test_a_second_chance_that_won_is_told_with_the_first_reason(week: World) -> None:
    await week.rejects("ben", await week.offers(), "No budget")
    await week.time_passes(minutes=1)
    await week.crm_sends({"deal": {**DEAL, "stage": "won"}})

    await monday(week)

    told = digest(week, "hal").text
    assert "1 second chance won: Globex rollout (overturned: No budget)." in told
    assert "Retros of deals closed in this time: 0 of 1 done." in told


@pytest.mark.slow
@roles
async def test_a_change_past_its_date_is_told_to_managers_and_to_who_does_it(october: World) -> None:
    await october.crm_sends({"deal": {"id": "opp-1", "stage": "lost", "owner": "ben@acme.test"}})
    await october.time_passes(minutes=31)
    await october.time_passes(minutes=2)
    thread = next(each for each in october.cards() if "not at who" in each.text)
    await october.clicks("ben", "Answer", thread)
    await october.chooses("ben", "How did it end?", "No decision")
    await october.chooses("ben", "Main reason", "Timing")
    await october.types("ben", "One thing to change", "Call sooner")
    await october.sends_the_form("ben")
    await october.time_passes(days=4)
    await october.clicks("ben", "This one", october.under(thread)[-1])
    await october.chooses("ben", "Who does it?", "amy")
    await october.sends_the_form("ben")

    await monday(october)

    assert "1 change past its date: “Call sooner”, due" in digest(october, "hal").text
    assert "1 change of yours past its date: “Call sooner”" in digest(october, "amy").text


@pytest.mark.slow
@pytest.mark.postgres
@roles
async def test_in_the_first_days_the_digest_tells_managers_what_they_were_spared_and_switches_it_on(
    week: World,
) -> None:
    week.is_known_since(timedelta(0))
    await week.it_becomes("2026-11-18T10:00:00+00:00")
    week.is_known_since(timedelta(0))
    await week.offers()
    await week.it_becomes("2026-11-20T15:00:00+00:00")
    assert not [each for each in week.dms("hal") if "Pat Doe" in each.text]

    await monday(week)
    told = digest(week, "hal")
    assert (
        "until 25 Nov only reps are reminded. Managers would have been told of 1 lead: Pat Doe at Globex."
        in told.text
    )
    await week.clicks("hal", "Switch on", told)

    assert "switched them on" in digest(week, "hal").text
    assert "Switch on" not in digest(week, "hal").buttons
    await week.crm_sends(person_called("Hot Poe", source="demo_request"))
    await week.minutes_go_by(60, step=15)
    assert [each for each in week.dms("hal") if "Hot Poe" in each.text]


MANAGERS_OWN = settings_with(
    channels={"leads": "#leads", "managers": "#leads-dach"}, people=WITH_ROLES["people"]
)


@pytest.mark.parametrize("settings", [MANAGERS_OWN])
async def test_who_is_no_manager_switches_nothing_on(week: World) -> None:
    await week.it_becomes("2026-11-18T10:00:00+00:00")
    week.is_known_since(timedelta(0))
    await monday(week)

    told = week.slack.messages("leads-dach")[-1]
    await week.clicks("ben", "Switch on", told)

    assert week.count("life", "switched_on_at IS NULL") == 1


@pytest.mark.slow
@pytest.mark.postgres
@roles
async def test_a_rep_switches_their_own_off_and_on(week: World) -> None:
    await week.clicks("amy", "Accept", await week.offers())
    await week.crm_sends(person_called("Robin Roe"))
    await week.clicks("ben", "Accept", week.cards()[-1])

    assert "is off. `/truce digest on` brings it back." in await week.says("amy", "/truce digest off")
    assert "you read of your own leads again" in await week.says("ben", "/truce digest on")
    assert "Say `/truce digest off`" in await week.says("ben", "/truce digest maybe")
    await monday(week)

    assert not [each for each in week.dms("amy") if each.text.startswith("Week 47")]
    assert "yours to switch off: `/truce digest off`" in digest(week, "ben").text


TWO_MARKETERS = settings_with(
    people={
        **WITH_ROLES["people"],
        "marketers": ["eva@acme.test", "ben@acme.test"],
        "reps": ["amy@acme.test"],
    }
)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [TWO_MARKETERS])
async def test_a_marketer_reads_of_what_is_not_another_marketers(week: World) -> None:
    await week.crm_sends(lead(), person_called("Robin Roe", campaign="Spring fair"))
    await week.says("ben", "/truce campaigns")
    edits = week.slack.ephemerals("ben")[-1]
    await week.clicks("ben", "Edit...", edits)
    await week.chooses("ben", "Whose is it?", "ben")
    await week.sends_the_form("ben")
    theirs = "Autumn webinar" if week.count("campaign", "line = 'campaign:Autumn webinar'") else "Spring fair"
    other = {"Autumn webinar": "Spring fair", "Spring fair": "Autumn webinar"}[theirs]

    await monday(week)

    assert "your campaigns" in digest(week, "eva").text
    assert f"{other}: 1 handed over" in digest(week, "eva").text
    assert theirs not in digest(week, "eva").text
    assert "Handed over 2" in digest(week, "ben").text
    refused = await week.says("eva", f"/truce report this week campaign: {theirs}")
    assert "who owns one sees its figures" in (refused if "know no" not in refused else "")
    assert "Handed over *2*" in await week.says("hal", "/truce report last week")


@pytest.mark.slow
@pytest.mark.postgres
@roles
async def test_a_finished_period_is_frozen_after_two_weeks_and_later_changes_stand_beside(
    week: World,
) -> None:
    await week.offers()
    await week.it_becomes("2026-12-07T09:00:00+00:00")  # two weeks after the week's end
    await week.truce.recurring.ensure()
    await week.settles()

    card = next(each for each in week.cards() if "Accept" in each.buttons)
    await week.clicks("amy", "Accept", card)

    told = await week.says("hal", "/truce report 2026-W47")
    assert "Handed over *1* (0) = accepted 0 + rejected 0 + waiting 1" in told
    assert "Changes since 7 Dec: accepted 0 → 1, waiting 1 → 0" in told
    assert "Frozen on 7 Dec." in told
    assert "As it stands" in await week.says("hal", "/truce report 2026-W49")


@roles
async def test_the_command_takes_models_of_attribution(week: World) -> None:
    await week.clicks("amy", "Accept", await week.offers())
    await week.crm_sends({"deal": {**DEAL, "stage": "won"}})

    told = await week.says("hal", "/truce report this week attribution: linear")

    assert "Won by all touches alike:" in told
    assert "first touch" not in told
    refused = await week.says("hal", "/truce report this week attribution: magic")
    assert refused.startswith("I know no attribution “magic”. There are `first`, `last`, `linear`")
