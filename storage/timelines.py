"""A lead's history, read at one moment: its log, its touches, and what was said about it in Slack."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.jobs import Sight, to_person
from bot.leads.following import WORTH_TELLING
from bot.leads.lead import Lead
from bot.seeing import need_sight
from bot.timeline import History, Told, enough_for, people_in
from bot.touches import identity
from storage import log, people
from storage.campaigns import apart_from
from storage.db import Space
from storage.lead_rows import load, read_touch
from storage.members import who_looks
from storage.tables import CARD_LEAD, HANDOFF, POST, REJECTION, TOUCH

_OF_A_HANDOFF: Final = (Sight.ASK, Sight.OWNER)
_OF_A_REJECTION: Final = (Sight.DISPUTE, Sight.RULING)


class Timelines:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def of(self, lead: str, by: str, page: int) -> History:
        """What a timeline shows up to this page. Raises Refused to who may not see the lead."""

        def work(session: Session) -> History:
            known = load(session, self._space.workspace, [lead])[lead]
            person = who_looks(session, self._space.workspace, by, self._agreement)
            apart = apart_from(session, self._space.workspace, person, self._agreement)
            need_sight(known, person, self._agreement, apart)
            most = enough_for(page)
            entries = log.of(session, self._space.workspace, lead, most)
            touches = self._touches(session, lead, most)
            named = people_in(entries) | {each for each in _people(known, touches) if each}
            messages = self._messages(session, known, touches, named)
            names = people.names(session, self._space.workspace, named)

            def who(slack_id: str) -> str:
                return names.get(slack_id, "Somebody" if slack_id.startswith(("U", "W")) else slack_id)

            return History(lead=known, touches=touches, entries=entries, messages=messages, who=who)

        return await self._space.read(work)

    def _touches(self, session: Session, lead: str, most: int) -> list[Touch]:
        query = (
            select(TOUCH)
            .where(TOUCH.c.workspace == self._space.workspace, TOUCH.c.lead == lead)
            .order_by(TOUCH.c.at.desc(), TOUCH.c.id)
            .limit(most)
        )
        return [read_touch(row) for row in session.execute(query).mappings()]

    def _messages(
        self, session: Session, lead: Lead, touches: Sequence[Touch], people: Collection[str]
    ) -> list[Told]:
        """Direct messages to these people about the lead, and what marketing was told of it."""
        last = 0 if lead.handoff is None else lead.handoff.number
        handoffs = [f"{lead.id}-{number}" for number in range(1, last + 1)]
        of_these = (REJECTION.c.workspace == self._space.workspace, REJECTION.c.handoff.in_(handoffs))
        no = list(session.scalars(select(REJECTION.c.id).where(*of_these)))
        news = [f"{handoff}.{state}" for handoff, state in product(handoffs, WORTH_TELLING)]
        asked = [identity(lead.id, touch) for touch in touches if touch.by is None]
        told: list[tuple[Sight, str | None, str]] = [(Sight.REJECTION, None, key) for key in no]
        for sights, abouts, whom in (
            (_OF_A_HANDOFF, handoffs, people),
            (_OF_A_REJECTION, no, people),
            ((Sight.ASKED,), asked, people),
            ((Sight.NEWS,), news, lead.followed_by),
        ):
            told += [
                (sight, each, to_person(key, each)) for sight, key, each in product(sights, abouts, whom)
            ]
        keys = {(key, str(sight)): (sight, person) for sight, person, key in told}
        query = select(POST.c.about, POST.c.kind, POST.c.ts).where(
            POST.c.workspace == self._space.workspace,
            POST.c.about.in_(sorted({key for key, _ in keys})),
            POST.c.ts.is_not(None),
        )
        found = []
        for row in session.execute(query) if keys else ():
            if (kept := keys.get((row.about, row.kind))) is not None:
                at = datetime.fromtimestamp(float(row.ts), UTC)
                found.append(Told(at=at, sight=kept[0], person=kept[1]))
        return [*found, *self._asked_with_others(session, handoffs)]

    def _asked_with_others(self, session: Session, handoffs: Collection[str]) -> list[Told]:
        """Messages that asked a rep about others of the company first: of this one since it was offered."""
        query = (
            select(POST.c.ts, POST.c.about, HANDOFF.c.offered_at)
            .select_from(
                CARD_LEAD.join(
                    HANDOFF,
                    (HANDOFF.c.workspace == CARD_LEAD.c.workspace) & (HANDOFF.c.id == CARD_LEAD.c.handoff),
                ).join(POST, (POST.c.workspace == CARD_LEAD.c.workspace) & (POST.c.about == CARD_LEAD.c.card))
            )
            .where(
                CARD_LEAD.c.workspace == self._space.workspace,
                CARD_LEAD.c.handoff.in_(handoffs),
                POST.c.kind == Sight.ASK,
                POST.c.ts.is_not(None),
            )
        )
        rows = session.execute(query).all()
        return [
            Told(
                at=max(datetime.fromtimestamp(float(row.ts), UTC), row.offered_at),
                sight=Sight.ASK,
                person=row.about.partition("|")[2],
            )
            for row in rows
        ]


def _people(lead: Lead, touches: Sequence[Touch]) -> set[str | None]:
    handoff = lead.handoff
    asked = () if handoff is None else (handoff.to, handoff.named_by, *handoff.asked, *handoff.helped_by)
    rejection = None if handoff is None else handoff.rejection
    looks = () if rejection is None or rejection.dispute is None else rejection.dispute.whom
    return {lead.owner, *asked, *looks, *lead.followed_by, *(touch.by for touch in touches)}
