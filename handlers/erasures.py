"""A person's data: given out, removed, kept no longer than agreed; and who was removed and comes again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from bot import ids
from bot.agreement import Agreement
from bot.erasing import comeback_note, erased_words
from bot.errors import Refused
from bot.jobs import Due, EndRetention, Sight
from bot.posts import Posting
from bot.text import count
from handlers.payloads import Agreed, Answer, Beside, Click, Routes, Say, of_workspace
from storage.db import Space
from storage.erasures import Erasures
from storage.jobs import Jobs
from storage.keeping_out import KeepingOut
from storage.traces import export, find

WHO = """WHO is an e-mail address, a phone number with its country (+44 ...), or the id of a lead. Nothing here needs Slack."""
EXPORT = f"""All that is kept of a person, as JSON.

{WHO}
"""
ERASE = f"""Remove a person everywhere that Truce reaches.

What is counted stays (when, what kind, who of us); messages in Slack are emptied by the running bot. A keyed hash is
kept, so that the same person coming again is held and the admins are asked.

{WHO}
"""
READMIT = f"""Let somebody who was removed come in again.

{WHO}
"""
RETENTION = """Remove the leads that are kept longer than leads.retention of app.yaml allows.

The running bot does so every day. They are not known again.
"""


@dataclass(frozen=True, slots=True)
class ErasureHandlers:
    erasures: Erasures
    keeping_out: KeepingOut
    jobs: Jobs
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "ErasureHandlers":
        return cls(Erasures(space, agreement), KeepingOut(space, agreement), Jobs(space), now)

    def routes(self) -> Routes:
        return Routes(actions={ids.ADMIT: self.admit, ids.KEEP_OUT: self.keep_out})

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {EndRetention: self.end_retention}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.COMEBACK: self.comeback}

    async def end_retention(self, _job: EndRetention, _until: datetime) -> None:
        if await self.erasures.end_some(self.now()):
            await self.jobs.add([Due(job=EndRetention(), at=self.now())])

    async def comeback(self, about: str, _now: datetime) -> Posting | None:
        person, _, admin = about.partition("|")
        back = await self.keeping_out.of(person)
        if back is None:
            return None
        return Posting(channel=admin, message=comeback_note(back), wanted=back.admitted is None)

    async def admit(self, click: Click) -> Answer:
        await self.keeping_out.answer(click.value, click.by, self.now(), admitted=True)
        return Say(words="They are taken in like anybody else.")

    async def keep_out(self, click: Click) -> Answer:
        await self.keeping_out.answer(click.value, click.by, self.now(), admitted=False)
        return Say(words="What they sent is gone, and nothing of theirs is taken in from now on.")


def erasure_commands(beside: Beside, agreed: Agreed, now: Callable[[], datetime]) -> list[click.Command]:
    """`truce export`, `erase`, `readmit` and `retention`."""
    who, dry = click.argument("who"), click.option("--dry-run", is_flag=True, help="Only say what there is.")

    @click.command(name="export", help=EXPORT)
    @who
    @dry
    @of_workspace
    def _export(workspace: str | None, who: str, *, dry_run: bool) -> None:
        with beside(workspace) as space:
            told = asyncio.run(_exported(space, who))
        if dry_run:
            click.echo("\n".join(f"{kind}: {len(rows):,}" for kind, rows in told.items()))
        else:
            click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))

    @click.command(name="erase", help=ERASE)
    @who
    @dry
    @of_workspace
    def _erase(workspace: str | None, who: str, *, dry_run: bool) -> None:
        with beside(workspace) as space:
            done = asyncio.run(_erased(space, agreed, who, now(), dry=dry_run))
        click.echo(erased_words(done, dry=dry_run))

    @click.command(name="readmit", help=READMIT)
    @who
    @of_workspace
    def _readmit(workspace: str | None, who: str) -> None:
        with beside(workspace) as space:
            if not asyncio.run(_readmitted(space, agreed, who)):
                raise Refused("Nobody who was removed is known by this.")
        click.echo("Taken in like anybody else from now on.")

    @click.command(name="retention", help=RETENTION)
    @dry
    @of_workspace
    def _retention(workspace: str | None, *, dry_run: bool) -> None:
        with beside(workspace) as space:
            done = asyncio.run(_ended(space, agreed, now(), dry=dry_run))
        click.echo(f"{count(done, 'lead')} {'would be removed' if dry_run else 'removed'}.")

    return [_export, _erase, _readmit, _retention]


async def _exported(space: Space, who: str) -> dict[str, Any]:
    found = await find(space, who)
    if found.is_nothing:
        raise Refused(_NOBODY)
    return await export(space, found)


async def _erased(space: Space, agreed: Agreed, who: str, now: datetime, *, dry: bool) -> Mapping[str, int]:
    found, erasures = await find(space, who), Erasures(space, await agreed(space))
    if found.is_nothing:
        raise Refused(_NOBODY)
    told = await erasures.count(found)
    if not dry:
        await erasures.erase(found, now)
    return told


async def _readmitted(space: Space, agreed: Agreed, who: str) -> int:
    return await KeepingOut(space, await agreed(space)).admit(who.strip())


async def _ended(space: Space, agreed: Agreed, now: datetime, *, dry: bool) -> int:
    erasures = Erasures(space, await agreed(space))
    if dry:
        return await erasures.over(now)
    done = 0
    while some := await erasures.end_some(now):
        done += some
    return done


_NOBODY = "Nothing here is about anybody known by this. An e-mail, a phone number with its country, or an id is looked for."
