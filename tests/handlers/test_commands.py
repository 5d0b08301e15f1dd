"""Stories of /truce: answered to who typed it alone, understood in plain words, never with silence."""

from urllib.parse import urlencode

import pytest

from tests.world import World

BOTH = pytest.mark.parametrize("how", [{}, {"socket": True}], ids=["http", "socket"])


@BOTH
@pytest.mark.parametrize("line", ["/truce", "/truce help", "/truce ?", "/truce Help!"])
async def test_help_is_told_to_who_asks_alone(world: World, line: str) -> None:
    told = await world.says("amy", line)

    assert "What you can ask of me" in told
    assert world.told("ben") == []
    assert world.cards() == []


@BOTH
async def test_an_unknown_word_is_answered_with_what_was_probably_meant(world: World) -> None:
    told = await world.says("amy", "/truce hlep me")

    assert told == "I do not know “hlep”. Did you mean `/truce help`? `/truce help` lists what I know."


async def test_plain_words_find_what_is_asked(world: World) -> None:
    await world.offers()

    assert "Pat Doe at Globex" in await world.says("amy", "/truce what is mine?")
    assert "Pat Doe at Globex" in await world.says("amy", "/truce who has globex?")
    await world.says("amy", "/truce pat@globex.test")
    assert "Pat Doe at Globex" in world.form("amy").words


async def test_a_word_like_no_other_gets_no_guess_and_its_markup_is_dead(world: World) -> None:
    told = await world.says("amy", "/truce <!channel>*zzz*")

    assert "Did you mean" not in told
    assert "<!channel>" not in told
    assert "&lt;!channel&gt;" in told


async def test_the_command_has_whatever_name_the_manifest_gives_it(world: World) -> None:
    assert "What you can ask of me" in await world.says("amy", "/truce-dev help")


async def test_without_an_address_the_answer_is_whispered_in_the_leads_channel(world: World) -> None:
    form = {"command": "/truce", "text": "help", "user_id": "UAMY00000", "team_id": "T", "channel_id": "C1"}

    status, _ = await world.slack_sends(
        urlencode(form).encode(), content_type="application/x-www-form-urlencoded"
    )

    assert status == 200
    assert "What you can ask of me" in world.told("amy")[0]
