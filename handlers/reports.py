"""/truce report: the figures of any period, to who asks; and `truce report` for the terminal and other tools."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from bot.agreement import Agreement
from bot.jobs import FreezePeriods
from bot.reports import Report, as_json, report_words
from bot.text import one_line
from handlers.payloads import Agreed, Beside, Routes, Said, Say, of_workspace
from storage.db import Space
from storage.frozen import FrozenPeriods
from storage.reports import Reports

HELP = """The figures of a period, as docs/figures.md defines them.

PERIOD is `last week` (if nothing is said), `march`, `2026-Q3`, `2026-W47`, `2026-11-01..2026-11-15`. Nothing here
needs Slack.
"""


@dataclass(frozen=True, slots=True)
class ReportHandlers:
    reports: Reports
    frozen: FrozenPeriods
    agreement: Agreement
    now: Callable[[], datetime]

    def routes(self) -> Routes:
        return Routes(commands={"report": self.tell})

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {FreezePeriods: self.freeze}

    async def freeze(self, _job: FreezePeriods, _until: datetime) -> None:
        await self.frozen.freeze(self.now())

    async def tell(self, said: Said) -> Say:
        report = await self.reports.ask(said.by, said.words, self.now())
        return Say(words=report_words(report, self.agreement))


def report_command(beside: Beside, agreed: Agreed, now: Callable[[], datetime]) -> click.Command:
    """`truce report`, beside the running bot."""

    @click.command(name="report", help=HELP)
    @click.argument("period", nargs=-1)
    @click.option("--team", help="Of one team.")
    @click.option("--campaign", help="Of one campaign.")
    @click.option("--source", help="Of one source.")
    @click.option("--segment", help="Of one industry or country.")
    @click.option("--attribution", help="first, last, linear, u, w, decay, or all.")
    @click.option("--json", "for_machines", is_flag=True, help="One JSON object, for other tools.")
    @of_workspace
    def report(
        workspace: str | None, period: tuple[str, ...], *, for_machines: bool, **filters: str | None
    ) -> None:
        named = [f"{name}: {filters[name]}" for name in filters if filters[name]]
        words = " ".join([*period, *named])
        with beside(workspace) as space:
            found, agreement = asyncio.run(_told(space, agreed, words, now()))
        if for_machines:
            click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
        else:
            lines = report_words(found, agreement).replace("*", "").splitlines()
            click.echo("\n".join(one_line(line) for line in lines))

    return report


async def _told(space: Space, agreed: Agreed, words: str, now: datetime) -> tuple[Report, Agreement]:
    agreement = await agreed(space)
    return await Reports(space, agreement).tell(words, now), agreement
