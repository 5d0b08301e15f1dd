"""What people do in retros: they answer in a form whose draft is kept, and choose, do or drop the one change."""

import asyncio
import csv
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import click

from bot import ids
from bot.agreement import Agreement
from bot.errors import Refused
from bot.retros import form as forms
from bot.retros.acting import default_due, tomorrow
from bot.retros.commands import Choose, Drop, Finish, LookBack, Meet, Tell
from bot.retros.exporting import COLUMNS, as_object, as_row
from bot.retros.learning import Sought, lessons_note, read_sought
from bot.retros.looks import RetroSight
from handlers.payloads import (
    Agreed,
    Answer,
    Beside,
    Change,
    Click,
    Open,
    Routes,
    Said,
    Say,
    Submission,
    Wrong,
    of_workspace,
)
from storage.db import Space
from storage.retro_search import RetroSearch
from storage.retros import Retros

AT_ONCE = 100  # retros in memory
HELP = """The retros that are over, as CSV (one line each) or JSON (one object a line).

WORDS are those of `/truce retros`: `initech over 10000`, `price competitor: Initech`; none is all of them. What was
written without a name has none here either. Nothing here needs Slack.
"""


@dataclass(frozen=True, slots=True)
class RetroHandlers:
    retros: Retros
    search: RetroSearch
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "RetroHandlers":
        return cls(Retros(space, agreement), RetroSearch(space, agreement), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.RETRO_ANSWER: self.ask,
                ids.RETRO_FIELD: self.fill_in,
                ids.RETRO_LOOK_BACK: self.look_back,
                ids.RETRO_MEET: self.ask_when,
                ids.RETRO_CHOOSE: self.ask_who_does_it,
                ids.RETRO_DONE: self.finish,
                ids.RETRO_DROP: self.ask_why_not,
            },
            forms={
                ids.RETRO_FORM: self.tell,
                ids.RETRO_MEET_FORM: self.meet,
                ids.RETRO_ACTION_FORM: self.choose,
                ids.RETRO_DROP_FORM: self.drop,
            },
            commands={"retros": self.learn},
        )

    async def learn(self, said: Said) -> Answer:
        sought = read_sought(said.words)
        found, lessons, total = await self.search.find(sought, said.by)
        return Say(words=lessons_note(sought, found, lessons, total))

    async def ask(self, click: Click) -> Answer:
        """The form, with what they had filled in before."""
        seen = await self.retros.check(click.value, Tell(by=click.by, id="", said={}), self.now())
        seat = seen.retro.seat_of(click.by)
        draft = None if seat is None else seat.draft
        return Open(view=forms.retro_form(seen, draft or {}))

    async def fill_in(self, click: Click) -> Answer:
        """Every answer is kept as a draft; the questions that follow from it appear."""
        view = click.view or {}
        retro, said = view["private_metadata"], forms.read_said(view["state"]["values"])
        await self.retros.keep_draft(retro, click.by, None if forms.wants_no_name(said) else said)
        if forms.fits(view, await self.retros.get(retro), said):
            return None
        seen = await self.retros.check(retro, Tell(by=click.by, id="", said={}), self.now())
        return Change(view=forms.retro_form(seen, said))

    async def tell(self, form: Submission) -> Say | Wrong | None:
        async def work() -> None:
            retro = await self.retros.get(form.about)
            told = Tell(
                by=form.by,
                id=uuid4().hex,
                said=forms.read_said(form.values, retro.outcome),
                if_few=forms.if_few(forms.read_said(form.values)),
            )
            await self.retros.change(form.about, told, self.now())

        return await _sent(work) or Say(words="Thank you. Your answer goes to the thread with the others.")

    async def look_back(self, click: Click) -> Answer:
        await self.retros.change(click.value, LookBack(by=click.by), self.now())
        return None

    async def ask_when(self, click: Click) -> Answer:
        seen = await self.retros.check(click.value, Meet(by=click.by, day=None), self.now())
        return Open(view=forms.meet_form(seen, tomorrow(self.agreement, self.now()).isoformat()))

    async def meet(self, form: Submission) -> Say | Wrong | None:
        async def work() -> None:
            await self.retros.change(form.about, forms.read_meet(form.values, form.by), self.now())

        return await _sent(work)

    async def ask_who_does_it(self, click: Click) -> Answer:
        retro, _, answer = click.value.partition("|")
        command = Choose(by=click.by, answer=answer, who="", due=None)
        seen = await self.retros.check(retro, command, self.now())
        due = default_due(self.agreement, self.now()).isoformat()
        return Open(view=forms.action_form(seen, answer, due))

    async def choose(self, form: Submission) -> Say | Wrong | None:
        async def work() -> None:
            retro, _, answer = form.about.partition("|")
            await self.retros.change(retro, forms.read_choice(form.values, form.by, answer), self.now())

        return await _sent(work)

    async def finish(self, click: Click) -> Answer:
        await self.retros.change(click.value, Finish(by=click.by), self.now())
        return None

    async def ask_why_not(self, click: Click) -> Answer:
        seen = await self.retros.check(click.value, Drop(by=click.by, why=""), self.now())
        return Open(view=forms.drop_form(seen))

    async def drop(self, form: Submission) -> Say | Wrong | None:
        async def work() -> None:
            await self.retros.change(form.about, forms.read_drop(form.values, form.by), self.now())

        return await _sent(work)


async def _sent(work: Callable[[], Awaitable[None]]) -> Wrong | None:
    """A refusal that belongs to a field stands under it."""
    try:
        await work()
    except Refused as refused:
        if refused.field is None:
            raise
        return Wrong(block=refused.field, words=str(refused))
    return None


def retros_command(beside: Beside, agreed: Agreed) -> click.Command:
    """`truce retros`, beside the running bot."""

    @click.command(name="retros", help=HELP)
    @click.argument("words", nargs=-1)
    @click.option("--csv", "form", flag_value="csv", default=True, help="A table; this if nothing is said.")
    @click.option("--json", "form", flag_value="json", help="One JSON object a line.")
    @of_workspace
    def retros(workspace: str | None, words: tuple[str, ...], form: str) -> None:
        sought = read_sought(" ".join(words))
        with beside(workspace) as space:
            asyncio.run(_write(space, agreed, sought, _as_json if form == "json" else _as_csv()))

    return retros


def _as_csv() -> Callable[[RetroSight], None]:
    table = csv.DictWriter(sys.stdout, COLUMNS)
    table.writeheader()
    return lambda seen: table.writerow(as_row(seen)) and None


def _as_json(seen: RetroSight) -> None:
    click.echo(json.dumps(as_object(seen), ensure_ascii=False))


async def _write(space: Space, agreed: Agreed, sought: Sought, write: Callable[[RetroSight], None]) -> None:
    async with aclosing(_found(space, agreed, sought)) as found:
        async for seen in found:
            write(seen)


async def _found(space: Space, agreed: Agreed, sought: Sought) -> AsyncGenerator[RetroSight, None]:
    """One page in memory, however many there are."""
    search = RetroSearch(space, await agreed(space))
    ids = await search.ids(sought)
    for start in range(0, len(ids), AT_ONCE):
        for seen in await search.seen(ids[start : start + AT_ONCE]):
            yield seen
