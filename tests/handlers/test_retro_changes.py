"""Stories of what follows from a retro: the one change, in the thread and in Home, and a lead that goes out again."""

from datetime import timedelta
from typing import Any

import pytest

from tests.handlers.test_retro_answers import answers, days_go_by, summary
from tests.handlers.test_retros import closes, deal
from tests.world import WITH_ROLES, World, lead, person_called


@pytest.fixture
def settings() -> dict[str, Any]:
    return WITH_ROLES


def home(world: World, person: str) -> str:
    view = world.slack.home(person)
    assert view is not None
    return view.words


@pytest.mark.slow
async def test_a_change_that_will_not_be_made_is_dropped_with_why(world: World) -> None:
    await closes(world)
    await answers(world, "amy", typed={"One thing to change": "Call sooner"})
    await days_go_by(world, 4)
    await world.clicks("hal", "This one", summary(world))
    await world.chooses("hal", "Who does it?", "amy")
    await world.sends_the_form("hal")

    await world.clicks("amy", "Drop...", summary(world))
    await world.types("amy", "Why not?", "We have no phone")
    await world.sends_the_form("amy")

    assert summary(world).text.endswith("Dropped: We have no phone.")
    assert summary(world).buttons == ["Recycle..."]


@pytest.mark.slow
@pytest.mark.postgres
async def test_a_change_stands_in_the_home_of_who_makes_it_until_it_is_done(world: World) -> None:
    await closes(world)
    await answers(world, "amy", typed={"One thing to change": "Call sooner"})
    await days_go_by(world, 4)
    await world.slack.opens_home("ben")
    await world.settles()

    await world.clicks("hal", "This one", summary(world))
    await world.chooses("hal", "Who does it?", "ben")
    await world.sends_the_form("hal")

    assert "Changes you said you would make" in home(world, "ben")
    assert "Call sooner" in home(world, "ben")
    assert "after Globex rollout" in home(world, "ben")
    await days_go_by(world, 26)
    await world.slack.opens_home("ben")
    await world.settles()
    assert "was due on" in home(world, "ben")
    await world.clicks("ben", "Done", "home")
    assert summary(world).text.endswith("Done.")
    assert "Call sooner" not in home(world, "ben")


async def lost(world: World) -> None:
    """A deal is lost to a competitor, and summed up."""
    await closes(world)
    await answers(world, "amy")
    await days_go_by(world, 4)


@pytest.mark.postgres
async def test_the_lead_of_a_lost_deal_goes_to_sales_again_from_its_summary(world: World) -> None:
    await lost(world)

    await world.clicks("eva", "Recycle...", summary(world))
    await world.sends_the_form("eva")

    card = world.cards()[-1]
    again = "its deal was lost 23 Nov (a competitor has it: Initech), Amy had it; Eva sends it again"
    assert f"Back again: {again}" in card.text
    assert "Recycle..." not in summary(world).buttons
    await world.clicks("amy", "Accept", card)
    assert "Amy took this" in world.cards()[-1].text


@pytest.mark.slow
async def test_until_the_day_that_marketing_chose_it_stays_with_marketing(world: World) -> None:
    await lost(world)
    before = len(world.cards())

    await world.clicks("eva", "Recycle...", summary(world))
    await world.chooses("eva", "On which day?", "2027-03-01")
    await world.chooses("eva", "Who is asked?", "Whose turn it is, or anyone of the team")
    await world.sends_the_form("eva")

    assert len(world.cards()) == before
    assert "Recycle..." not in summary(world).buttons
    await world.it_becomes("2027-03-01T09:05:00+00:00")
    assert "Pat Doe at Globex" in world.cards()[-1].text
    again = "its deal was lost 23 Nov (a competitor has it: Initech), Amy had it; Eva sends it again"
    assert f"Back again: {again}" in world.cards()[-1].text
    assert "Accept" in world.cards()[-1].buttons


