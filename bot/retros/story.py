"""A deal's story from first touch to close: its moments in order, and how long each side had it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.cards import Who, took
from bot.deals import Deal, DealState
from bot.gate import spoken
from bot.leads.lead import Handoff, Lead, Verdict
from bot.text import count, plain

MOST_MOMENTS: Final = 24  # of one deal; the first and the last are never left out
NO_CONTACT: Final = "no_answer"  # an attempt, and no contact


class Side(IntEnum):
    """Who had it. Of several leads at one moment the farthest counts."""

    MARKETING = 1
    WAITING = 2
    SALES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One of the leads that a deal grew from, with all its handoffs."""

    lead: Lead
    touches: Sequence[Touch] = ()
    handoffs: Sequence[Handoff] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing on the way. `words` are safe for Slack; `mark` is its name in a picture, where it has one."""

    at: datetime
    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One side had it from then to then."""

    side: Side
    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`days` per side add up to `total`, the days from the first moment to the close on the team's wall."""

    moments: Sequence[Moment]
    days: Mapping[Side, int]
    stretches: Sequence[Stretch] = ()  # one after another, without a gap
    touches: Mapping[str, int] = field(default_factory=dict)  # the lead's own, by kind
    contacts: Mapping[str, int] = field(default_factory=dict)  # ours, by person
    gate: Sequence[str] = ()

    @property
    def total(self) -> int:
        return sum(self.days.values())


def story(deal: Deal, pasts: Sequence[Past], closed_at: datetime, who: Who, agreement: Agreement) -> Story:
    """What happened up to the close; a bare date of a close is all of that day."""
    zone = agreement.calendar.zone
    end = _end_of(closed_at, zone)
    touches = sorted(
        (touch for past in pasts for touch in past.touches if touch.at <= end), key=lambda touch: touch.at
    )
    ours = [touch for touch in touches if touch.by]
    moments = sorted(
        [
            *_beginnings(pasts, touches),
            *(each for past in pasts for each in _of_handoffs(past, who, agreement)),
            *_first_contact(pasts, ours, who),
            *_of_deal(deal, closed_at),
        ],
        key=lambda moment: moment.at,
    )
    within = [moment for moment in moments if moment.at <= end]
    stretches = _stretches(deal, pasts, within[0].at, closed_at)
    return Story(
        moments=_fewer(within),
        days=_days(stretches, zone),
        stretches=stretches,
        touches=Counter(touch.kind for touch in touches if not touch.by),
        contacts=Counter(str(touch.by) for touch in ours if touch.kind != NO_CONTACT),
        gate=tuple(dict.fromkeys(why for past in pasts for each in past.handoffs[:1] for why in each.why)),
    )


