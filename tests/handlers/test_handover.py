"""Stories of the handover: what feeds, reps and marketers do, and what they see."""

from tests.world import World, lead


async def test_a_lead_from_a_webhook_becomes_a_card_and_a_rep_accepts_it(world: World) -> None:
    status, _ = await world.crm_sends(lead())

    assert status == 202
    card = world.card()
    assert "Pat Doe" in card.text
    assert "Globex" in card.text

    await world.clicks("amy", "Accept", card)

    assert "Amy took this after" in world.card().text
    assert "Accept" not in world.card().buttons
