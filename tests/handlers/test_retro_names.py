"""Stories of answers without a name, and of somebody who would like to know whose they are."""

import json
import logging
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.deals import DealState
from bot.retros.commands import Tell, Tend
from bot.retros.deciding import RetroFacts
from bot.retros.retro import IfFew, Part, Retro, RetroState, Seat
from bot.retros.transitions import decide
from tests.bot.examples import ACME
from tests.handlers.test_retro_answers import answers, days_go_by, summary, thread
from tests.handlers.test_retros import closes, head
from tests.storage.desk import DAY, NOW
from tests.world import WITH_ROLES, World

FIVE = ["ben@acme.test", "chi@acme.test"]  # with the owner, the marketer and a manager
NO_NAME = {"How shall answers stand in the thread?": "Without names"}


def rows(world: World) -> list[dict[str, Any]]:
    """Everything that is in the database, row by row."""
    ours = {"workspace": world.slack.desk.store.workspace.team_id}
    with world.db.engine.connect() as connection:
        return [
            {"table": table, **row}
            for table in SQLModel.metadata.tables
            for row in connection.execute(
                text(f'SELECT * FROM "{table}" WHERE "{table}".workspace = :workspace'),  # noqa: S608 - a test's own words
                ours,
            ).mappings()
        ]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_one_answer_without_a_name_unnames_all_and_nobody_finds_out_whose_it_was(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await closes(world, people=FIVE)
    said = {}
    for person in ("eva", "chi", "amy", "ben"):
        said[person] = f"secret of {person[::-1]}"
        chosen = NO_NAME if person == "chi" else {}
        await answers(
            world, person, chosen=chosen, typed={"What to improve?": said[person]}, where=head(world)
        )
        assert thread(world) == []

    await world.time_passes(days=1, hours=1)
    assert thread(world) == []  # a named retro would have shown three by now
    before = rows(world)
    assert not [record for record in caplog.records if "secret of" in record.getMessage()]
    await days_go_by(world, 3)

    told = thread(world)[:-1]
    assert len(told) == 4
    assert all(each.startswith("Without a name. ") for each in told)
    assert "4 of 5 people answered." in summary(world).text
    assert "disagree" not in summary(world).text
    for found in (before, rows(world)):
        holding = [row for row in found if any(words in str(row) for words in said.values())]
        assert {row["table"] for row in holding} == {"retro"}
        [retro] = holding
        kept = retro["answers"] if isinstance(retro["answers"], list) else json.loads(retro["answers"])
        assert [each["id"] for each in kept] == sorted(each["id"] for each in kept)
        assert {key for each in kept for key in each} == {"id", "said", "by", "shown", "if_few"}
        assert [each["by"] for each in kept] == [None] * 4
        seats = [row for row in found if row["table"] == "retro_seat"]
        assert not [row for row in seats if row["draft"] not in (None, "null")]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_the_form_says_how_it_works_and_keeps_no_draft_of_what_is_to_have_no_name(world: World) -> None:
    await closes(world, people=FIVE)
    await world.clicks("chi", "Answer", head(world))
    assert "Your team will see your name." in world.form("chi").words

    await world.types("chi", "What to improve?", "first thought")
    await world.chooses("chi", "How shall answers stand in the thread?", "Without names")

    words = world.form("chi").words
    assert "Truce does not store who wrote this. Your words may still give you away." in words
    assert "If fewer than three answer" in words
    await world.types("chi", "What to improve?", "second thought")
    assert not [row for row in rows(world) if "thought" in str(row)]


@pytest.mark.slow
@pytest.mark.parametrize("settings", [WITH_ROLES])
@pytest.mark.parametrize(("few", "shown"), [("Show anyway", 2), ("Drop", 1)])
async def test_where_fewer_than_three_came_the_author_has_chosen(world: World, few: str, shown: int) -> None:
    await closes(world, people=FIVE)
    await answers(world, "amy", typed={"What to improve?": "amys words"})
    await answers(
        world,
        "chi",
        chosen={**NO_NAME, "If fewer than three answer": few},
        typed={"What to improve?": "the other words"},
        where=head(world),
    )
    await days_go_by(world, 4)

    assert len(thread(world)) == shown + 1
    kept = [row for row in rows(world) if "the other words" in str(row)]
    assert bool(kept) is (few == "Show anyway")


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_where_fewer_than_five_are_asked_no_answer_can_be_without_a_name(world: World) -> None:
    await closes(world)
    await world.clicks("amy", "Answer", world.dm("amy"))

    assert "Without names" not in world.form("amy").words
    assert "Your team will see your name." in world.form("amy").words


def test_what_is_kept_is_the_same_whoever_wrote_what_and_in_whatever_order() -> None:
    people = ("UAMY", "UEVA", "UHAL", "UBEN")
    seats = tuple(Seat(person=each, part=Part.CONTACT) for each in (*people, "UCHI"))
    start = Retro(
        id="d1",
        state=RetroState.OPEN,
        outcome=DealState.WON,
        noted_at=NOW,
        started_at=NOW,
        seats=seats,
    )
    words = [(f"id{number}", f"words {number}", IfFew.SHOW if number == 2 else None) for number in range(4)]

    kept = set()
    for authors in permutations(people):
        for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)):
            retro = start
            for place in order:
                ident, said, few = words[place]
                tell = Tell(by=authors[place], id=ident, said={"well": said}, if_few=few)
                retro = decide(retro, tell, RetroFacts(now=NOW, agreement=ACME)).retro
            retro = decide(retro, Tend(), RetroFacts(now=NOW + 10 * DAY, agreement=ACME)).retro
            kept.add(str(retro))

    assert len(kept) == 1
