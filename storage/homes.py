"""Everybody's Home, read at one moment: lists of leads by role, each a page long however long it is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, String, and_, case, cast, false, func, or_, select, text, true, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.home import NAMED, PAGE, Change, Home, Line, Load, Page, Part, Published, Week
from bot.jobs import Due, draw_home
from bot.leads.disputing import judges
from bot.leads.lead import State, Verdict
from bot.people import Person, Role
from storage import home_rows, jobs, people
from storage.campaigns import apart_from, of_others
from storage.db import Space
from storage.digests.stuck import ACCEPTED, STALLED
from storage.health import work
from storage.lead_rows import load
from storage.members import who_looks
from storage.posts import Ceiling, take_token
from storage.retro_sights import changes_of
from storage.sights import sighted
from storage.tables import HANDOFF, HOME, LEAD
from storage.teams import team_now
from storage.upsert import insert
from storage.voices import lately

HOMES: Final = Ceiling(name="ceiling:homes", per_minute=100)
SOON: Final = timedelta(days=14)
LATELY: Final = timedelta(days=28)  # eight working days for question and answer, with holidays between
HEARD: Final = timedelta(days=28)
A_MINUTE: Final = timedelta(minutes=1)  # what was just due is done when it is read
IN_HAND: Final = (State.ACCEPTED, State.WORKING)
UNREMINDED: Final = text("handoff.unreminded")  # written out, as the index that holds these alone is
Ids = Select[Any]
_PUBLISHED: Final = (HOME.c.shown_hash, HOME.c.slack_hash)


class Homes:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def open(self, person: str, now: datetime) -> None:
        """Somebody looks at their Home: on its first pages, and drawn anew from now on when something changes."""
        await self._note(person, now, opened_at=now, pages={})

    async def turn(self, person: str, part: Part, page: int, now: datetime) -> None:
        """They turn to this page of one of its lists."""
        here = (HOME.c.workspace == self._space.workspace) & (HOME.c.slack_id == person)
        pages = await self._space.read(lambda session: session.scalar(select(HOME.c.pages).where(here)))
        await self._note(person, now, opened_at=now, pages={**(pages or {}), str(part): page})

    async def _note(self, person: str, now: datetime, **values: Any) -> None:
        key = {"workspace": self._space.workspace, "slack_id": person}

        def work(session: Session) -> None:
            fresh = insert(session, HOME).values(**key, **values, shown_hash=None, slack_hash=None)
            session.execute(
                fresh.on_conflict_do_update(index_elements=["workspace", "slack_id"], set_=values)
            )
            jobs.add(session, self._space.workspace, [draw_home(person, now)])

        await self._space.write(work)

    async def draw_all(self, now: datetime) -> None:
        """Every Home that is looked at is to be drawn, each in its own time."""

        def work(session: Session) -> None:
            opened = home_rows.looked_at(session, self._space.workspace, now)
            due: list[Due] = [draw_home(person, now) for person in sorted(opened)]
            jobs.add(session, self._space.workspace, due)

        await self._space.write(work, bulk=True)

    async def of(self, person: str, now: datetime) -> tuple[Home, Published] | None:
        """What somebody's Home shows, and what it showed last; None: they never opened it."""

        def read(session: Session) -> tuple[Home, Published] | None:
            here = (HOME.c.workspace == self._space.workspace) & (HOME.c.slack_id == person)
            row = session.execute(select(HOME.c.pages, *_PUBLISHED).where(here)).first()
            if row is None:
                return None
            last = Published(shown_hash=row.shown_hash, slack_hash=row.slack_hash)
            try:
                whom = who_looks(session, self._space.workspace, person, self._agreement)
            except Refused as refused:
                return Home(refused=str(refused)), last
            reading = _Reading(
                session,
                self._agreement,
                workspace=self._space.workspace,
                person=whom,
                pages=row.pages,
                now=now,
            )
            return reading.home(), last

        return await self._space.read(read)

    async def yours(self, person: str, now: datetime) -> Page:
        """What somebody may take and what is theirs, the first page. Raises Refused to who takes no part."""

        def read(session: Session) -> Page:
            whom = who_looks(session, self._space.workspace, person, self._agreement)
            workspace = self._space.workspace
            reading = _Reading(session, self._agreement, workspace=workspace, person=whom, pages={}, now=now)
            return reading.yours()

        return await self._space.read(read)

    async def take_turn(self, now: datetime) -> None:
        """Raise Later while the workspace has had all the redraws of a minute."""
        await self._space.write(lambda session: take_token(session, self._space.workspace, HOMES, now))

    async def shown(self, person: str, before: Published, now: Published) -> None:
        """Slack shows this now; nothing, where another one was shown since `before`."""
        here = (HOME.c.workspace == self._space.workspace) & (HOME.c.slack_id == person)
        still = HOME.c.slack_hash.is_not_distinct_from(before.slack_hash)
        told = {"shown_hash": now.shown_hash, "slack_hash": now.slack_hash}
        await self._space.write(
            lambda session: session.execute(update(HOME).where(here, still).values(**told))
        )


