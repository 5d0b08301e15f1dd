"""Who has no part in handovers tries every entry there is: nothing changes, and they are shown nothing of anybody."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlmodel import SQLModel

from bot.errors import Refused
from handlers.payloads import Click, Said, Search, Shortcut, Submission
from tests.handlers.test_agreements import WITH_HEADS
from tests.handlers.test_erased_everywhere import told_everywhere
from tests.world import World

NAMES: Final = ("Pat Doe", "Kim Lee", "Robin Roe", "at Globex", "at Initech", "7946")
THEIR_OWN: Final = ("home", "person", "presence", "digest_off", "lane", "job", "once", "life")
NAMED_BY: Final = ("lead", "handoff", "rejection", "deal", "hold", "voice", "dropped", "suggestion")
LINES: Final = ("", "pat", "pat@globex.test", "crm-991", "initech", "last week", "all", "off", "on")
Act = Callable[[], Awaitable[Any]]


def rows(world: World, *but: str) -> set[str]:
    """All that is kept, as text; what people say of themselves, and what is still to be done, aside."""
    ours = world.slack.desk.store.workspace.team_id
    with world.db.engine.connect() as connection:
        return {
            f"{table.name} {row}"
            for table in SQLModel.metadata.sorted_tables
            if table.name not in but
            for row in connection.execute(select(table).where(table.c.workspace == ours))
        }


def values(world: World) -> list[str]:
    """What buttons carry: of each kind of thing one, some leads, and what each kind of message is about."""
    ours = world.slack.desk.store.workspace.team_id
    found = {"", "1"}
    with world.db.engine.connect() as connection:
        for name in NAMED_BY:
            table = SQLModel.metadata.tables[name]
            most = 3 if name == "lead" else 1
            query = select(table.c.id).where(table.c.workspace == ours).order_by(table.c.id).limit(most)
            found |= set(connection.execute(query).scalars())
        post = SQLModel.metadata.tables["post"]
        posts = connection.execute(select(post.c.kind, post.c.about).where(post.c.workspace == ours))
        found |= set({row.kind: row.about for row in posts}.values())
    return sorted(found)


def entries(world: World, by: str) -> Iterator[tuple[str, Act]]:
    """Everything that answers to anybody: buttons, menus, forms, searches, commands, shortcuts."""
    routes = world.truce.wired.routes
    for value in values(world):
        view = {"type": "modal", "private_metadata": value, "state": {"values": {}}}
        for name, pressed in {**routes.actions, **routes.choices}.items():
            yield name, partial(pressed, Click(by=by, action_id=name, value=value))
            yield name, partial(pressed, Click(by=by, action_id=name, value=value, view=view))
        for name, sent in routes.forms.items():
            yield name, partial(sent, Submission(by=by, about=value, values={}))
        for name, searched in routes.searches.items():
            yield name, partial(searched, Search(by=by, about=value, words="pat"))
    for name, asked in routes.commands.items():
        yield from ((name, partial(asked, Said(by=by, words=words, channel="C1"))) for words in LINES)
    for name, used in routes.shortcuts.items():
        yield name, partial(used, Shortcut(by=by, text="Kim"))


@pytest.mark.slow
@pytest.mark.parametrize("by", ["gus", "sam"])
@pytest.mark.parametrize("settings", [WITH_HEADS])
async def test_who_has_no_part_changes_nothing_and_is_shown_nobody_by_any_entry(
    world: World, by: str
) -> None:
    await told_everywhere(world)
    before = rows(world, *THEIR_OWN)
    who = world.slack.desk.store.person(by)
    await world.slack.opens_home(by)
    await world.settles()
    await world.truce.wired.faces.know(who.id, "TOTHER" if by == "sam" else None)

    shown: dict[str, str] = {}
    for name, act in entries(world, who.id):
        answer: Any = None
        try:
            with suppress(ValueError, TypeError, LookupError, NoResultFound):  # a value of another button
                answer = await act()
        except Refused as refused:
            answer = str(refused)
        if any(each in str(answer) for each in NAMES):
            shown[name] = str(answer)

    assert shown == {}
    assert not [each for each in NAMES if each in f"{world.slack.home(by)} {world.dms(by)}"]
    assert rows(world, *THEIR_OWN) ^ before == set()
