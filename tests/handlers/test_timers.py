"""Timers of a decision that was taken back do not stand in the way of the next decision's."""

from tests.world import World


async def test_a_date_that_is_chosen_anew_after_an_undo_is_kept(world: World) -> None:
    card = await world.offers()
    await world.rejects(
        "amy", card, "Right fit, wrong time", chosen={"When should it come back?": "January 2027"}
    )
    await world.clicks("amy", "Undo", world.card())
    await world.rejects(
        "amy", world.card(), "Right fit, wrong time", chosen={"When should it come back?": "February 2027"}
    )

    await world.it_becomes("2027-01-02T10:00:00+00:00")
    assert len(world.cards()) == 1
    await world.it_becomes("2027-02-02T10:00:00+00:00")
    assert len(world.cards()) == 2


async def test_undo_stays_on_a_card_for_as_long_as_the_last_decision_can_be_undone(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.time_passes(minutes=10)
    await world.clicks("amy", "Undo", world.card())
    await world.clicks("amy", "Accept", world.card())

    await world.time_passes(minutes=10)
    assert "Undo" in world.card().buttons
    await world.time_passes(minutes=6)
    assert "Undo" not in world.card().buttons
