"""A second look at a rejection: marketing asks for it, a manager who is not the rep answers, or time does."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot import rota
from bot.errors import Refused
from bot.jobs import Due, EndDispute, LapseRejection, Sight, show, to_person
from bot.leads.commands import Dispute, Judge, LetStand
from bot.leads.deadlines import answer_ends, may_be_disputed
from bot.leads.decision import UNDECIDED, UNKNOWN_YET, Decision, Facts, handoff_of, with_handoff
from bot.leads.lead import Disputed, Lead, Rejection, State, Whose
from bot.leads.rotating import TO_NOBODY, place
from bot.leads.sentences import who_has_it
from bot.leads.showing import everywhere, rejections
from bot.people import Role
from bot.reasons import REASONS
from bot.rota import Move
from bot.teams import Colleague, TeamNow
from bot.text import by_the_clock, mention, on_day, plain

JUDGED_WITHIN: Final = 3  # working days; then the rejection stands (product.md section 6)


def judges(team: TeamNow, but: Iterable[str | None]) -> tuple[Colleague, ...]:
    """Who may take a second look: the managers, else the admins; nobody judges what they decided themselves."""
    there = team.managers or team.admins
    return tuple(each for each in there if not each.person.deactivated and each.id not in but)


def dispute(lead: Lead, command: Dispute, facts: Facts) -> Decision:
    facts.actor(Role.MARKETER, Role.MANAGER)
    rejection = last_rejection(lead, command.by, command.rejection, facts)
    _refuse_unless_disputable(lead, rejection, command.by, facts)
    team = facts.team
    fit = () if team is None else judges(team, (rejection.by, command.by))
    whom = [each for each in fit if each.is_here(facts.now)] or fit
    if not whom:
        raise Refused("Nobody else is here who could take a second look: no manager but those concerned.")
    asked = Disputed(
        at=facts.now,
        by=command.by,
        words=command.words.strip() or None,
        whom=tuple(each.id for each in whom),
    )
    handoff, now = handoff_of(lead), facts.now
    after = with_handoff(lead, rejection=replace(rejection, dispute=asked), disputed=True)
    after = replace(after, state=State.DISPUTED)
    calendar = facts.agreement.calendar_of(facts.agreement.team(handoff.team))
    ends = EndDispute(lead=lead.id, rejection=rejection.id)
    told = [show(Sight.DISPUTE, to_person(rejection.id, each), now, channel=each) for each in asked.whom]
    timer = Due(job=ends, at=calendar.working_days_after(now, JUDGED_WITHIN))
    return Decision(lead=after, jobs=(*everywhere(lead, facts), *rejections(after, facts), *told, timer))


def judge(lead: Lead, command: Judge, facts: Facts) -> Decision:
    """The first answer holds; whoever answers after it is told what it was."""
    last = None if lead.handoff is None else lead.handoff.rejection
    whom = () if last is None or last.dispute is None else last.dispute.whom
    if command.by not in whom:
        facts.actor(Role.MANAGER)
    rejection = last_rejection(lead, command.by, command.rejection, facts)
    asked = rejection.dispute
    if asked is not None and asked.stands:
        raise Refused(f"{_answer(asked)} Nothing for you to do.")
    if asked is None or lead.state is not State.DISPUTED:
        raise Refused(who_has_it(lead, command.by, facts.agreement, facts.now))
    if facts.by is None:
        raise Refused(UNKNOWN_YET)
    if command.by in (rejection.by, asked.by):
        raise Refused("Somebody else answers this one: nobody judges their own decision.")
    if command.stands:
        return _stands(lead, rejection, asked, command.by, facts)
    return _back_to_the_rep(lead, rejection, asked, command.by, facts)


def let_stand(lead: Lead, command: LetStand, facts: Facts) -> Decision:
    """Nobody has answered; nothing, where somebody has."""
    rejection = handoff_of(lead).rejection
    if rejection is None or rejection.dispute is None or rejection.id != command.rejection:
        return Decision(lead=lead)
    return _stands(lead, rejection, rejection.dispute, None, facts)


def last_rejection(lead: Lead, by: str, rejection_id: str, facts: Facts) -> Rejection:
    """The rejection that is meant, refused where it is not the one that stands."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    stands = who_has_it(lead, by, facts.agreement, facts.now)
    if rejection is None or rejection.id != rejection_id:
        raise Refused(f"{plain(lead.called)} has moved on since. {stands}")
    asked = rejection.dispute
    if asked is not None and asked.stands is False and asked.answered_by is not None:
        raise Refused(
            f"{mention(asked.answered_by)} has sent this back to {_rep(rejection)} already. {stands}"
        )
    if rejection.taken_back_at is not None:
        whom = mention(rejection.taken_back_by) if rejection.taken_back_by else "Sales"
        raise Refused(f"{whom} has taken this back since. {stands}")
    return rejection


