"""A person who stands in words about other people too is removed, and Slack shows them nowhere any more."""

from typing import Any

import pytest

from tests.handlers.test_agreements import HEADS
from tests.handlers.test_dropped import drops
from tests.handlers.test_erasures import all_that_stands
from tests.handlers.test_handing_on import hand_on
from tests.handlers.test_retro_answers import answers
from tests.handlers.test_retros import deal, looks_back
from tests.handlers.test_voices import hears
from tests.removals import is_removed
from tests.world import World, lead, person_called, settings_with

NOTICED = ("Pat Doe", "pat@globex", "7946 0000", "2079460000")
KIM = {
    "id": "kim",
    "contact": {"name": "Kim Lee", "email": "kim@initech.test"},
    "company": {"name": "Initech"},
}
BESIDE = {"kind": "webinar", "at": "2026-11-20T15:00:00Z", "detail": "sat beside Pat Doe"}
TOLD = (
    "As Pat Doe had it",
    "As Pat Doe said to me",
    "No leads like Pat Doe",
    "From Pat Doe.csv",
    "Initech by Pat Doe",
    "Ask Kim about pat@globex.test",
    "sent by: Pat Doe",
)
PEOPLE = ("amy", "ben", "chi", "eva", "hal")


async def told_everywhere(world: World) -> None:
    """Pat Doe is named in whatever people write about Kim Lee, and about no lead at all."""
    await world.crm_sends(lead())
    await world.crm_sends(lead(**KIM))
    kim = world.cards()[-1]
    await world.says("eva", "/truce campaigns")
    await world.clicks("eva", "Edit...", world.slack.ephemerals("eva")[-1])
    await world.types("eva", "One line for sales", "As Pat Doe had it")
    await world.sends_the_form("eva")
    others: dict[str, dict[str, Any]] = {
        "facts": {"facts": {"sent_by": "Pat Doe"}},
        "touch": {"touches": [BESIDE]},
    }
    for name, told in others.items():
        await world.crm_sends(person_called(f"{name} Loe", campaign="Fair", **told))
        await world.clicks("chi", "Accept", world.cards()[-1])
    await world.clicks("amy", "Accept", kim)
    await hand_on(world, "amy", "ben", "Pat Doe knows her: +44 20 7946 0000")
    await world.clicks("ben", "Accept", kim)
    await hears(world, "ben", "Pat Doe", "As Pat Doe said to me")
    await world.chooses("ben", "Who said it?", "Kim Lee at Initech", typed="kim")
    await world.sends_the_form("ben")
    await world.says("amy", "/truce agreement")
    await world.clicks("amy", "Suggest a change...", world.form("amy"))
    await world.types("amy", "What should change?", "No leads like Pat Doe")
    await world.sends_the_form("amy")
    await drops(world, "eva", "Email\nkim2@initech.test\n", name="From Pat Doe.csv")
    await world.crm_sends(person_called("Robin Roe"))
    await world.crm_sends(deal(name="Initech by Pat Doe", leads=["kim"], reason="as Pat Doe said"))
    await looks_back(world)
    await answers(world, "amy", typed={"What to improve?": "Ask pat@globex.test sooner"})
    for person in PEOPLE:
        await world.slack.opens_home(person)
    await world.settles()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("settings", [settings_with(people=HEADS)])
async def test_who_is_named_in_words_about_others_is_shown_nowhere_any_more(world: World) -> None:
    await told_everywhere(world)
    await world.rejects("chi", world.cards()[0], "Other", words="Ask Kim about pat@globex.test, please.")
    standing = all_that_stands(world) + "".join(str(world.slack.home(each)) for each in PEOPLE)
    assert [each for each in TOLD if each not in standing] == []
    assert "[removed]" not in standing

    await is_removed(world, "pat@globex.test")
    await world.time_passes(minutes=3)

    after = all_that_stands(world) + "\n".join(f"{each} {world.slack.home(each)}" for each in PEOPLE)
    assert not [line for line in after.splitlines() if any(each in line for each in NOTICED)]
    assert "Kim Lee" in after
