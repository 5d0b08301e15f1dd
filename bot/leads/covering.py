"""What is open with somebody who is away or gone: offered on, shared out; cover goes back by itself."""

from dataclasses import replace

from bot import rota
from bot.errors import Refused
from bot.jobs import Attend, Due, Sight, show, to_person
from bot.leads.commands import EndCover, Excuse, Give, ShareOut
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.lead import Lead, State, Whose
from bot.leads.passing import back_to_who_had_it, give
from bot.leads.rotating import kept_turn, offer_on
from bot.leads.showing import cards, everywhere
from bot.leads.wait import in_touch, owned
from bot.rota import Pick
from bot.teams import Colleague, TeamNow


def share_out(lead: Lead, command: ShareOut, facts: Facts) -> Decision:
    """Given to whose turn it is; with nobody at work, to who is not away and has the fewest leads in hand.

    Not to who starts first: all of it would go to that one.
    """
    facts.manager()
    team, handoff = facts.team, handoff_of(lead)
    but = {*handoff.hidden_from, *filter(None, (lead.owner, handoff.to))}
    pick = Pick() if team is None else rota.next_rep(team, facts.now, cap=facts.agreement.leads.cap, but=but)
    rep = pick.rep if pick.rep is not None and pick.at is None else _least_busy(team, facts, but)
    if team is None or rep is None:
        raise Refused("Nobody else who takes leads is here now. Please give it to somebody by name.")
    command_to = Give(by=command.by, colleague=rep.id, cover_for=command.cover_for, left_by=command.left_by)
    given = give(lead, command_to, replace(facts, colleague=rep.person))
    moves = rota.spent(team.team.name, rep.id, pick.shares) if pick.shares else ()
    return replace(given, moves=(*given.moves, *moves))


def excuse(lead: Lead, command: Excuse, facts: Facts) -> Decision:
    """Not theirs to answer now: it goes on, and they keep their turn. Nothing, where it went on already."""
    handoff = handoff_of(lead)
    if not handoff.alone or handoff.to != command.whom:
        return Decision(lead=lead)
    if handoff.whose is Whose.HANDED:
        return back_to_who_had_it(lead, facts)
    after = offer_on(lead, facts)
    moves = (*kept_turn(handoff, facts.agreement), *after.moves)
    return replace(after, jobs=(*everywhere(lead, facts), *after.jobs), moves=moves)


def end_cover(lead: Lead, command: EndCover, facts: Facts) -> Decision:
    """Theirs again, as far as it has come; nothing, where somebody else has it for good by now."""
    handoff, now = handoff_of(lead), facts.now
    if handoff.cover_for != command.whom or lead.owner == command.whom:
        return Decision(lead=lead)
    if command.stays:
        return Decision(lead=with_handoff(lead, cover_for=None), jobs=cards(lead, facts))
    start = in_touch if lead.state is State.WORKING else owned
    wait = start(now, handoff.wait, hot=handoff.hot)
    back = with_handoff(lead, cover_for=None, given_by=None, before=None, wait=wait)
    after = replace(back, owner=command.whom)
    told = show(Sight.OWNER, to_person(handoff.id, command.whom), now, channel=command.whom)
    left = Due(
        job=Attend(person=lead.owner or ""), at=now
    )  # away or gone themselves: their manager was asked about it
    return Decision(lead=after, jobs=(*everywhere(lead, facts), *everywhere(after, facts), told, left))


def _least_busy(team: TeamNow | None, facts: Facts, but: set[str]) -> Colleague | None:
    cap = facts.agreement.leads.cap
    reps = () if team is None else team.reps
    fit = [each for each in reps if each.id not in but and rota.is_fit(each, facts.now, cap=cap)]
    return min(fit, key=lambda each: (each.load / each.weight, each.id), default=None)