def _refuse_unless_disputable(lead: Lead, rejection: Rejection, by: str, facts: Facts) -> None:
    handoff, asked, now = handoff_of(lead), rejection.dispute, facts.now
    if asked is not None and asked.stands is None:
        raise Refused(f"{mention(asked.by)} has asked for a second look already. Nothing for you to do.")
    if handoff.disputed:
        answer = "" if asked is None else f" {_answer(asked)}"
        raise Refused(f"A second look is possible once.{answer}")
    if REASONS[rejection.reason].counts is not True:
        raise Refused("This reason does not count against the lead: there is nothing to look at again.")
    if not may_be_disputed(lead, facts.agreement, now):
        ended = by_the_clock(answer_ends(rejection, facts.agreement), now)
        raise Refused(
            f"A second look was possible until {ended}. {who_has_it(lead, by, facts.agreement, now)}"
        )


def _answer(asked: Disputed) -> str:
    """It stands."""
    if asked.answered_by is None:
        return "Nobody answered in time, so the decision stands."
    when = on_day(asked.answered_at) if asked.answered_at else ""
    return f"{mention(asked.answered_by)} looked at it, {when}: it stands."


def _stands(lead: Lead, rejection: Rejection, asked: Disputed, by: str | None, facts: Facts) -> Decision:
    """Rejected as before; where the time for marketing's answer is over by now, it goes where its reason sends it."""
    now = facts.now
    answered = replace(rejection, dispute=replace(asked, stands=True, answered_at=now, answered_by=by))
    after = replace(with_handoff(lead, rejection=answered), state=State.REJECTED)
    lapse = LapseRejection(lead=lead.id, rejection=rejection.id)
    lapses = Due(job=lapse, at=max(now, answer_ends(rejection, facts.agreement)))
    told = _both_told(rejection, asked, by, facts)
    return Decision(lead=after, jobs=(*everywhere(lead, facts), *rejections(lead, facts), lapses, *told))


def _back_to_the_rep(lead: Lead, rejection: Rejection, asked: Disputed, by: str, facts: Facts) -> Decision:
    """The rejection counts no more, and the turn that it kept is spent; the rep is asked again, in the same handoff."""
    handoff, now = handoff_of(lead), facts.now
    answered = replace(
        rejection,
        dispute=replace(asked, stands=False, answered_at=now, answered_by=by),
        taken_back_at=now,
        taken_back_by=by,
    )
    undecided = with_handoff(
        lead,
        **{
            **TO_NOBODY,
            **UNDECIDED,
            "rejection": answered,
            "hidden_from": tuple(each for each in handoff.hidden_from if each != rejection.by),
            "offers": handoff.offers + 1,
            "helped_by": (),
        },
    )
    offered = replace(undecided, state=State.OFFERED, owner=None, contacted_at=None, returns_at=None)
    placed = place(with_handoff(offered, named_by=by), facts, to=rejection.by or None, whose=Whose.DISPUTED)
    told = _both_told(rejection, asked, by, facts)
    if handoff_of(placed.lead).to == rejection.by:  # who is asked again hears it with that
        told = tuple(each for each in told if each.lane != f"post:{rejection.by}")
    jobs = (*everywhere(lead, facts), *rejections(lead, facts), *placed.jobs, *told)
    return replace(placed, jobs=jobs, moves=(*_turn_spent(lead, rejection, facts), *placed.moves))


def _turn_spent(lead: Lead, rejection: Rejection, facts: Facts) -> tuple[Move, ...]:
    handoff = handoff_of(lead)
    kept = {} if handoff.before is None else handoff.before.shares
    team = facts.agreement.team(handoff.team).name
    return rota.spent(team, rejection.by, kept) if kept else ()


def _both_told(rejection: Rejection, asked: Disputed, by: str | None, facts: Facts) -> tuple[Due, ...]:
    """Who asked, and the rep."""
    both = dict.fromkeys(each for each in (asked.by, rejection.by) if each and each != by)
    return tuple(show(Sight.RULING, to_person(rejection.id, each), facts.now, channel=each) for each in both)


def _rep(rejection: Rejection) -> str:
    return mention(rejection.by) if rejection.by else "sales"