def _end_of(closed_at: datetime, zone: ZoneInfo) -> datetime:
    if closed_at.astimezone(UTC).time() != time():
        return closed_at
    return datetime.combine(closed_at.date() + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def _beginnings(pasts: Sequence[Past], touches: Sequence[Touch]) -> Iterable[Moment]:
    """The first touch; without any, the day we heard of the lead."""
    if touches:
        first = touches[0]
        campaign = f" ({plain(first.campaign, 60)})" if first.campaign else ""
        yield Moment(
            at=first.at, words=f"First touch: {plain(spoken(first.kind), 60)}{campaign}", mark="First touch"
        )
    elif pasts:
        lead = min((past.lead for past in pasts), key=lambda lead: lead.occurred_at)
        source = plain(spoken(lead.source), 60) or "unknown"
        campaign = f" ({plain(lead.campaign, 60)})" if lead.campaign else ""
        yield Moment(at=lead.occurred_at, words=f"First heard of: {source}{campaign}", mark="First heard of")


def _of_handoffs(past: Past, who: Who, agreement: Agreement) -> Iterable[Moment]:
    whom = plain(past.lead.name, 60)
    for handoff in past.handoffs:
        yield Moment(at=handoff.offered_at, words=f"{whom}: handed over", mark="Handed over")
        by = f" by {plain(who(handoff.decided_by), 60)}" if handoff.decided_by else ""
        if handoff.decided_at is not None and handoff.verdict is Verdict.ACCEPTED:
            yield Moment(
                at=handoff.decided_at,
                words=f"{whom}: accepted{by}{took(handoff, agreement)}",
                mark="Accepted",
            )
        elif handoff.decided_at is not None and handoff.rejection is not None:
            reason = plain(agreement.label(handoff.rejection.reason))
            yield Moment(at=handoff.decided_at, words=f"{whom}: passed on{by}. {reason}", mark="Passed on")


def _first_contact(pasts: Sequence[Past], ours: Sequence[Touch], who: Who) -> Iterable[Moment]:
    offered = [handoff.offered_at for past in pasts for handoff in past.handoffs]
    after = [
        touch for touch in ours if touch.kind != NO_CONTACT and (not offered or touch.at >= min(offered))
    ]
    if after:
        by = plain(who(str(after[0].by)), 60)
        yield Moment(
            at=after[0].at,
            words=f"First contact: {plain(spoken(after[0].kind), 60)} by {by}",
            mark="First contact",
        )


def _of_deal(deal: Deal, closed_at: datetime) -> Iterable[Moment]:
    opened = deal.opened_at
    if opened is not None and opened < closed_at:
        yield Moment(at=opened, words="Deal opened", mark="Deal opened")
    for stage in deal.stages[:-1]:
        closed = "" if stage.state is DealState.OPEN else " for the time being"
        yield Moment(
            at=stage.since,
            words=f"Stage: {plain(spoken(stage.name), 60)}{closed}",
            mark=f"Stage: {spoken(stage.name)}",
        )
    yield Moment(at=closed_at, words=f"Deal {how_it_ended(deal)}", mark=f"Deal {deal.state}")


def how_it_ended(deal: Deal) -> str:
    """In a few words: won, or lost with what was told of why."""
    if deal.state is not DealState.LOST:
        return str(deal.state)
    why = [
        plain(spoken(str(deal.fields[path])), 60)
        for path in ("reason", "competitor")
        if deal.fields.get(path)
    ]
    return f"lost: {', '.join(why)}" if why else "lost"


def _fewer(moments: Sequence[Moment]) -> Sequence[Moment]:
    if len(moments) <= MOST_MOMENTS:
        return moments
    half = MOST_MOMENTS // 2
    left_out = len(moments) - 2 * half
    more = Moment(at=moments[half].at, words=f"and {count(left_out, 'moment')} more")
    return [*moments[:half], more, *moments[-half:]]


def _stretches(deal: Deal, pasts: Sequence[Past], begin: datetime, end: datetime) -> Sequence[Stretch]:
    """Cut at every change of sides."""
    lines = [_sides_of(past) for past in pasts]
    opened = deal.opened_at
    if opened is not None or not pasts:
        lines.append([(begin if opened is None else opened, Side.SALES)])
    cuts = sorted({begin, end, *(at for line in lines for at, _ in line if begin < at < end)})
    found = list[Stretch]()
    for start, stop in pairwise(cuts):
        side = max((_at(line, start) for line in lines), default=Side.MARKETING)
        if found and found[-1].side is side:
            found[-1] = replace(found[-1], stop=stop)
        else:
            found.append(Stretch(side=side, start=start, stop=stop))
    whole = Stretch(side=Side.SALES, start=begin, stop=end)
    return tuple(found) or (whole,)


def _days(stretches: Sequence[Stretch], zone: ZoneInfo) -> Mapping[Side, int]:
    """By the days of the team's wall, so that nothing is lost in rounding."""
    days = Counter(dict.fromkeys(Side, 0))
    for each in stretches:
        days[each.side] += (each.stop.astimezone(zone).date() - each.start.astimezone(zone).date()).days
    return days


def _sides_of(past: Past) -> list[tuple[datetime, Side]]:
    """From when on which side had this lead, in order."""
    line = []
    for handoff in past.handoffs:
        line.append((handoff.offered_at, Side.WAITING))
        if handoff.decided_at is not None:
            took_it = handoff.verdict is Verdict.ACCEPTED
            line.append((handoff.decided_at, Side.SALES if took_it else Side.MARKETING))
    return line


def _at(line: Sequence[tuple[datetime, Side]], moment: datetime) -> Side:
    return next((side for at, side in reversed(line) if at <= moment), Side.MARKETING)