class _Reading:
    """One person's Home, inside a transaction."""

    def __init__(
        self,
        session: Session,
        agreement: Agreement,
        *,
        workspace: str,
        person: Person,
        pages: dict[str, int],
        now: datetime,
    ) -> None:
        self._session, self._workspace, self._agreement = session, workspace, agreement
        self._person, self._pages, self._now = person, pages, now

    def home(self) -> Home:
        pages: dict[Part, Page] = {}
        reps, managed = self._teams(Role.REP), self._teams(Role.MANAGER)
        markets = self._agreement.has(self._person, Role.MARKETER)
        if reps:
            pages[Part.YOURS] = self.yours()
        if markets:
            open_ones = [self._theirs(self._decided(each)) for each in (State.REJECTED, State.DISPUTED)]
            rejected = self._page(Part.REJECTED, *open_ones)
            pages[Part.REJECTED] = replace(rejected, judged=self._judged(rejected))
            pages[Part.SOON] = self._page(Part.SOON, self._theirs(self._soon()))
        overseen = self._every_team if self._agreement.is_head(self._person) else managed
        if overseen:
            pages[Part.STUCK] = self._page(Part.STUCK, *self._stuck(overseen))
        if managed:
            looks = self._decided(State.DISPUTED).where(HANDOFF.c.team.in_(managed))
            pages[Part.LOOKS] = self._page(Part.LOOKS, looks)
        runs = self._agreement.has(self._person, Role.ADMIN)
        return Home(
            person=self._person.slack_id,
            pages=pages,
            week=self._week() if reps else None,
            lines=self._lines() if markets else None,
            heard=lately(self._session, self._workspace, self._now - HEARD, self._now) if markets else (),
            loads=self._loads(overseen) if overseen else None,
            work=work(self._session, self._workspace, self._now, late=A_MINUTE) if runs else None,
            changes=self._changes(),
        )

    def yours(self) -> Page:
        """What they are asked for or what is hot, then what is due of their own, then all else."""
        asked, hot, others = self._offers(self._teams(Role.REP))
        due = or_(LEAD.c.state == State.ACCEPTED, LEAD.c.next_step_at <= self._now)
        rest = and_(LEAD.c.state == State.WORKING, func.coalesce(LEAD.c.next_step_at > self._now, true()))
        return self._page(Part.YOURS, asked, hot, self._owned(due), others, self._owned(rest))

    def _changes(self) -> list[Change]:
        today = self._now.astimezone(self._agreement.calendar.zone).date()
        found = changes_of(self._session, self._workspace, self._person.slack_id)
        return [replace(each, is_past=each.due < today) for each in found]

    @property
    def _every_team(self) -> list[str]:
        return [team.name for team in self._agreement.settings.teams_in_force]

    def _teams(self, role: Role) -> list[str]:
        """The names of the teams in which they have this role."""
        teams = self._agreement.settings.teams_in_force
        return [team.name for team in teams if self._agreement.roles_of(team).has(self._person, role)]

    def _page(self, part: Part, *lists: Ids) -> Page:
        """A page of these lists, one after another."""
        number = self._pages.get(part, 0)
        most = (number + 1) * PAGE + 1
        ids: list[str] = []
        for query in lists:
            if len(ids) < most:
                ids += self._session.scalars(query.limit(most - len(ids))).all()
        shown = ids[number * PAGE : (number + 1) * PAGE]
        leads = load(self._session, self._workspace, shown, some=True)
        found = [leads[each] for each in shown if each in leads]
        seen = sighted(self._session, self._workspace, self._agreement, found, self._now)
        return Page(leads=seen, number=number, more=len(ids) > (number + 1) * PAGE)

    def _waiting(self, teams: Sequence[str]) -> Ids:
        """Leads that wait for an answer in these teams."""
        both = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.handoff == HANDOFF.c.id)
        there = (LEAD.c.id == HANDOFF.c.lead) & both
        return (
            select(LEAD.c.id)
            .select_from(HANDOFF.join(LEAD, there))
            .where(
                HANDOFF.c.workspace == self._workspace,
                HANDOFF.c.verdict.is_(None),
                HANDOFF.c.team.in_(teams),
                LEAD.c.state == State.OFFERED,
            )
        )

    def _offers(self, teams: Sequence[str]) -> list[Ids]:
        """What they may take: what they are asked for first, then hot ones, then what waits longest.

        Each a list of its own, so that only as much is looked at as a page shows.
        """
        me = self._person.slack_id
        passed = cast(HANDOFF.c.hidden_from, String).contains(f'"{me}"', autoescape=True)
        mine = func.coalesce(HANDOFF.c.to, "") == me
        others = ~mine & HANDOFF.c.alone.is_(False)
        lists = (mine, others & HANDOFF.c.hot.is_(True), others & HANDOFF.c.hot.is_(False))
        order = (HANDOFF.c.offered_at, HANDOFF.c.id)
        return [self._waiting(teams).where(which, ~passed).order_by(*order) for which in lists]

    def _stuck(self, teams: Sequence[str]) -> list[Ids]:
        """Late for an answer, late for a first contact, what nobody is reminded of any more, and what is stalled.

        Each lead stands in the first of these that it fits.
        """
        both = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.handoff == HANDOFF.c.id)
        joined = select(LEAD.c.id).select_from(HANDOFF.join(LEAD, both & (LEAD.c.id == HANDOFF.c.lead)))
        here = joined.where(HANDOFF.c.workspace == self._workspace, HANDOFF.c.team.in_(teams))
        late = and_(LEAD.c.state == State.OFFERED, HANDOFF.c.late_at.is_not(None))
        untouched = and_(HANDOFF.c.verdict == ACCEPTED, HANDOFF.c.contacted_at.is_(None))
        uncalled = and_(LEAD.c.state == State.ACCEPTED, untouched, HANDOFF.c.contact_due <= self._now)
        told = or_(late, func.coalesce(uncalled, false()))
        lists = (
            self._waiting(teams).where(HANDOFF.c.late_at.is_not(None)),
            here.where(uncalled),
            here.where(UNREMINDED, LEAD.c.state.in_((State.OFFERED, *IN_HAND)), ~told),
            here.where(STALLED, ~HANDOFF.c.unreminded, LEAD.c.state.in_(IN_HAND), ~told),
        )
        return [each.order_by(HANDOFF.c.offered_at, HANDOFF.c.id) for each in lists]

    def _owned(self, which: Any) -> Ids:
        """Theirs: without a first contact before all others, then by what is due, or has waited longest."""
        called = func.coalesce(LEAD.c.next_step_at, LEAD.c.spoke_at, LEAD.c.contacted_at, LEAD.c.arrived_at)
        first = func.coalesce(HANDOFF.c.contact_due, LEAD.c.arrived_at)
        there = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.handoff == HANDOFF.c.id)
        due = case((LEAD.c.state == State.ACCEPTED, first), else_=called)
        return (
            select(LEAD.c.id)
            .select_from(LEAD.outerjoin(HANDOFF, there))
            .where(
                LEAD.c.workspace == self._workspace,
                LEAD.c.owner == self._person.slack_id,
                LEAD.c.state.in_(IN_HAND),
                which,
            )
            .order_by(LEAD.c.state, due, LEAD.c.id)
        )

    def _judged(self, page: Page) -> frozenset[str]:
        """Those whose rejection somebody else than who decided could look at again."""
        told = [(seen.lead, seen.lead.handoff) for seen in page.leads]
        teams = {
            name: team_now(self._session, self._workspace, self._agreement, name)
            for name in {handoff.team for _, handoff in told if handoff is not None}
        }
        return frozenset(
            lead.id
            for lead, handoff in told
            if handoff is not None
            and handoff.rejection is not None
            and judges(teams[handoff.team], (handoff.rejection.by, self._person.slack_id))
        )

    def _decided(self, state: State) -> Ids:
        """What sales said no to, whenever it was offered, and marketing may answer: that ends within days."""
        there = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.id == HANDOFF.c.lead)
        return (
            select(LEAD.c.id)
            .select_from(HANDOFF.join(LEAD, there & (LEAD.c.handoff == HANDOFF.c.id)))
            .where(
                HANDOFF.c.workspace == self._workspace,
                HANDOFF.c.decided_at >= self._now - LATELY,
                HANDOFF.c.verdict == Verdict.REJECTED,
                LEAD.c.state == state,
            )
            .order_by(HANDOFF.c.decided_at.desc(), HANDOFF.c.id)
        )

    def _theirs(self, leads: Ids) -> Ids:
        """Without the leads of campaigns that somebody else owns: a marketer sees their own, and nobody's.

        Who manages a team as well sees all of that team.
        """
        lines = apart_from(self._session, self._workspace, self._person, self._agreement)
        apart = select(HANDOFF.c.lead).where(
            HANDOFF.c.workspace == self._workspace,
            HANDOFF.c.line.in_(sorted(lines)),
            HANDOFF.c.team.not_in(self._teams(Role.MANAGER)),
        )
        return leads.where(LEAD.c.id.not_in(apart)) if lines else leads

    def _of_others(self) -> list[str]:
        """Admins see all."""
        if self._agreement.has(self._person, Role.ADMIN) or self._agreement.has(self._person, Role.MANAGER):
            return []
        return sorted(of_others(self._session, self._workspace, self._person.slack_id))

    def _soon(self) -> Ids:
        return (
            select(LEAD.c.id)
            .where(
                LEAD.c.workspace == self._workspace,
                LEAD.c.returns_at.between(self._now, self._now + SOON),
                LEAD.c.state == State.NURTURE,
            )
            .order_by(LEAD.c.returns_at, LEAD.c.id)
        )

    def _week(self) -> Week:
        here = (HANDOFF.c.workspace == self._workspace) & (HANDOFF.c.week == self._agreement.week(self._now))
        row = self._session.execute(
            select(
                func.count(case((HANDOFF.c.verdict == Verdict.ACCEPTED, 1))).label("accepted"),
                func.count(case((HANDOFF.c.verdict == Verdict.REJECTED, 1))).label("passed"),
            ).where(here, HANDOFF.c.decided_by == self._person.slack_id)
        ).one()
        return Week(accepted=row.accepted, passed=row.passed)

    def _lines(self) -> list[Line]:
        """This week's campaigns, the largest first."""
        counted: Callable[[Any], Any] = lambda which: func.count(case((which, 1)))  # noqa: E731 - three of a kind
        query = (
            select(
                HANDOFF.c.line,
                func.count().label("handed_over"),
                counted(HANDOFF.c.verdict == Verdict.ACCEPTED).label("accepted"),
                counted(HANDOFF.c.verdict == Verdict.REJECTED).label("rejected"),
                counted(HANDOFF.c.verdict.is_(None)).label("waiting"),
            )
            .where(
                HANDOFF.c.workspace == self._workspace,
                HANDOFF.c.week == self._agreement.week(self._now),
                HANDOFF.c.line.not_in(self._of_others()),
            )
            .group_by(HANDOFF.c.line)
            .order_by(func.count().desc(), HANDOFF.c.line)
            .limit(NAMED)
        )
        return [Line(**row) for row in self._session.execute(query).mappings()]

    def _loads(self, teams: Sequence[str]) -> list[Load]:
        """What each rep of these teams has in hand, the most first."""
        reps = {
            each.id
            for team in teams
            for each in team_now(self._session, self._workspace, self._agreement, team).reps
        }
        query = (
            select(
                LEAD.c.owner,
                func.count().label("leads"),
                func.count(case((LEAD.c.contacted_at.is_(None), 1))).label("new"),
            )
            .where(
                LEAD.c.workspace == self._workspace,
                LEAD.c.owner.in_(sorted(reps)),
                LEAD.c.state.in_(IN_HAND),
            )
            .group_by(LEAD.c.owner)
            .order_by(func.count().desc(), LEAD.c.owner)
            .limit(NAMED)
        )
        rows = self._session.execute(query).all()
        names = people.names(self._session, self._workspace, [row.owner for row in rows])
        return [Load(name=names.get(row.owner, "Somebody"), leads=row.leads, new=row.new) for row in rows]
