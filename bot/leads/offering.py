"""How a lead comes before sales: judged at the gate, offered, or held so that no channel is flooded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot import gate
from bot.arrivals import Touch
from bot.jobs import Sight, show
from bot.leads.decision import Decision, Facts
from bot.leads.lead import DEAL_LOST, Back, Handoff, Lead, Loss, State, Whose
from bot.leads.rotating import place
from bot.leads.showing import cards, rejections, standing, waiting
from bot.leads.together import host_of, on_a_card, others
from bot.reasons import REASONS, Then
from bot.routing import team_of

SOON: Final = timedelta(seconds=2)  # counts that change by the second are redrawn at this pace


def judge(lead: Lead, touches: Sequence[Touch], facts: Facts) -> Decision:
    """Offer the lead, hold it, or leave it with marketing and say which rule it failed."""
    failed = gate.failing(lead, touches, facts.agreement, facts.now)
    if failed:
        return leave_with_marketing(lead, failed, touches, facts)
    if old(lead, touches, facts) or beyond_the_flood(lead, touches, facts):
        return hold(lead, facts)
    return offer(lead, touches, facts)


def old(lead: Lead, touches: Sequence[Touch], facts: Facts) -> bool:
    """Whether all that we know of the lead, its own touches among it, is older than the agreement allows."""
    told = (lead.occurred_at, *lead.fields_at.values(), *(touch.at for touch in touches if not touch.by))
    return facts.now - max(told) > facts.agreement.leads.flood.older_than


def beyond_the_flood(lead: Lead, touches: Sequence[Touch], facts: Facts) -> bool:
    """Beyond what a channel takes at once; who asked for us is never too many, and who joins a card is no message."""
    team, channel = team_of(lead.fields, facts.agreement), _channel(lead, facts)
    if facts.room(channel).offers < facts.agreement.leads.flood.offers:
        return False
    if gate.hot(lead, touches, facts.agreement, facts.now):
        return False
    return host_of(others(lead, facts, team.name, channel), facts, hot=False) is None


def hold(lead: Lead, facts: Facts) -> Decision:
    """The lead waits with others, behind one message."""
    channel = _channel(lead, facts)
    waits = facts.room(channel).hold
    held = replace(
        lead, state=State.NEW, hold=waits, kept_because=(), shelf=None, sent_back=False, returns_at=None
    )
    message = show(Sight.HOLD, waits, facts.now + SOON, channel=channel)
    return Decision(lead=held, jobs=(message, *waiting(lead, facts)))


def offer(
    lead: Lead,
    touches: Sequence[Touch],
    facts: Facts,
    *,
    to: str | None = None,
    handed_by: str | None = None,
    note: str | None = None,
    whose: Whose = Whose.BACK,
    back: Back | None = None,
    decided: bool = False,
) -> Decision:
    """A new handoff, with a card in the team's channel; what showed the lead before is brought up to date.

    `decided`: elsewhere, so that nobody is asked.
    """
    agreement, now = facts.agreement, facts.now
    team = team_of(lead.fields, agreement)
    number = 1 if lead.handoff is None else lead.handoff.number + 1
    handoff = Handoff(
        id=f"{lead.id}-{number}",
        number=number,
        offered_at=now,
        channel=agreement.channel_of(team),
        week=agreement.week(now),
        line=line_of(lead),
        hot=gate.hot(lead, touches, agreement, now),
        why=gate.why(lead, touches, agreement, now),
        whose_score=gate.score(lead, touches, agreement, now).whose,
        handed_by=handed_by,
        note=note,
        source=lead.source,
        team=team.name,
        back=back or back_again(lead, touches) or (after_loss(lead, facts.lost) if facts.lost else None),
        imported=facts.imported,
    )
    offered = replace(
        lead,
        state=State.OFFERED,
        handoff=handoff,
        owner=None,
        contacted_at=None,
        attempts=0,
        spoke_at=None,
        next_step_at=None,
        kept_because=(),
        sent_back=False,
        returns_at=None,
        recycled_by=None,
        recycled_to=None,
        hold=None,
        shelf=None,
    )
    placed = Decision(lead=offered) if decided else place(offered, facts, to=to, whose=whose)
    own = (show(Sight.CARD, handoff.card, now, channel=handoff.channel),)
    after, card = (placed.lead, own) if decided else on_a_card(placed.lead, facts)
    told = () if lead.handoff is None else rejections(lead, facts)
    before = (*cards(lead, facts), *told, *waiting(lead, facts))
    jobs = (*card, *placed.jobs, *before, *standing(agreement, handoff.week, handoff.line, now))
    return replace(placed, lead=after, jobs=jobs)


def leave_with_marketing(
    lead: Lead, because: tuple[str, ...], touches: Sequence[Touch], facts: Facts
) -> Decision:
    """Marketing sees it with the failing rule, unless it is one of many old ones.

    Who is with marketing already stays in the message that first named it.
    """
    agreement, now = facts.agreement, facts.now
    stays = lead.state is State.NURTURE and lead.shelf is not None
    shelf = str(lead.shelf) if stays else f"{agreement.week(now)}|{line_of(lead)}"
    kept = replace(lead, state=State.NURTURE, kept_because=because, shelf=shelf, hold=None)
    left = () if stays else waiting(lead, facts)
    if old(lead, touches, facts) and not gate.asked(lead, touches, agreement, now):
        return Decision(lead=kept, jobs=left)
    week, _, line = shelf.partition("|")
    shown = show(Sight.NURTURE, shelf, now + SOON, channel=agreement.channels.feedback)
    return Decision(lead=kept, jobs=(*standing(agreement, week, line, now), shown, *left))


def _channel(lead: Lead, facts: Facts) -> str:
    return facts.agreement.channel_of(team_of(lead.fields, facts.agreement))


def line_of(lead: Lead) -> str:
    """Where marketing counts the lead: its campaign, else its source."""
    return line_named(lead.campaign, lead.source)


def line_named(campaign: str, source: str) -> str:
    return f"campaign:{campaign}" if campaign else f"source:{source or 'unknown'}"


def back_again(
    lead: Lead, touches: Sequence[Touch], *, by: str | None = None, fixed: tuple[str, ...] = ()
) -> Back | None:
    """What a new handoff keeps of the rejection before it; `by` of marketing, where it is sent again."""
    before = lead.handoff
    rejection = None if before is None else before.rejection
    if before is None or rejection is None or rejection.taken_back_at is not None:
        return None
    stirred = [touch for touch in touches if touch.by is None and touch.at > rejection.at]
    newest = max(stirred, key=lambda touch: touch.at, default=None)
    times = 0 if before.back is None else before.back.times
    sent = by or lead.recycled_by
    return Back(
        at=rejection.at,
        by=rejection.by,
        reason=rejection.reason,
        since=None if newest is None else newest.kind,
        since_at=None if newest is None else newest.at,
        sent_by=sent,
        fixed=fixed,
        times=times + int(sent is None and REASONS[rejection.reason].then is Then.NURTURE),
    )


def after_loss(lead: Lead, loss: Loss, *, by: str | None = None) -> Back:
    """What a new handoff keeps of a deal that was lost; `by` of marketing, where it is sent again at once."""
    had = lead.owner or (lead.handoff and lead.handoff.decided_by) or ""
    return Back(at=loss.at, by=had, reason=DEAL_LOST, why=loss.why, sent_by=by or lead.recycled_by)