@pytest.mark.slow
async def test_who_asks_for_us_before_that_day_comes_back_with_what_became_of_the_deal(world: World) -> None:
    await lost(world)
    await world.clicks("eva", "Recycle...", summary(world))
    await world.chooses("eva", "On which day?", "2027-03-01")
    await world.sends_the_form("eva")

    await world.crm_sends(
        lead(
            occurred_at=world.now().isoformat(),
            touches=[{"kind": "demo_request", "at": world.now().isoformat()}],
        )
    )

    assert "Back again: its deal was lost 23 Nov (a competitor has it: Initech)" in world.cards()[-1].text


@pytest.mark.slow
async def test_a_rep_is_told_who_sends_leads_again_and_a_late_click_that_it_is_done(world: World) -> None:
    await lost(world)
    said = summary(world)

    await world.clicks("ben", "Recycle...", said)
    assert "Marketing decides this" in world.told("ben")[-1]

    for person in ("eva", "hal"):
        await world.clicks(person, "Recycle...", said)
    await world.sends_the_form("eva")
    await world.sends_the_form("hal")

    gone = "The leads of this deal have moved on since. Nothing for you to do."
    assert gone in world.form("hal").words
    await world.slack.close_modal("hal")
    await world.clicks("hal", "Recycle...", said)
    assert world.told("hal")[-1] == gone


@pytest.mark.slow
async def test_a_lead_with_another_deal_that_is_open_is_not_sent_again(world: World) -> None:
    await lost(world)
    await world.crm_sends(deal(id="opp-8", stage="Demo", reason=None, competitor=None))

    await world.clicks("eva", "Recycle...", summary(world))

    assert "Pat Doe at Globex has a deal that is open or won" in world.told("eva")[-1]


@pytest.mark.slow
async def test_of_several_leads_one_is_chosen(world: World) -> None:
    await world.crm_sends(person_called("Robin Roe", owner="amy@acme.test"))
    await closes(world, leads=["crm-991", "crm-robin-1"])
    await answers(world, "amy")
    await days_go_by(world, 4)

    await world.clicks("eva", "Recycle...", summary(world))
    await world.chooses("eva", "Which lead?", "Robin Roe at Initech")
    await world.sends_the_form("eva")

    assert "Robin Roe at Initech" in world.cards()[-1].text
    assert "Recycle..." in summary(world).buttons


@pytest.mark.slow
async def test_of_a_won_deal_nothing_is_sent_again(world: World) -> None:
    await closes(world, stage="won", reason=None, competitor=None)
    await days_go_by(world, 4)

    assert summary(world).buttons == []


@pytest.mark.slow
@pytest.mark.postgres
async def test_once_a_month_the_channel_reads_what_deals_taught(world: World) -> None:
    await lost(world)
    before = len(world.cards())

    await world.it_becomes("2026-12-01T08:59:00+00:00")
    await world.truce.recurring.ensure()
    await world.settles()
    assert len(world.cards()) == before

    await world.time_passes(minutes=2)
    await world.truce.recurring.ensure()
    await world.time_passes(days=2)

    [note] = world.cards()[before:]
    assert note.text.startswith("What deals taught us in November 2026. 1 look back: 0 won, 1 lost.")
    assert "Competitor: Initech 1 (signal)." in note.text


@pytest.mark.slow
async def test_a_change_of_who_has_left_is_made_by_a_colleague(world: World) -> None:
    await closes(world)
    await answers(world, "amy", typed={"One thing to change": "Call sooner"})
    await days_go_by(world, 4)
    await world.clicks("hal", "This one", summary(world))
    await world.chooses("hal", "Who does it?", "chi")
    await world.sends_the_form("hal")
    await world.slack.changes("chi", deactivated=True)
    await world.settles()
    await world.it_becomes((world.now() + timedelta(days=1)).isoformat())
    note = next(each for each in world.dms("hal") if each.text.startswith("Chi has left."))
    assert "1 change is open with them. Who takes over?" in note.text
    assert "• Call sooner, after Globex rollout: a change they said they would make" in note.text

    await world.clicks("hal", "Give all to...", note)
    await world.chooses("hal", "Give all to", "ben")
    await world.sends_the_form("hal")

    await world.slack.opens_home("ben")
    await world.settles()
    assert "Call sooner" in home(world, "ben")
    assert "Ben" in summary(world).text
