"""What is done to all leads that wait on one card."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import and_, bindparam, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Sight, refresh
from bot.leads.commands import Accept, Reject
from bot.leads.lead import Lead, State
from bot.leads.sentences import who_has_it
from bot.leads.together import ALL_ANSWERED, may_answer
from storage import jobs
from storage.card_rows import on_card
from storage.db import Space
from storage.lead_rows import NOT_HERE, load
from storage.leads import Asked, Leads, lead_of
from storage.rota import OFFERING
from storage.tables import CARD_LEAD, HANDOFF
from storage.turns import take_turn

T = TypeVar("T")
Answer = Accept | Reject


class Answers(NamedTuple):
    """What was done to the leads of a card, and why not to others."""

    done: list[Lead]
    refused: list[Refused]


def shared_by(session: Session, workspace: str, leads: Collection[str]) -> dict[str, bool]:
    """The cards and messages to reps that these leads share with others, or did; for each, whether one of the others waits there."""
    if not leads:
        return {}
    theirs = session.scalars(_OF_LEADS, {"workspace": workspace, "leads": sorted(leads)}).all()
    begun = or_(*(and_(CARD_LEAD.c.card >= f"{lead}-", CARD_LEAD.c.card < f"{lead}.") for lead in leads))
    own = session.scalars(select(CARD_LEAD.c.card).where(CARD_LEAD.c.workspace == workspace, begun))
    found = {}
    for card in sorted({*theirs, *own}):
        known = _others(session, workspace, card, leads)
        found[card] = any(_is_asked_in(lead, card) or _waits_on(lead, card) for lead in known)
    return found


def _others(session: Session, workspace: str, card: str, but: Collection[str] = ()) -> list[Lead]:
    """The leads that stand on a card or did, the first offered first."""
    ids = [lead for each in on_card(session, workspace, card) if (lead := lead_of(each)) not in but]
    leads = load(session, workspace, ids, some=True)
    return [leads[each] for each in dict.fromkeys(ids) if each in leads]


def _waits_on(lead: Lead, card: str) -> bool:
    return lead.state is State.OFFERED and lead.handoff is not None and lead.handoff.card == card


def _is_asked_in(lead: Lead, ask: str) -> bool:
    handoff = lead.handoff
    return lead.state is State.OFFERED and handoff is not None and bool(handoff.to) and handoff.ask == ask


class Cards:
    """What is done to all that wait on one card."""

    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._leads = Leads(space, agreement)

    async def waiting(self, card: str, by: str, now: datetime) -> list[Lead]:
        """The leads on it that this person may answer. Raises Refused where there is none."""
        return await self._kept(lambda session: self._waiting(session, card, by, now))

    async def answer(self, card: str, command: Answer, now: datetime, which: str = "") -> Answers:
        """Do this to all on it that wait for who acts, or to the one of this id: each by itself.

        Raises Refused where it is done to none of them, or where the form has to be filled in otherwise; then nothing
        has changed.
        """

        def work(session: Session) -> Answers | Refused:
            if isinstance(command, Reject):
                take_turn(session, self._space.workspace, OFFERING)  # before the leads: it may offer them on
            leads = [which] if which else [each.id for each in self._waiting(session, card, command.by, now)]
            each_of_them = self._accept if isinstance(command, Accept) else self._reject
            answers = each_of_them(session, leads, command, now)
            return answers if answers.done else answers.refused[0]

        return await self._kept(work)

    def _accept(self, session: Session, leads: Sequence[str], command: Answer, now: datetime) -> Answers:
        asked = [Asked(lead=each, command=command, now=now) for each in leads]
        outcomes = self._leads.change_all(session, asked)
        return Answers(
            [each for each in outcomes if not isinstance(each, Refused)],
            [each for each in outcomes if isinstance(each, Refused)],
        )

    def _reject(self, session: Session, leads: Sequence[str], command: Answer, now: datetime) -> Answers:
        known = load(session, self._space.workspace, leads, lock_them=True, some=True)
        wait = [each for each in leads if each in known and may_answer(known[each], command.by)]
        refused = [
            Refused(who_has_it(known[each], command.by, self._agreement, now) if each in known else NOT_HERE)
            for each in leads
            if each not in wait
        ]
        done = self._leads.apply(session, wait, command, now) if wait else {}
        return Answers([done[each] for each in wait], refused)

    def _waiting(self, session: Session, card: str, by: str, now: datetime) -> list[Lead]:
        there = _others(session, self._space.workspace, card)
        waits = [each for each in there if _waits_on(each, card)]
        theirs = [each for each in waits if may_answer(each, by)]
        if theirs:
            return theirs
        channel = next((each.handoff.channel for each in there if each.handoff is not None), "")
        refused = Refused(who_has_it(waits[0], by, self._agreement, now) if waits else ALL_ANSWERED)
        refused.jobs = (refresh(Sight.CARD, card, now, channel=channel),)
        raise refused

    async def _kept(self, work: Callable[[Session], T | Refused]) -> T:
        """What a refusal has to do is kept, in a transaction of its own."""

        def kept(session: Session) -> T | Refused:
            try:
                return work(session)
            except Refused as refused:
                if refused.field is not None:
                    raise
                jobs.add(session, self._space.workspace, refused.jobs)
                return refused

        outcome = await self._space.write(kept)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome


_OF_LEADS: Final = (
    select(CARD_LEAD.c.card)
    .select_from(
        CARD_LEAD.join(
            HANDOFF,
            (HANDOFF.c.workspace == CARD_LEAD.c.workspace) & (HANDOFF.c.id == CARD_LEAD.c.handoff),
        )
    )
    .where(
        CARD_LEAD.c.workspace == bindparam("workspace"),
        HANDOFF.c.lead.in_(bindparam("leads", expanding=True)),
    )
)
