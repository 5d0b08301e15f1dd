"""Two `truce run` on one PostgreSQL, behind one address: to those who use them they are one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.jobs import Due, LearnPeople
from playground.clock import pulse, real
from playground.server import Playground
from playground.things import Message
from playground.workspace import Channel, Person, Workspace
from storage.db import Database
from storage.jobs import Jobs
from tests.postgres import Postgres
from tests.program import Doors, desk, free_port, until
from tests.world import lead, person_called

pytestmark = pytest.mark.slow
REPS = [f"rep{number:02}" for number in range(20)]
SETTINGS = {
    "channels": {"leads": "#leads", "feedback": "#marketing-feedback"},
    "people": {"reps": [f"{rep}@acme.test" for rep in REPS]},
    "hours": {"timezone": "Europe/London"},
    "feeds": {"website": {}},
}
IN_TIME = 3.0  # seconds that Slack gives us to answer
SEEN_WITHIN = 0.25  # seconds until another process's commit is seen


def a_team_of_twenty() -> Workspace:
    people = [Person(handle=rep, name=rep.capitalize(), email=f"{rep}@acme.test") for rep in REPS]
    return Workspace(people=people, channels=[Channel(name="leads"), Channel(name="marketing-feedback")])


@dataclass
class Pair:
    slack: Playground
    doors: Doors

    async def offers(self) -> Message:
        assert await self.doors.sends(lead(), "msg_1") == 202
        await until(lambda: self.slack.messages("leads"))
        [card] = self.slack.messages("leads")
        return card


@pytest.fixture
async def pair(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Pair]:
    """Both are started at once on a database in which there is nothing yet: one makes the schema."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgres.empty())
        doors = await stack.enter_async_context(Doors.open(real))
        slack = await stack.enter_async_context(Playground.running(a_team_of_twenty(), limits=False))
        one = await stack.enter_async_context(desk(tmp_path, slack, SETTINGS))
        one.more["DATABASE_URL"] = url
        two = replace(one, port=free_port())
        await asyncio.gather(*(stack.enter_async_context(each.running()) for each in (one, two)))
        doors.ports = [one.port, two.port]
        slack.deliver_to(doors.deliver)
        yield Pair(slack, doors)


@pytest.mark.alone  # it measures real time
async def test_of_two_hundred_clicks_at_once_one_has_the_lead_and_all_are_answered_calmly_in_time(
    pair: Pair,
) -> None:
    card = await pair.offers()

    answers = await asyncio.gather(*(pair.slack.click(rep, card, "Accept") for rep in REPS * 10))
    await until(lambda: sum(len(pair.slack.ephemerals(rep)) for rep in REPS) == len(answers) - 1)

    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) < IN_TIME
    told = {rep: {each.text for each in pair.slack.ephemerals(rep)} for rep in REPS}
    [owner] = (rep for rep in REPS if told[rep] == {"This is already yours."})
    others = set().union(*(told[rep] for rep in REPS if rep != owner))
    assert len(others) == 1
    [said] = others
    assert said.startswith(f"<@{pair.slack.person_id(owner)}> took this at ")
    assert said.endswith("Nothing for you to do.")
    await until(lambda: f"{owner.capitalize()} took this" in pair.slack.messages("leads")[0].text)
    assert [len(pair.slack.dms(rep)) for rep in REPS] == [int(rep == owner) for rep in REPS]


async def test_the_same_webhook_fifty_times_at_once_is_one_lead_and_fifty_times_accepted(pair: Pair) -> None:
    answers = await asyncio.gather(*(pair.doors.sends(lead(), "msg_1") for _ in range(50)))

    assert Counter(answers) == {202: 50}
    await until(lambda: pair.slack.messages("leads"))
    assert await pair.doors.sends(person_called("Robin Roe"), "msg_2") == 202
    await until(lambda: len(pair.slack.messages("leads")) > 1)
    assert ["Pat Doe" in card.text for card in pair.slack.messages("leads")] == [True, False]


@pytest.mark.alone  # it measures real time
async def test_what_one_process_commits_another_sees_within_a_quarter_of_a_second(
    tmp_path: Path, postgres: Postgres
) -> None:
    """The other process is this one: it asks for a reading of Slack's people, and nobody is told of it."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Playground.running(a_team_of_twenty(), limits=False))
        one = await stack.enter_async_context(desk(tmp_path, slack, SETTINGS))
        one.more["DATABASE_URL"] = url = stack.enter_context(postgres.empty())
        await stack.enter_async_context(one.running())
        database = Database(url)
        stack.callback(database.close)
        jobs = Jobs(database.of(slack.desk.store.workspace.team_id))
        waits = [await _until_it_is_done(jobs, slack) for _ in range(9)]

    assert sorted(waits)[len(waits) // 2] < SEEN_WITHIN


async def test_what_an_admin_changes_by_one_process_holds_in_the_other_at_once(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Half of what is pressed goes to each; who asks sees the new version, whichever answers."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgres.empty())
        doors = await stack.enter_async_context(Doors.open(real))
        slack = await stack.enter_async_context(Playground.running(a_team_of_twenty(), limits=False))
        settings = {
            **SETTINGS,
            "people": {"reps": [f"{REPS[0]}@acme.test"], "admins": [f"{REPS[0]}@acme.test"]},
        }
        one = await stack.enter_async_context(desk(tmp_path, slack, settings))
        one.more["DATABASE_URL"] = url
        two = replace(one, port=free_port())
        await asyncio.gather(*(stack.enter_async_context(each.running()) for each in (one, two)))
        doors.ports = [one.port, two.port]
        slack.deliver_to(doors.deliver)
        await slack.command(REPS[0], "leads", "/truce settings")
        await slack.click(REPS[0], None, "Change...")
        await until(lambda: "Hot leads" in str(slack.modal(REPS[0])) and _has_submit(slack))
        await slack.fill(REPS[0], "Reminder", "6m")
        await slack.submit(REPS[0])
        await until(lambda: slack.messages("leads"))

        assert await _holds_everywhere(slack, "a reminder after 6 working minutes")


def _has_submit(slack: Playground) -> bool:
    view = slack.modal(REPS[0])
    return view is not None and bool(view.body.get("submit"))


async def _holds_everywhere(slack: Playground, words: str) -> bool:
    """Whether four answers in a row, two of each process, say so: the other process sees it a little later."""
    for _ in range(100):
        seen = [await _agreement(slack) for _ in range(4)]
        if all(words in each for each in seen):
            return True
    return False


async def _agreement(slack: Playground) -> str:
    await slack.command(REPS[0], "leads", "/truce agreement")
    view = slack.modal(REPS[0])
    assert view is not None
    return str(view.blocks)


async def _until_it_is_done(jobs: Jobs, slack: Playground) -> float:
    await until(lambda: slack.calls("users.list"))
    calls = len(slack.calls("users.list"))
    await jobs.add([Due(job=LearnPeople(), at=real())])
    committed = pulse()
    await until(lambda: len(slack.calls("users.list")) > calls)
    return pulse() - committed
