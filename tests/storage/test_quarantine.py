"""What made no sense: kept whole, counted, read again, dropped."""

import json
from typing import Any

import pytest

from bot.arrivals import Problem, Senseless
from bot.jobs import Due, RetryQuarantine
from storage.quarantine import Quarantine
from storage.workspace import Workspace
from tests.bot.examples import AMY
from tests.storage.desk import DAY, HOUR, NOW, Desk, arrival


def nonsense(**told: Any) -> Senseless:
    """As it came; what is told may make sense to whoever reads it again."""
    return Senseless(problems=(Problem(path="owner", words="Nobody."),), raw=json.dumps(told))


@pytest.fixture
def quarantine(desk: Desk) -> Quarantine:
    return Quarantine(desk.space)


async def test_what_made_no_sense_is_kept_with_every_problem_and_when_it_came(
    desk: Desk, quarantine: Quarantine
) -> None:
    await desk.takes_in(nonsense(id="1"))
    await desk.takes_in(nonsense(id="1"), now=NOW + HOUR)
    await desk.takes_in(nonsense(id="2"), now=NOW + DAY)

    newest, older = await quarantine.newest(5)

    assert (json.loads(older.raw), older.times, older.feed) == ({"id": "1"}, 2, "crm")
    assert (older.first_at, older.last_at) == (NOW, NOW + HOUR)
    assert older.problems == (Problem(path="owner", words="Nobody."),)
    assert await quarantine.get(newest.id) == newest
    assert await quarantine.newest(1) == [newest]
    assert await quarantine.count() == 2


async def test_refused_rows_of_a_file_are_in_its_own_list_not_here(
    desk: Desk, quarantine: Quarantine
) -> None:
    told = await desk.takes_in(arrival(1, owner="zed@acme.test"), bulk=True)

    assert isinstance(told[0], Senseless)
    assert await quarantine.count() == 0


async def test_what_makes_sense_now_is_taken_in_and_the_rest_stays_with_what_is_wrong_now(
    desk: Desk, quarantine: Quarantine
) -> None:
    await desk.takes_in(
        nonsense(id="1", owner="amy@acme.test", status="accepted"), nonsense(id="2", owner="zed@acme.test")
    )

    assert await desk.intake.retry(await quarantine.ids_after("", 9), NOW + DAY) == (1, 1)

    [lead] = await desk.all_leads()
    assert (lead.external_id, lead.owner) == ("1", AMY.slack_id)
    [still] = await quarantine.newest(5)
    assert "zed@acme.test" in still.problems[0].words
    assert (still.times, still.last_at) == (1, NOW)


async def test_facts_of_then_do_not_replace_what_came_since(desk: Desk, quarantine: Quarantine) -> None:
    await desk.takes_in(nonsense(id="crm-1", contact={"title": "Intern"}))
    await desk.takes_in(arrival(1, contact__title="CEO", occurred_at=NOW + HOUR))

    await desk.intake.retry(await quarantine.ids_after("", 9), NOW + DAY)

    [lead] = await desk.all_leads()
    assert lead.text("contact.title") == "CEO"


@pytest.mark.parametrize(
    "raw", ["[1, 2]", '{"a":' * 40 + "1" + "}" * 40, '{"deal": {}}', '{"id": "\\ud800"}']
)
async def test_whatever_is_in_it_trying_again_ends(desk: Desk, quarantine: Quarantine, raw: str) -> None:
    await desk.takes_in(Senseless(problems=(), raw=raw))

    assert await desk.intake.retry(await quarantine.ids_after("", 9), NOW) == (0, 1)
    assert await desk.intake.retry(["nothing"], NOW) == (0, 0)


async def test_what_is_dropped_is_gone(desk: Desk, quarantine: Quarantine) -> None:
    await desk.takes_in(nonsense(id="1"), nonsense(id="2"))
    first, second = await quarantine.ids_after("", 9)

    assert await quarantine.drop([first, "nothing"]) == [first]

    assert await quarantine.ids_after("", 9) == [second]
    assert await quarantine.ids_after(second, 9) == []


async def test_other_settings_than_at_the_last_start_add_the_jobs_that_follow(desk: Desk) -> None:
    met, due = Workspace(desk.space), [Due(job=RetryQuarantine(), at=NOW)]

    await met.keep("Europe/London", "a", due)
    [taken] = await desk.take()
    await desk.jobs.end(taken, NOW, pace=DAY - DAY)
    await met.keep("Europe/Berlin", "a", due)
    assert await desk.take() == []

    await met.keep("Europe/Berlin", "b", due)
    assert [each.job for each in await desk.take()] == [RetryQuarantine()]
    assert await met.zone() == "Europe/Berlin"
