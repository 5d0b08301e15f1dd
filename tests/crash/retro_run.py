"""A crash run of retros: at each named place the process dies while a deal closes, is looked back at, and answered."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from playground.things import Message
from storage.tables import JOB, RETRO, RETRO_SEAT
from tests.crash.company import ACCEPTED
from tests.crash.machines import Nest
from tests.crash.run import LOG_LINES, Scene
from tests.program import a_moment, signed

PLACES: Final = (
    "after commit of Intake.keep",
    "before commit of Retros.follow",
    "after commit of Retros.follow",
    "before commit of Retros.tend",
    "after commit of Retros.tend",
    "after commit of Pictures.begin",
    "after commit of Pictures.sends",
    "after files.completeUploadExternal",
    "before commit of Pictures.keep",
    "after commit of Pictures.keep",
    "during chat.postMessage",
    "after chat.postMessage",
    "before the ts is kept",
    "before commit of RetroRounds.ask",
    "after commit of RetroRounds.ask",
    "before commit of Retros.change",
    "after commit of Retros.change",
    "before answering Slack",
)
SHORT: Final = ("after commit of Retros.tend", "after chat.postMessage", "after commit of Retros.change")
OWNERS: Final = ("amy", "ben", "chi", "dan", "eli", "fay")
ASKED: Final = 2  # the owner and the marketer
LATE: Final = 15
PATIENCE: Final = 600  # looks, a tenth of a second each


@dataclass
class Book:
    """What was answered, as those know who did it."""

    deals: list[str] = field(default_factory=list)
    answered: set[tuple[str, str]] = field(default_factory=set)  # person, deal
    reached: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


async def retro_run(nest: Nest, folder: Path, url: str, places: Sequence[str], seed: str) -> Book:
    """One deal for each place; what went wrong is in the book."""
    book = Book()
    async with Scene.set(nest, folder, url, seed, machines=1) as scene:
        await _calm(scene)
        for number, place in enumerate(places):
            if scene.company.clock().hour >= LATE:  # in the evening no retro starts
                scene.company.clock.move(timedelta(hours=34 - scene.company.clock().hour))
                await _calm(scene)
            await _one_deal(scene, book, number, place)
        await _days_go_by(scene, 6)
        for machine in scene.machines:
            if code := await machine.stop():
                book.faults.append(f"{machine.name} stopped with {code}")
            book.faults += [f"it ended by itself with {code}: {said}" for code, said in machine.ends if code]
        book.faults += _faults(scene, book)
    return book


async def _one_deal(scene: Scene, book: Book, number: int, place: str) -> None:
    machine, owner, name = scene.machines[0], OWNERS[number % len(OWNERS)], f"Deal{number:02}"
    book.deals.append(name)
    await machine.up()
    deaths = machine.deaths
    machine.dies_at(place, 1)
    await _tell(scene, name, owner, number)
    await _calm(scene)
    scene.company.clock.move(timedelta(minutes=31))
    await _until_there(scene, name)
    scene.company.clock.move(timedelta(minutes=3))
    await _calm(scene)
    for person in (owner, "eva"):
        await _answer(scene, person, name)
        book.answered.add((person, name))
    await _calm(scene)
    machine.order.unlink(missing_ok=True)
    if machine.deaths > deaths:
        book.reached.add(place)


async def _tell(scene: Scene, name: str, owner: str, number: int) -> None:
    deal = {"id": name, "name": name, "stage": "lost", "amount": f"{1000 + number}", "currency": "EUR"}
    body = json.dumps({"deal": {**deal, "owner": f"{owner}@acme.test"}}).encode()
    for _ in range(PATIENCE):
        try:
            told = await scene.company.balancer.post(
                "/intake/website", body, signed(body, f"msg_{name}", scene.company.clock())
            )
        except ConnectionError:
            scene.hours.all_died()
        else:
            if told[0] == ACCEPTED:
                return
        await a_moment(0.1)
    raise AssertionError(f"{name} was never taken in")


def _heads(scene: Scene, name: str) -> list[Message]:
    return [each for each in scene.slack.messages("leads") if "not at who" in each.text and name in each.text]


async def _until_there(scene: Scene, name: str) -> None:
    for _ in range(PATIENCE):
        if _heads(scene, name):
            return
        _mourn(scene)
        await a_moment(0.1)
    raise AssertionError(f"the head of {name} never came")


async def _answer(scene: Scene, person: str, name: str) -> None:
    """Until the form was sent and answered: a person tries again when nothing happened."""
    for _ in range(PATIENCE):
        _mourn(scene)
        [thread] = _heads(scene, name)
        await scene.slack.click(person, thread, "Answer")
        if scene.slack.modal(person) is None:
            said = [each.text for each in scene.slack.ephemerals(person)]
            if any("You have answered this one already" in each for each in said[-1:]):
                return
            await a_moment(0.1)
            continue
        await scene.slack.choose(person, "How did it end?", "No decision")
        await scene.slack.choose(person, "Main reason", "Timing")
        await scene.slack.fill(person, "One thing to change", f"{person} on {name}")
        sent = await scene.slack.submit(person)
        if scene.slack.modal(person) is not None:
            await scene.slack.close_modal(person, everything=True)
        if sent.ok:
            return
    raise AssertionError(f"{person} could not answer about {name}")


def _mourn(scene: Scene) -> None:
    """Of a process that died nobody waits for the lease."""
    if not scene.machines[0].is_up:
        scene.hours.all_died()


async def _calm(scene: Scene) -> None:
    for _ in range(PATIENCE):
        _mourn(scene)
        if scene.machines[0].is_up and scene.hours.is_quiet():
            return
        await a_moment(0.05)
    raise AssertionError("it never becomes quiet")


async def _days_go_by(scene: Scene, days: int) -> None:
    for _ in range(days * 4):
        scene.company.clock.move(timedelta(hours=6))
        await a_moment(0.3)
        await _calm(scene)


def _faults(scene: Scene, book: Book) -> list[str]:
    """Nothing twice, nothing lost: Slack, the database and people's memory agree."""
    rows = {row["id"]: row for row in scene.books.rows(RETRO)}
    seats = scene.books.rows(RETRO_SEAT)
    found = [] if len(rows) == len(book.deals) else [f"{len(rows)} retros of {len(book.deals)} deals"]
    texts = scene.slack.messages("leads")
    for name in book.deals:
        heads = _heads(scene, name)
        if len(heads) != 1:
            found.append(f"{name} has {len(heads)} threads")
            continue
        pictures = sum(block["type"] == "image" for block in heads[0].blocks)
        said = Counter(
            each.text.rpartition("One thing to change: ")[2]
            for each in scene.slack.thread("leads", heads[0].ts)
        )
        found += [f"{name} has {pictures} pictures"] if pictures != 1 else []
        for person in {person for person, deal in book.answered if deal == name}:
            if said[f"{person} on {name}."] != 1:
                found.append(f"{person}'s answer about {name} stands {said[f'{person} on {name}.']} times")
        summaries = [each for each in said if each.startswith(f"What we take from {name}")]
        found += [f"{name} has {len(summaries)} summaries"] if len(summaries) != 1 else []
    kept = [answer for row in rows.values() for answer in row["answers"]]
    if len(kept) != len(book.answered) or sum(seat["answered"] for seat in seats) != len(kept):
        found.append(f"{len(kept)} answers are kept of {len(book.answered)}")
    ids = Counter(each.metadata["event_payload"]["id"] for each in texts if each.metadata)
    logs = (log.read_text() for log in scene.folder.glob("*.log"))
    found += [line for told in logs for line in LOG_LINES.findall(told)]
    found += [f"a message is there {number} times" for number in ids.values() if number > 1]
    found += [
        f"a job failed: {row['kind']} {row['error']}" for row in scene.books.rows(JOB) if row["ended_at"]
    ]
    return found
