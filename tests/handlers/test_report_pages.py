"""Stories of the page of figures and of leads as a file: behind a link, for one person, for a while."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import insert, select

from storage.tables import HANDOFF
from tests.asgi import get
from tests.world import WITH_ROLES, World, person_called

HOST = {"host": "truce.acme.test"}
roles = pytest.mark.parametrize("settings", [WITH_ROLES])
ADMIN_APART = {
    **WITH_ROLES,
    "people": {**WITH_ROLES["people"], "managers": ["ben@acme.test"], "admins": ["hal@acme.test"]},
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


async def opens(world: World, address: str, **headers: str) -> Answer:
    path = address.removeprefix("https://truce.acme.test")
    status, told, body = await get(world.truce.ops, path, {**HOST, **headers})
    return Answer(status, told, body.decode())


async def link(world: World, person: str, words: str = "this week") -> str:
    await world.says(person, f"/truce report {words}")
    message = world.slack.ephemerals(person)[-1]
    buttons = [part for block in message.blocks for part in block.get("elements", []) if part.get("url")]
    return str(buttons[0]["url"])


async def visit(world: World, person: str, words: str = "this week") -> tuple[Answer, str]:
    """The page, and the cookie of who has opened it."""
    first = await opens(world, await link(world, person, words))
    assert first.status == 303, first.text
    cookie = first.headers["set-cookie"].partition(";")[0]
    return await opens(world, first.headers["location"], cookie=cookie), cookie


@pytest.mark.postgres
@roles
async def test_a_manager_opens_the_same_figures_in_a_browser(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.crm_sends(person_called("Robin Roe", campaign="<script>alert(1)</script>"))

    page, cookie = await visit(world, "hal")

    assert page.status == 200
    assert "<span>Handed over</span><b>2</b>" in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "http" not in page.text.replace("https://truce", "")  # nothing comes from elsewhere
    smaller = await opens(world, "/reports?period=this+week&campaign=Autumn+webinar", cookie=cookie)
    assert "<span>Handed over</span><b>1</b>" in smaller.text
    assert "default-src 'none'" in smaller.headers["content-security-policy"]


@roles
async def test_a_link_opens_once_and_for_some_minutes(world: World) -> None:
    address, later = await link(world, "hal"), await link(world, "hal")
    assert (await opens(world, address)).status == 303

    again = await opens(world, address)
    assert (again.status, "opened already" in again.text) == (403, True)
    altered = await opens(world, later[:-3] + "AAA")
    assert (altered.status, "not one of ours" in altered.text) == (403, True)
    await world.time_passes(minutes=16)
    late = await opens(world, later)
    assert (late.status, "lives for a few minutes" in late.text) == (403, True)
    assert (await opens(world, "/reports?period=march")).status == 403


@roles
async def test_a_visit_ends_after_an_hour_and_shows_what_its_person_may_see(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.crm_sends(person_called("Robin Roe"))

    page, cookie = await visit(world, "amy")

    assert "Amy alone" in page.text
    assert "<span>Handed over</span><b>1</b>" in page.text
    await world.time_passes(minutes=61)
    assert (await opens(world, "/reports", cookie=cookie)).status == 403


@roles
async def test_what_makes_no_sense_on_the_page_is_one_sentence_beside_the_form(world: World) -> None:
    _, cookie = await visit(world, "hal")

    page = await opens(world, "/reports?period=yesteryear", cookie=cookie)

    assert page.status == 200
    assert "I do not know the period" in page.text
    assert 'value="yesteryear"' in page.text


@roles
async def test_the_page_is_known_by_its_own_name_and_health_by_loopbacks_alone(world: World) -> None:
    assert (await opens(world, "/reports", host="evil.test")).status == 400
    assert (await opens(world, "/healthz")).status == 400
    assert (await opens(world, "/healthz", host="localhost")).status != 400


def the_link(words: str) -> str:
    return re.search(r"<(https://[^|>]+)", words)[1]  # type: ignore[index]  # else the test has failed


async def asks_for_the_file(world: World, person: str) -> str:
    await world.says(person, "/truce report this week")
    before = len(world.told(person))
    await world.clicks(person, "CSV", world.slack.ephemerals(person)[-1])
    return "\n".join(world.told(person)[before:])


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [ADMIN_APART])
async def test_a_manager_takes_the_leads_as_a_file_and_the_admins_are_told(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    said = await asks_for_the_file(world, "ben")
    answer = await opens(world, the_link(said))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "leads-2026-11-23..2026-11-29.csv" in answer.headers["content-disposition"]
    [row] = csv.DictReader(StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["name"], row["outcome"], row["campaign"]) == ("Pat Doe", "accepted", "Autumn webinar")
    assert "pat@globex.test" not in answer.text
    assert "<@UBEN00000> takes 1 lead (2026-11-23..2026-11-29) as a file." in world.dm("hal").text
    assert (await opens(world, the_link(said))).status == 403
    assert world.count("handout", "taken_at IS NOT NULL") == 1


def multiplied(world: World, by: int) -> None:
    """One handoff, many times: only for what nobody could click together."""
    ours = world.slack.desk.store.workspace.team_id
    with world.db.engine.begin() as connection:
        row = connection.execute(select(HANDOFF).where(HANDOFF.c.workspace == ours)).mappings().first()
        assert row is not None
        copies = [{**row, "id": f"{row['id']}.{each}", "number": each + 2} for each in range(by)]
        connection.execute(insert(HANDOFF), copies)


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [ADMIN_APART])
async def test_more_than_a_thousand_are_confirmed_by_an_admin(world: World) -> None:
    await world.offers()
    multiplied(world, 2100)

    said = await asks_for_the_file(world, "ben")

    assert "2,101 leads (2026-11-23..2026-11-29): an admin confirms" in said
    asked = world.dm("hal")
    assert "asks for 2,101 leads" in asked.text
    await world.clicks("hal", "Allow", asked)
    assert "<@UHAL00000> allowed it." in world.dm("hal").text
    ready = world.dm("ben")
    assert "Your file is allowed: 2,101 leads" in ready.text
    before = len(world.told("ben"))
    await world.clicks("ben", "CSV", ready)
    answer = await opens(world, the_link("\n".join(world.told("ben")[before:])))
    lines = [*csv.DictReader(StringIO(answer.text.removeprefix("\ufeff")))]
    assert len(lines) == 2101


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [{**WITH_ROLES, "people": {**WITH_ROLES["people"], "managers": ["ben@acme.test"]}}]
)
async def test_who_is_no_admin_any_more_allows_no_file(world: World) -> None:
    await world.offers()
    multiplied(world, 1000)
    await asks_for_the_file(world, "ben")
    await world.slack.changes("hal", admin=False)

    await world.clicks("hal", "Allow", world.dm("hal"))

    assert world.told("hal") == ["An admin decides this. Ask ben@acme.test to add you."]
    assert world.count("handout", "allowed_by IS NULL") == 1
    assert "Allow" in world.dm("hal").buttons


@pytest.mark.parametrize("settings", [ADMIN_APART])
async def test_a_link_to_a_file_that_was_altered_or_is_over_opens_nothing(world: World) -> None:
    await world.offers()
    address = the_link(await asks_for_the_file(world, "ben"))

    altered = await opens(world, address[:-3] + "AAA")
    await world.time_passes(minutes=16)
    late = await opens(world, address)

    assert (altered.status, "not one of ours" in altered.text) == (403, True)
    assert (late.status, "lives for a few minutes" in late.text) == (403, True)
    assert world.count("handout", "taken_at IS NULL") == 1


@roles
async def test_a_rep_is_offered_no_file(world: World) -> None:
    await world.offers()

    await world.says("amy", "/truce report this week")

    blocks: list[Any] = world.slack.ephemerals("amy")[-1].blocks
    assert "Page" in str(blocks)
    assert "CSV" not in str(blocks)
