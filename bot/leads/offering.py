"""How a lead comes before sales: judged at the gate, offered, or held so that no channel is flooded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import gate
from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.jobs import Due, Sight, show, to_person
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Handoff, Lead, State

SOON: Final = timedelta(seconds=2)  # counts that change by the second are redrawn at this pace


def judge(lead: Lead, touches: Sequence[Touch], facts: Facts) -> Decision:
    """Offer the lead, hold it, or leave it with marketing and say which rule it failed."""
    failed = gate.failing(lead, touches, facts.agreement, facts.now)
    if failed:
        return leave_with_marketing(lead, failed, facts)
    if too_many(lead, touches, facts):
        held = replace(lead, state=State.NEW, hold=facts.hold, kept_because=())
        channel = facts.agreement.channels.leads
        return Decision(lead=held, jobs=(show(Sight.HOLD, facts.hold, facts.now + SOON, channel=channel),))
    return offer(lead, touches, facts)


def too_many(lead: Lead, touches: Sequence[Touch], facts: Facts) -> bool:
    """Old at arrival, or beyond what a channel takes at once; who asked for us is never too many."""
    flood = facts.agreement.leads.flood
    if facts.now - lead.occurred_at > flood.older_than:
        return True
    return facts.offers >= flood.offers and not gate.hot(lead, touches, facts.agreement, facts.now)


def offer(
    lead: Lead,
    touches: Sequence[Touch],
    facts: Facts,
    *,
    to: str | None = None,
    handed_by: str | None = None,
    note: str | None = None,
) -> Decision:
    """A new handoff, with a card in the team's channel."""
    agreement, now = facts.agreement, facts.now
    number = 1 if lead.handoff is None else lead.handoff.number + 1
    handoff = Handoff(
        id=f"{lead.id}-{number}",
        number=number,
        offered_at=now,
        channel=agreement.channels.leads,
        week=agreement.week(now),
        line=line_of(lead),
        hot=gate.hot(lead, touches, agreement, now),
        why=gate.why(lead, touches, agreement, now),
        whose_score=gate.score(lead, touches, agreement, now).whose,
        handed_by=handed_by,
        note=note,
        to=to,
    )
    offered = replace(
        lead,
        state=State.OFFERED,
        handoff=handoff,
        owner=None,
        contacted_at=None,
        attempts=0,
        kept_because=(),
        sent_back=False,
        returns_at=None,
        hold=None,
    )
    card = show(Sight.CARD, handoff.id, now, channel=handoff.channel)
    ask = (show(Sight.ASK, to_person(handoff.id, to), now, channel=to),) if to else ()
    return Decision(lead=offered, jobs=(card, *ask, *standing(agreement, handoff.week, handoff.line, now)))


def leave_with_marketing(lead: Lead, because: tuple[str, ...], facts: Facts) -> Decision:
    """Marketing sees it with the failing rule, unless it is one of many old ones."""
    agreement, now = facts.agreement, facts.now
    week, line = agreement.week(now), line_of(lead)
    shelf = f"{week}|{line}"
    kept = replace(lead, state=State.NURTURE, kept_because=because, shelf=shelf, hold=None)
    old = now - lead.occurred_at > agreement.leads.flood.older_than
    if old and not gate.asks_for_us(lead.source, agreement):
        return Decision(lead=kept)
    shown = show(Sight.NURTURE, shelf, now + SOON, channel=agreement.channels.feedback)
    return Decision(lead=kept, jobs=(*standing(agreement, week, line, now), shown))


def line_of(lead: Lead) -> str:
    """Where marketing counts the lead: its campaign, else its source."""
    return f"campaign:{lead.campaign}" if lead.campaign else f"source:{lead.source or 'unknown'}"


def standing(agreement: Agreement, week: str, line: str, now: datetime) -> tuple[Due, ...]:
    """The campaign's message of the week, brought up to date; with one channel for all there is none."""
    if agreement.one_channel:
        return ()
    return (show(Sight.CAMPAIGN, f"{week}|{line}", now, channel=agreement.channels.feedback),)
