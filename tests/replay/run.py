"""The files go in as `truce import --deals --retros` takes them, and the real jobs run with the clock moved."""

import io
import resource
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from bot.__main__ import Truce, assemble
from bot.arrivals import Outcome, Senseless
from bot.imports import DealFile
from bot.retros.commands import LookBack
from bot.retros.story import Side
from bot.settings import Settings
from handlers.imports import Wish, import_csv
from handlers.imports.people import staff_in
from handlers.imports.rows import Row
from handlers.workspace import slack_web
from playground.server import Playground
from storage.db import Database
from storage.retros import Retros
from storage.tables import RETRO
from tests.world import PATIENCE, acme, environment_for, settings_with

BEGIN: Final = datetime(2026, 11, 23, 10, tzinfo=UTC)  # a Monday
SETTINGS: Final = settings_with(hours={"timezone": "UTC"}, feeds={})
HAL: Final = "UHAL00000"
MB: Final = 1024
ROUNDS: Final = 100_000


@dataclass(slots=True)
class Time:
    """Ours: it moves when we say so."""

    at: datetime = BEGIN

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


@dataclass(slots=True)
class History:
    """What was there afterwards. `peaks` are megabytes: after a tenth of the looks, and at the end."""

    told: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    pictures: int = 0
    peaks: list[float] = field(default_factory=list)


async def replay(
    db: Database, folder: Path, *, looks: int, echo: Callable[[str], None] = lambda _: None
) -> History:
    """All closed deals of both companies; of the newest `looks` somebody wants the thread."""
    now, history = Time(), History()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Playground.running(acme(), now=now, limits=False))
        environment = environment_for(slack, PATIENCE)
        web = await stack.enter_async_context(slack_web(environment))
        truce = await assemble(environment, Settings.model_validate(SETTINGS), db, web, now)
        try:
            await truce.recurring.ensure()
            await _settle(truce, now)
            await _imports(truce, folder, now, echo)
            await _settle(truce, now)
            echo("an hour goes by")
            now.at += timedelta(hours=1)
            await _settle(truce, now)
            retros = Retros(db.of(slack.desk.store.workspace.team_id), truce.recurring.agreement)
            ids = await _all(db, slack.desk.store.workspace.team_id)
            echo(f"{len(ids):,} retros")
            for number, each in enumerate(ids):
                await _tell(retros, each, history)
                if number in (len(ids) // 10, len(ids) - 1):
                    history.peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB)
            for each in ids[: looks // 2] + ids[len(ids) - (looks - looks // 2) :]:
                await retros.change(each, LookBack(by=HAL), now())
            await _settle(truce, now)
            threads = [each for each in slack.messages("leads") if "not at who" in each.text]
            history.heads = [each.text for each in threads]
            history.pictures = sum(block["type"] == "image" for each in threads for block in each.blocks)
        finally:
            await truce.worker.stop()
            await truce.edge.stop()
    return history


async def _imports(truce: Truce, folder: Path, now: Time, echo: Callable[[str], None]) -> None:
    async def arrive(rows: Sequence[Row]) -> list[Outcome | Senseless]:
        return await truce.wired.intake.keep(rows, feed=rows[0].feed, now=now(), bulk=True, retros=True)

    staff = staff_in(folder / "sales_teams.csv")
    for name, wish in (
        (
            "olist_marketing_qualified_leads_dataset.csv",
            Wish(feed="olist", mapping={"origin": "source", "first_contact_date": "occurred_at"}),
        ),
        ("olist_closed_deals_dataset.csv", Wish(feed="olist", mapping={}, deals=DealFile())),
        ("sales_pipeline.csv", Wish(feed="maven", mapping={}, deals=DealFile(currency="USD", staff=staff))),
        ("sales_pipeline.csv", Wish(feed="maven", mapping={}, deals=DealFile(currency="USD", staff=staff))),
    ):
        told = await import_csv(
            folder / name, wish, arrive=arrive, echo=lambda _: None, terminal=io.StringIO()
        )
        echo(f"{name}: {told.new:,} new, {told.unchanged:,} unchanged, {told.refused:,} refused")


async def _settle(truce: Truce, now: Time) -> None:
    """Until nothing is due within some seconds: lanes have their pace."""
    for _ in range(ROUNDS):
        await truce.worker.drain()
        due = await truce.jobs.next_due()
        if due is None or due - now.at > timedelta(seconds=5):
            return
        now.at = max(now.at, due)
    raise AssertionError("it never settles")


async def _all(db: Database, workspace: str) -> list[str]:
    query = select(RETRO.c.id).where(RETRO.c.workspace == workspace).order_by(RETRO.c.id)
    return await db.read(lambda session: list(session.scalars(query)))


async def _tell(retros: Retros, retro: str, history: History) -> None:
    seen = await retros.sight(retro)
    assert seen is not None
    days = [seen.story.days.get(side, 0) for side in Side]
    told = {"feed": seen.deal.feed, "deal": seen.deal.external_id, "days": days, "total": seen.story.total}
    history.told.append(told)
