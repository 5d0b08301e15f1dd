"""Stories of who looks after the leads of somebody who is away: what goes back by itself, and to whom."""

from tests.handlers.test_absences import ROLES, gives_all
from tests.world import World, person_called


@ROLES
async def test_what_the_cover_has_handed_back_for_good_does_not_return(world: World) -> None:
    await world.crm_sends(person_called("Pat Doe"))
    await world.clicks("amy", "Accept", world.card())
    await world.says("amy", "/truce away until Wednesday")
    await gives_all(world, "ben")
    mine = next(each for each in world.dms("ben") if "is yours" in each.text)
    await world.clicks("ben", "Hand back", mine)
    await world.chooses("ben", "Why?", "I have too much")
    await world.sends_the_form("ben")
    await world.clicks("chi", "Accept", world.card())

    await world.says("amy", "/truce back")

    assert "Chi took this" in world.card().text


@ROLES
async def test_what_somebody_looks_after_who_falls_ill_goes_back_to_whose_it_was_first(world: World) -> None:
    await world.crm_sends(person_called("Pat Doe"))
    await world.clicks("amy", "Accept", world.card())
    await world.says("amy", "/truce away until Wednesday")
    await gives_all(world, "ben")
    await world.says("ben", "/truce away until Friday")
    await world.clicks("hal", "Give all to...", world.dm("hal"))
    await world.chooses("hal", "Give all to", "chi")
    await world.sends_the_form("hal")
    assert "gave it to Chi until Amy is back" in world.card().text
    await world.it_becomes("2026-11-25T09:00:00+00:00")

    assert world.card().text.count("Chi") == 0
    await world.says("ben", "/truce back")

    assert "Amy took this" in world.card().text
    assert not {"Ben", "Chi"} & set(world.card().text.replace(".", " ").split())


@ROLES
async def test_what_the_cover_has_handed_on_does_not_return(world: World) -> None:
    await world.crm_sends(person_called("Pat Doe"))
    await world.clicks("amy", "Accept", world.card())
    await world.says("amy", "/truce away until Wednesday")
    await gives_all(world, "ben")
    await world.clicks(
        "ben", "Hand on...", next(each for each in world.dms("ben") if "is yours" in each.text)
    )
    await world.chooses("ben", "To whom?", "chi")
    await world.types("ben", "What should they know?", "She wants a demo.")
    await world.sends_the_form("ben")
    await world.clicks("chi", "Accept", world.card())

    await world.says("amy", "/truce back")

    assert "Chi took this" in world.card().text
    assert "Amy" not in world.card().text
