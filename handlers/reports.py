"""/truce report: the figures of any period, to who asks; their page, their leads as a file; and `truce report`."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import click
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from bot import ids
from bot.agreement import Agreement
from bot.blocks import button
from bot.errors import Refused
from bot.handouts import GONE, NO_ADDRESS, WAITS, Handout, admin_note, ready_note
from bot.jobs import FreezePeriods, Sight
from bot.links import LINK, ROWS, VISIT, VISIT_LIVES, Closed, Links, Pass
from bot.pages import Choices, closed_page, policy, report_page
from bot.posts import Posting
from bot.reports import Report, as_json, chosen, report_message, report_words, request, rows
from bot.text import one_line
from handlers.payloads import Agreed, Answer, Beside, Click, Routes, Said, Say, of_workspace
from storage.db import Space
from storage.frozen import FrozenPeriods
from storage.handouts import Handouts
from storage.reports import Reports

HELP = """The figures of a period, as docs/figures.md defines them.

PERIOD is `last week` (if nothing is said), `march`, `2026-Q3`, `2026-W47`, `2026-11-01..2026-11-15`. Nothing here
needs Slack.
"""
COOKIE = "truce_figures"
HEADERS: Mapping[str, str] = {
    "content-security-policy": policy(),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class ReportHandlers:
    reports: Reports
    frozen: FrozenPeriods
    handouts: Handouts
    agreement: Agreement
    links: Links
    now: Callable[[], datetime]

    @classmethod
    def of(
        cls, space: Space, agreement: Agreement, links: Links, now: Callable[[], datetime]
    ) -> "ReportHandlers":
        reports = Reports(space, agreement)
        frozen, handouts = FrozenPeriods(space, agreement), Handouts(space, agreement, reports)
        return cls(reports, frozen, handouts, agreement, links, now)

    def routes(self) -> Routes:
        return Routes(
            commands={"report": self.tell},
            actions={
                ids.REPORT_PAGE: self.page_opened,
                ids.REPORT_CSV: self.csv,
                ids.HANDOUT_TAKE: self.take,
                ids.HANDOUT_ALLOW: self.allow,
            },
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {FreezePeriods: self.freeze}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.HANDOUT: self.to_admin, Sight.HANDOUT_READY: self.to_asker}

    @property
    def pages(self) -> Mapping[str, Callable[[Request], Awaitable[Response]]]:
        return {"/reports": self.show, "/reports/leads.csv": self.hand_out}

    async def freeze(self, _job: FreezePeriods, _until: datetime) -> None:
        await self.frozen.freeze(self.now())

    async def tell(self, said: Said) -> Say:
        report = await self.reports.ask(said.by, said.words, self.now())
        buttons = []
        link = self.links.page(said.by, said.words, self.now())
        if link is not None:
            buttons.append(button("Page", ids.REPORT_PAGE, "", about="these figures in a browser", url=link))
        if not report.is_of_one:
            buttons.append(button("CSV", ids.REPORT_CSV, said.words or "last week", about="these leads"))
        message = report_message(report, self.agreement, buttons)
        return Say(words=message.text, blocks=message.blocks)

    async def page_opened(self, _click: Click) -> None:
        """The browser has gone there by itself."""

    async def csv(self, click: Click) -> Answer:
        if self.links.url is None:
            return Say(words=NO_ADDRESS)
        handout = await self.handouts.ask(click.by, click.value, self.now())
        return self._given(handout) if handout.is_allowed else Say(words=f"{handout.said}: {WAITS}")

    async def take(self, click: Click) -> Answer:
        handout = await self.handouts.get(click.value)
        if handout is None or handout.by != click.by or not handout.is_allowed or handout.taken_at:
            return Say(words=GONE)
        return self._given(handout)

    async def allow(self, click: Click) -> Answer:
        await self.handouts.allow(click.value, click.by, self.now())
        return None

    def _given(self, handout: Handout) -> Say:
        link = self.links.file(handout.by, handout.id, self.now())
        return Say(
            words=f"<{link}|{handout.said} as CSV>. This link is yours alone: it opens once, for 15 minutes."
        )

    async def to_admin(self, about: str, _now: datetime) -> Posting | None:
        ident, _, admin = about.partition("|")
        handout = await self.handouts.get(ident)
        return None if handout is None else Posting(channel=admin, message=admin_note(handout))

    async def to_asker(self, about: str, _now: datetime) -> Posting | None:
        ident, _, asker = about.partition("|")
        handout = await self.handouts.get(ident)
        return None if handout is None else Posting(channel=asker, message=ready_note(handout))

    async def show(self, asked: Request) -> Response:
        """The page: opened by a link, once; then for an hour by the browser that opened it."""
        try:
            if "link" in asked.query_params:
                return await self._begin(self.links.read(asked.query_params["link"], LINK, self.now()))
            visit = self.links.read(asked.cookies.get(COOKIE, ""), VISIT, self.now())
        except Closed as closed:
            return HTMLResponse(closed_page(str(closed)), HTTPStatus.FORBIDDEN, HEADERS)
        told = {name: value[:200] for name, value in asked.query_params.items()}
        report, sentence = None, ""
        try:
            report = await self.reports.ask(visit.by, request(told), self.now())
        except Refused as refused:
            sentence = str(refused)
        choices = Choices(offered=await self.reports.choices(self.now()), chosen=told, sentence=sentence)
        return HTMLResponse(report_page(report, choices, self.agreement), headers=HEADERS)

    async def _begin(self, opened: Pass) -> Response:
        """The first browser that opens a link has it; its address then holds no secret any more."""
        await self.handouts.open_link(opened.id, self.now())
        query = urlencode({name: value for name, value in chosen(opened.about).items() if value})
        answer = RedirectResponse(f"/reports?{query}", HTTPStatus.SEE_OTHER, HEADERS)
        answer.set_cookie(
            COOKIE,
            self.links.visit(opened, self.now()),
            max_age=int(VISIT_LIVES.total_seconds()),
            path="/reports",
            httponly=True,
            secure=self.links.is_secure,
            samesite="lax",
        )
        return answer

    async def hand_out(self, asked: Request) -> Response:
        """The leads, streamed: a page of the database at a time."""
        try:
            told = self.links.read(asked.query_params.get("link", ""), ROWS, self.now())
            handout = await self.handouts.take(told.about, told.by, self.now())
        except Closed as closed:
            return HTMLResponse(closed_page(str(closed)), HTTPStatus.FORBIDDEN, HEADERS)
        named = {"content-disposition": f'attachment; filename="leads-{handout.period}.csv"'}
        body = _lines(self.handouts, handout.by, handout.words, self.now(), self.agreement)
        return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers={**HEADERS, **named})


async def _lines(
    handouts: Handouts, by: str | None, words: str, now: datetime, agreement: Agreement
) -> AsyncIterator[str]:
    yield rows.head()
    async for page in handouts.rows(by, words, now):
        yield rows.lines(page, agreement.calendar.zone)


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
    @click.option("--csv", "as_rows", is_flag=True, help="The leads themselves, a row each.")
    @of_workspace
    def report(
        workspace: str | None,
        period: tuple[str, ...],
        *,
        for_machines: bool,
        as_rows: bool,
        **filters: str | None,
    ) -> None:
        named = [f"{name}: {filters[name]}" for name in filters if filters[name]]
        words = " ".join([*period, *named])
        with beside(workspace) as space:
            if as_rows:
                asyncio.run(_written(space, agreed, words, now()))
                return
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


async def _written(space: Space, agreed: Agreed, words: str, now: datetime) -> None:
    """To standard output, as it comes."""
    agreement = await agreed(space)
    handouts = Handouts(space, agreement, Reports(space, agreement))
    async for some in _lines(handouts, None, words, now, agreement):
        sys.stdout.write(some)
