"""Home of a rep whose team has 10,000 open leads, against one bare query and a bare views.publish of the same view."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Final

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select, text
from sqlmodel import Session

from bot.home import draw
from bot.jobs import DrawHome
from bot.leads.lead import Handoff, Lead, State, Verdict
from handlers.home import HomeHandlers
from storage.db import Database, Space
from storage.homes import Homes
from storage.lead_rows import handoff_row, lead_row
from storage.people import People
from storage.tables import HANDOFF, LEAD
from storage.upsert import add
from storage.workspace import opened
from tests.bot.examples import PEOPLE, agreement

OPEN: Final = 10_000
AT_ONCE: Final = 1000
WARM: Final = 3
TIMES: Final = 25
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OURS: Final = agreement(people={})  # everybody has every role, so that each part is drawn
Figures = dict[str, Any]


async def opens(fresh: Callable[[str], str], many: int = OPEN) -> Figures:
    """Milliseconds until it is published, ours of them, and of one query and a publish without us."""
    with opened(fresh("home")) as db:
        await People(Space(db=db, workspace="T1")).keep(list(PEOPLE.values()), NOW)
        await _fill(db, many)
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))  # PostgreSQL does so by itself, after a while
        async with _slack() as url:
            client = AsyncWebClient(token="xoxb-bench", base_url=url, retry_handlers=[])
            return await _timed(db, client, many)


async def _timed(db: Database, client: AsyncWebClient, many: int) -> Figures:
    homes, moment = Homes(Space(db=db, workspace="T1"), OURS), NOW
    handlers = HomeHandlers(homes, client, lambda: moment)
    await homes.open("UAMY", NOW)
    found = await homes.of("UAMY", NOW)
    assert found is not None
    view = draw(found[0])

    async def whole() -> None:
        nonlocal moment
        moment += timedelta(minutes=1)  # its ceiling is of each minute
        found = await homes.of("UAMY", NOW)
        assert found is not None
        await homes.shown("UAMY", found[1], replace(found[1], shown_hash="another"))
        await handlers.draw(DrawHome(person="UAMY"), NOW)

    async def publish() -> None:
        await client.views_publish(user_id="UAMY", view=view)

    async def query() -> None:
        await db.read(lambda session: session.execute(_SIX).all())

    async def reading() -> None:
        await homes.of("UAMY", NOW)

    async def forgetting() -> None:
        await homes.shown("UAMY", found[1], found[1])

    took = {each.__name__: await _took(each) for each in (whole, reading, forgetting, publish, query)}
    # Before it is drawn anew, what it showed is read and forgotten: that is no part of it.
    ours = took["whole"] - took["reading"] - took["forgetting"] - took["publish"]
    bare = took["publish"] + took["query"]
    return {
        "open leads": many,
        "blocks": len(view["blocks"]),
        "bytes": len(json.dumps(view)),
        "ms": {**took, "ours (aim: under 100)": ours},
        "ratios": {"to one bare query and publish": (ours + took["publish"]) / bare},
    }


async def _took(work: Callable[[], Awaitable[None]]) -> float:
    """The quickest of some times: whatever else the machine does only adds to it."""
    took = []
    for _ in range(WARM + TIMES):
        began = perf_counter()
        await work()
        took.append((perf_counter() - began) * 1000)
    return min(took[WARM:])


@asynccontextmanager
async def _slack() -> AsyncIterator[str]:
    """Takes every view."""
    app = web.Application()

    async def publish(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"ok": True, "view": {"hash": "1"}})

    app.router.add_post("/api/views.publish", publish)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


async def _fill(db: Database, number: int) -> None:
    """Half of them wait for an answer, some of those late; the others are owned, a tenth of these by Amy."""
    for start in range(0, number, AT_ONCE):
        leads = [_lead(n) for n in range(start, min(start + AT_ONCE, number))]

        def work(session: Session, some: list[Lead] = leads) -> None:
            add(session, LEAD, [{**lead_row("T1", lead), "changed_at": None} for lead in some])
            handoffs = [handoff_row("T1", lead.id, lead.handoff) for lead in some if lead.handoff]
            add(session, HANDOFF, handoffs)

        await db.write(work)


def _lead(n: int) -> Lead:
    at = NOW - timedelta(minutes=n % 5000)
    is_owned = n % 2 == 0
    owner = ("UAMY" if n % 20 == 0 else f"UREP{n % 40:02}") if is_owned else None
    handoff = Handoff(
        id=f"{n:032x}-1",
        number=1,
        offered_at=at,
        channel="CLEADS",
        week=OURS.week(at),
        line=f"campaign:Campaign {n % 30}",
        source="webinar",
        team="all",
        late_at=at + timedelta(hours=8) if n % 3 == 0 else None,
        verdict=Verdict.ACCEPTED if is_owned else None,
        decided_at=at if is_owned else None,
        decided_by=owner,
    )
    return Lead(
        id=f"{n:032x}",
        feed="crm",
        external_id=None,
        state=State.ACCEPTED if is_owned else State.OFFERED,
        arrived_at=at,
        occurred_at=at,
        owner=owner,
        fields={"contact.name": f"Person {n}", "company.name": f"Globex {n}"},
        handoff=handoff,
    )


_SIX: Final = select(LEAD).where(LEAD.c.workspace == "T1", LEAD.c.owner == "UAMY").limit(6)
