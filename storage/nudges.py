"""Nudges, kept: what each person is reminded of, in which message, and whether somebody acted on it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import and_, bindparam, func, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Due, Gather, Sight, redraw, show
from bot.leads.lead import Lead, own_card
from bot.leads.sentences import asked_last
from bot.nudges import NOBODY, TOGETHER, Nudge, still_asks, told_at, told_with
from storage import jobs
from storage.card_rows import on_card
from storage.db import Space
from storage.lead_rows import load
from storage.nudge_rows import UNTOLD, read_nudges
from storage.tables import HANDOFF, NUDGE, POST
from storage.teams import few_now
from storage.turns import take_turn

MOST: Final = 200  # of one message: beyond that nobody reads


class InOneLine(NamedTuple):
    """Nudges that one line tells of: that of `by`, which is there already or is to be.

    `shared`: others stand on the card. `again`: another line stands above it.
    """

    told: list[Nudge]
    by: str
    shared: bool
    again: bool


class Nudges:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def gather(self, person: str, now: datetime) -> None:
        """Put what waits for a person into one message: that of the last two minutes, else a new one."""

        def work(session: Session) -> None:
            take_turn(session, self._space.workspace, f"reminders:{person}")
            waiting = self._waiting(session, person)
            asks, settled = self._sorted_out(session, waiting)
            self._put(session, settled, UNTOLD)
            told: list[Nudge] = []
            later: list[datetime] = []
            for team, nudges in sorted(asks.items(), key=lambda its: not _is_urgent(its[1], now)):
                later += [nudge.at for nudge in nudges if nudge.at > now]
                due = [nudge for nudge in nudges if nudge.at <= now]
                at = self._told_at(session, team, person, due, now, joins=bool(told)) if due else now
                if at > now:
                    later.append(at)
                else:
                    told += due
            if told:
                self._tell(session, person, told, now)
            if later:
                again = Due(job=Gather(person=person), at=min(later))
                jobs.add(session, self._space.workspace, [again])

        await self._space.write(work)

    async def of_reminder(self, reminder: str) -> list[Nudge]:
        """What a message tells of, longest waiting first."""
        query = (
            select(NUDGE)
            .where(NUDGE.c.workspace == self._space.workspace, NUDGE.c.reminder == reminder)
            .order_by(NUDGE.c.waited.desc(), NUDGE.c.id)
            .limit(MOST)
        )
        found = await self._space.read(lambda session: read_nudges(session, query))
        # What was put on the list earlier has waited on since then.
        return sorted(found, key=lambda each: (each.at - timedelta(seconds=each.waited.seconds), each.id))

    async def get(self, nudge: str) -> Nudge | None:
        query = select(NUDGE).where(NUDGE.c.workspace == self._space.workspace, NUDGE.c.id == nudge)
        found = await self._space.read(lambda session: read_nudges(session, query))
        return found[0] if found else None

    async def in_one_line(self, nudge: Nudge) -> InOneLine:
        """Those of its card that a line in the thread tells of together, itself among them."""
        workspace = self._space.workspace

        def work(session: Session) -> InOneLine:
            card = self._on_its_card(session, nudge.handoff)
            query = (
                select(NUDGE)
                .where(
                    NUDGE.c.workspace == workspace,
                    NUDGE.c.handoff.in_(card),
                    NUDGE.c.person == nudge.person,
                )
                .order_by(NUDGE.c.at, NUDGE.c.id)
            )
            if nudge.person != NOBODY:  # where nobody is named, two rungs say the same
                query = query.where(NUDGE.c.rung == nudge.rung)
            told = told_with(nudge, read_nudges(session, query))
            these = {"workspace": workspace, "ids": [each.id for each in told]}
            said = session.scalars(_SAID, these).all()
            by = nudge.id if nudge.id in said or not said else said[0]
            here = (NUDGE.c.workspace == workspace, NUDGE.c.handoff.in_(card))
            every = session.scalars(select(NUDGE.c.id).where(*here)).all()
            above = session.scalars(_SAID, {"workspace": workspace, "ids": every}).first()
            return InOneLine(told, by, shared=len(card) > 1, again=above not in (None, by))

        return await self._space.read(work)

    def _on_its_card(self, session: Session, handoff: str) -> list[str]:
        """The handoffs that share its card, or did."""
        here = (HANDOFF.c.workspace == self._space.workspace, HANDOFF.c.id == handoff)
        row = session.execute(select(HANDOFF.c.joined, HANDOFF.c.cards).where(*here)).first()
        if row is None:
            return [handoff]
        card = row.joined or own_card(handoff, row.cards)
        return list(on_card(session, self._space.workspace, card))

    async def settle(self, handoff: str, now: datetime, *, acted: bool) -> None:
        """Every message that asked for this is drawn anew; `acted`: because somebody did it.

        Else it went on to somebody else: who did not answer long before hears nothing new by that. Where dozens
        let a lead pass, each would be told of each of the others, and people's own changes would wait behind those.
        """
        here = (NUDGE.c.workspace == self._space.workspace, NUDGE.c.handoff == handoff)
        query = select(NUDGE.c.id, NUDGE.c.person, NUDGE.c.reminder, NUDGE.c.managing).where(*here)

        def work(session: Session) -> None:
            channel = session.scalar(
                select(HANDOFF.c.channel).where(
                    HANDOFF.c.workspace == self._space.workspace, HANDOFF.c.id == handoff
                )
            )
            asked = session.execute(query).all()
            if acted:
                session.execute(update(NUDGE).where(*here, NUDGE.c.acted_at.is_(None)).values(acted_at=now))
            else:
                same = self._silent_before(session, handoff)
                asked = [each for each in asked if each.managing or each.person not in same]
            drawn = {
                each.reminder: redraw(Sight.REMINDER, each.reminder, now, channel=each.person)
                for each in asked
                if each.reminder
            }
            near = self._on_its_card(session, handoff)  # a line may tell of others of the card as well
            these = (NUDGE.c.workspace == self._space.workspace, NUDGE.c.handoff.in_(near))
            told = session.scalars(select(NUDGE.c.id).where(*these)).all()
            there = {"workspace": self._space.workspace, "ids": told}
            shown = session.scalars(_LINES, there)  # one that is begun later is drawn as all is by then
            lines = [redraw(Sight.LINE, each, now, channel=str(channel)) for each in sorted(shown)]
            jobs.add(session, self._space.workspace, [*drawn.values(), *lines])

        await self._space.write(work)

    def _silent_before(self, session: Session, handoff: str) -> set[str]:
        """Who did not answer, but for the last of them, and the one before: theirs says by now that it went on."""
        query = select(HANDOFF.c.lead).where(
            HANDOFF.c.workspace == self._space.workspace, HANDOFF.c.id == handoff
        )
        leads = load(session, self._space.workspace, session.scalars(query).all(), some=True)
        known = next((each.handoff for each in leads.values()), None)
        if known is None or known.id != handoff or known.wait is None:
            return set()
        return set(known.wait.silent) - set(asked_last(known, 2))

    def _waiting(self, session: Session, person: str) -> list[Nudge]:
        query = (
            select(NUDGE)
            .where(
                NUDGE.c.workspace == self._space.workspace,
                NUDGE.c.person == person,
                NUDGE.c.reminder.is_(None),
            )
            .order_by(NUDGE.c.at, NUDGE.c.id)
        )
        return read_nudges(session, query)

    def _sorted_out(
        self, session: Session, waiting: Sequence[Nudge]
    ) -> tuple[dict[str, list[Nudge]], list[Nudge]]:
        """What is still asked, by the team of the lead, and what was settled meanwhile."""
        leads: dict[str, Lead] = {}
        if waiting:
            ids = {nudge.lead for nudge in waiting}
            leads = load(session, self._space.workspace, ids, some=True)
        asks: dict[str, list[Nudge]] = {}
        settled: list[Nudge] = []
        for nudge in waiting:
            lead = leads.get(nudge.lead)
            if lead is None or lead.handoff is None or not still_asks(nudge, lead):
                settled.append(nudge)
            else:
                asks.setdefault(lead.handoff.team, []).append(nudge)
        return asks, settled

    def _told_at(
        self, session: Session, of: str, person: str, due: Sequence[Nudge], now: datetime, *, joins: bool
    ) -> datetime:
        """When they may be told, in the hours of that team; of who has left nothing is known, and nothing waited for.

        `joins`: another team's is told now, and no list waits for a rest that this one begins anew.
        """
        query = select(func.max(NUDGE.c.reminder)).where(
            NUDGE.c.workspace == self._space.workspace,
            NUDGE.c.person == person,
            NUDGE.c.reminder > UNTOLD,
            NUDGE.c.managing,
        )
        # Of who never managed, all that they were ever told would be looked through.
        last = None if joins or any(each.is_urgent for each in due) else session.scalar(query)
        whom = few_now(session, self._space.workspace, self._agreement, of, [person]).whom(person)
        return now if whom is None else told_at(due, None if last is None else _opened_at(last), whom, now)

    def _tell(self, session: Session, person: str, due: Sequence[Nudge], now: datetime) -> None:
        last = session.scalar(
            select(func.max(NUDGE.c.reminder)).where(
                NUDGE.c.workspace == self._space.workspace,
                NUDGE.c.person == person,
                NUDGE.c.reminder > UNTOLD,
            )
        )
        joins = last is not None and now - _opened_at(last) < TOGETHER
        reminder = str(last) if joins else _reminder(person, now)
        self._put(session, due, reminder)
        shown = show(Sight.REMINDER, reminder, now, channel=person)
        jobs.add(session, self._space.workspace, [shown])

    def _put(self, session: Session, nudges: Sequence[Nudge], reminder: str) -> None:
        if nudges:
            these = and_(
                NUDGE.c.workspace == self._space.workspace, NUDGE.c.id.in_([each.id for each in nudges])
            )
            session.execute(update(NUDGE).where(these).values(reminder=reminder))


def _is_urgent(nudges: Sequence[Nudge], now: datetime) -> bool:
    return any(each.is_urgent for each in nudges if each.at <= now)


def _reminder(person: str, now: datetime) -> str:
    """The id of a message: by its digits the later one is the greater."""
    return f"{person}.{int(now.timestamp() * 1000):015}"


def _opened_at(reminder: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(reminder.rpartition(".")[2]))


_LINES: Final = select(POST.c.about).where(
    POST.c.workspace == bindparam("workspace"),
    POST.c.kind == Sight.LINE,
    POST.c.about.in_(bindparam("ids", expanding=True)),
)
# Posts of a channel come one after another: one that is being sent and is not this one is looked for.
_SAID: Final = _LINES.where(POST.c.ts.is_not(None)).order_by(POST.c.ts)
