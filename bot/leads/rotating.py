"""To whom a lead is offered first: who was named, who knows the company, whose turn it is; else to anyone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot import rota
from bot.agreement import Agreement
from bot.firms import company_of
from bot.jobs import Due, Gather, OfferNext, Sight, show
from bot.leads.commands import OfferInTurn
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.lead import Before, Handoff, Lead, State, Whose
from bot.leads.showing import cards, everywhere
from bot.leads.together import asked_with, on_a_card, others
from bot.leads.wait import Rung, Stage, offered_anew
from bot.nudges import Nudge
from bot.rota import Move
from bot.routing import team_of
from bot.teams import Colleague, TeamNow
from bot.working_time import Clock

TO_NOBODY: Final[Mapping[str, object]] = {
    "to": None,
    "alone": False,
    "asked_in": None,
    "whose": None,
    "until": None,
    "named_by": None,
    "named_note": None,
    "shares": {},
}


def rotates(handoff: Handoff, agreement: Agreement) -> bool:
    return agreement.team(handoff.team).offer == "rotation"


def offer_of(lead: Lead) -> str:
    """The offer that stands, by the handoff and its number there: what a timer is about."""
    handoff = handoff_of(lead)
    return f"{handoff.id}#{handoff.offers}"


def place(lead: Lead, facts: Facts, *, to: str | None = None, whose: Whose | None = None) -> Decision:
    """Offer a lead that nobody is asked about yet. `to` was thought of by somebody, or had it, and comes first if they are there.

    The card is the caller's matter; what follows is the question to the rep, a timer, or one to the managers.
    """
    handoff = handoff_of(lead)
    theirs = facts.team_called(handoff.team)
    team = theirs if rotates(handoff, facts.agreement) else None
    free = team is None and (
        theirs is None or whose is Whose.NAMED
    )  # who is named by a rep may be of another team
    if to is not None and (free or _is_here(theirs, to, facts)):
        asked = _ask(lead, to, facts, whose=whose, alone=team is not None)
        return asked if team is not None else or_a_manager(asked, facts)
    for known, why in ((facts.sellers, Whose.DEAL), (facts.owners, Whose.MATCH)):
        owner = _who_knows_the_company(lead, known, facts)
        if owner is not None:
            return _ask(lead, owner.id, facts, whose=why, alone=True, colleague=owner)
    if team is None:
        return or_a_manager(Decision(lead=lead), facts)
    rep = _who_is_asked_about_the_company(lead, team, facts)
    if rep is not None:
        return _ask(lead, rep.id, facts, whose=Whose.COMPANY, alone=True, colleague=rep)
    return _in_turn(lead, team, facts)


def or_a_manager(decision: Decision, facts: Facts) -> Decision:
    """What is open to anyone of the team; where nobody of them could take it now, the managers are asked as well.

    By night somebody could: it waits for who comes to work.
    """
    handoff = handoff_of(decision.lead)
    team, cap = facts.team_called(handoff.team), facts.agreement.leads.cap
    if team is None or any(
        rota.is_fit(each, facts.now, cap=cap) and each.id not in handoff.hidden_from for each in team.reps
    ):
        return decision
    asked = ask_managers(decision.lead, facts)
    return replace(asked, jobs=(*decision.jobs, *asked.jobs))


def offer_on(lead: Lead, facts: Facts) -> Decision:
    """Nobody has answered, or somebody passed it on: a new offer in the same handoff, to whoever comes next.

    Who was offered it in turn is not asked again, and does not keep the turn.
    """
    handoff = handoff_of(lead)
    was_asked = handoff.alone and handoff.whose is not Whose.STARTS  # who is named for later was not
    asked = (*handoff.asked, handoff.to) if was_asked and handoff.to else handoff.asked
    wait = offered_anew(handoff.wait, facts.now, hot=handoff.hot)
    anew = {"asked": tuple(dict.fromkeys(asked)), "offers": handoff.offers + 1, "wait": wait, "helped_by": ()}
    return place(with_handoff(lead, **{**TO_NOBODY, **anew}), facts)


def offer_in_turn(lead: Lead, command: OfferInTurn, facts: Facts) -> Decision:
    """Work begins: the lead that waited for it is offered to whose turn it is now."""
    handoff = handoff_of(lead)
    if offer_of(lead) != command.offer or handoff.whose is not Whose.STARTS:
        return Decision(lead=lead)
    wait = None if handoff.wait is None else offered_anew(handoff.wait, facts.now, hot=handoff.hot)
    placed = place(with_handoff(lead, **TO_NOBODY, wait=wait), facts)
    return replace(placed, jobs=(*everywhere(placed.lead, facts), *placed.jobs))


def change_team(lead: Lead, facts: Facts) -> Decision:
    """By what is known now it is another team's: a card in their channel, and the old one says where it went."""
    handoff, now, agreement = handoff_of(lead), facts.now, facts.agreement
    team = team_of(lead.fields, agreement)
    channel = agreement.channel_of(team)
    moved = with_handoff(lead, team=team.name)
    if channel != handoff.channel:
        old = {**handoff.moved, str(handoff.cards): channel}
        moved = with_handoff(moved, channel=channel, cards=handoff.cards + 1, moved=old, joined=None)
    kept = kept_turn(handoff, agreement)
    offered = offer_on(with_handoff(moved, shares={}, alone=False), facts)
    after, moves_there = offered.lead, channel != handoff.channel
    stays = (show(Sight.CARD, handoff_of(after).card, now, channel=channel),)
    after, card = on_a_card(after, facts) if moves_there else (after, stays)
    jobs = (*cards(lead, facts), *card, *offered.jobs)
    return replace(offered, lead=after, jobs=jobs, moves=(*kept, *offered.moves))


def ask_managers(lead: Lead, facts: Facts) -> Decision:
    """The managers, else the admins, are asked to give it to somebody: each once about an offer.

    They are told as of reminders: of dozens at once in one message.
    """
    handoff, team = handoff_of(lead), facts.team_called(handoff_of(lead).team)
    asked_for_help = () if team is None else (team.managers, team.admins)
    here = ([each for each in some if each.is_here(facts.now)] for some in asked_for_help)
    whom = [each for each in next(filter(None, here), []) if each.id not in handoff.helped_by]
    asked = with_handoff(lead, helped_by=(*handoff.helped_by, *(each.id for each in whom)))
    calls = tuple(_call_for_help(lead, each, facts) for each in whom)
    jobs = tuple(Due(job=Gather(person=each.person), at=each.at) for each in calls)
    return Decision(lead=asked, jobs=jobs, nudges=calls)


def _call_for_help(lead: Lead, whom: Colleague, facts: Facts) -> Nudge:
    handoff, now = handoff_of(lead), facts.now
    since = (handoff.wait and handoff.wait.free_since) or handoff.offered_at
    return Nudge(
        id=f"{handoff.id}.{handoff.offers}.{Rung.HELP}.{whom.id}",
        lead=lead.id,
        handoff=handoff.id,
        stage=Stage.OFFER,
        rung=Rung.HELP,
        person=whom.id,
        hot=handoff.hot,
        due_at=now,
        at=whom.may_be_told(now, hot=handoff.hot),
        waited=facts.clock_of(handoff.team).waited(since, now),
        managing=True,
    )


def took(lead: Lead, by: str, facts: Facts) -> tuple[Move, ...]:
    """What an accepted lead moves; who was offered it and did not get it keeps their turn."""
    handoff = handoff_of(lead)
    name = facts.agreement.team(handoff.team).name
    taken = Move(team=name, rep=by, turns=int(not rotates(handoff, facts.agreement)), refused=0, at=facts.now)
    if lead.state is not State.OFFERED or not handoff.shares or handoff.to in (None, by):
        return (taken,)
    return (taken, *rota.kept(name, handoff.to or "", handoff.shares))


def untook(lead: Lead, before: Before, facts: Facts) -> tuple[Move, ...]:
    """What an undone decision moves: all is as it was before."""
    handoff = handoff_of(lead)
    name = facts.agreement.team(handoff.team).name
    if before.shares and handoff.to:
        return rota.spent(name, handoff.to, before.shares)
    if lead.owner is None or rotates(handoff, facts.agreement):
        return ()
    return (Move(team=name, rep=lead.owner, turns=-1),)


def refused(lead: Lead, by: str, facts: Facts) -> tuple[Move, ...]:
    """What a rejection moves: it keeps the turn of who was offered the lead, unless it is the third in a row."""
    handoff = handoff_of(lead)
    team = facts.team_called(handoff.team)
    if team is None or not handoff.shares or handoff.to != by:
        return ()
    return rota.rejected(team, by, handoff.shares)


def kept_turn(handoff: Handoff, agreement: Agreement) -> tuple[Move, ...]:
    """The turn of who was offered it is theirs still: the next lead is."""
    if not handoff.shares or handoff.to is None:
        return ()
    return rota.kept(agreement.team(handoff.team).name, handoff.to, handoff.shares)


def _in_turn(lead: Lead, team: TeamNow, facts: Facts) -> Decision:
    handoff, now = handoff_of(lead), facts.now
    but = {*handoff.hidden_from, *handoff.asked, *facts.noes}
    pick = rota.next_rep(team, now, cap=facts.agreement.leads.cap, but=but, hot=handoff.hot)
    if pick.at is not None:
        return _when_work_begins(lead, pick.rep, pick.at)
    if pick.rep is None:
        return ask_managers(lead, facts)
    asked = _ask(lead, pick.rep.id, facts, whose=Whose.TURN, alone=True, colleague=pick.rep)
    shares = pick.shares or {}
    moves = rota.spent(team.team.name, pick.rep.id, shares)
    return replace(asked, lead=with_handoff(asked.lead, shares=shares), moves=moves)


def _when_work_begins(lead: Lead, first: Colleague | None, at: datetime) -> Decision:
    """Nobody at work has room: who starts first is named, and offered it then."""
    waits = with_handoff(
        lead, to=None if first is None else first.id, alone=True, whose=Whose.STARTS, until=at
    )
    return Decision(lead=waits, jobs=(Due(job=OfferNext(lead=lead.id, offer=offer_of(lead)), at=at),))


def _ask(
    lead: Lead,
    to: str,
    facts: Facts,
    *,
    whose: Whose | None,
    alone: bool,
    colleague: Colleague | None = None,
) -> Decision:
    handoff, now = handoff_of(lead), facts.now
    team = facts.team_called(handoff.team)
    whom = colleague or (None if team is None else team.whom(to))
    until = None
    if alone and whom is not None:
        ladder = facts.agreement.team(handoff.team).ladder
        clock = Clock(calendar=whom.calendar, stops=team.stops if team else ())
        until = clock.add(now, (ladder.hot if handoff.hot else ladder.standard).reoffer)
    asked = with_handoff(lead, to=to, alone=alone, whose=whose, until=until)
    asked = with_handoff(asked, asked_in=asked_with(asked, facts))
    told_at = now if whom is None else whom.may_be_told(now, hot=handoff.hot)
    return Decision(lead=asked, jobs=(show(Sight.ASK, handoff_of(asked).ask, told_at, channel=to),))


def _is_here(team: TeamNow | None, slack_id: str, facts: Facts) -> bool:
    rep = None if team is None else team.whom(slack_id)
    return team is not None and rep is not None and rep in team.reps and rep.is_here(facts.now)


def _who_knows_the_company(
    lead: Lead, known: Mapping[str, tuple[Colleague, ...]], facts: Facts
) -> Colleague | None:
    """Who of these has to do with the company, unless they are away or have passed on this one."""
    handoff, company = handoff_of(lead), company_of(lead.fields)
    but = {*handoff.hidden_from, *handoff.asked, *facts.noes}
    there = () if company is None else known.get(company.key, ())
    return next((each for each in there if each.id not in but and each.is_here(facts.now)), None)


def _who_is_asked_about_the_company(lead: Lead, team: TeamNow, facts: Facts) -> Colleague | None:
    """Whose turn another lead there is, which still waits: outside turn and cap they are asked about both."""
    handoff = handoff_of(lead)
    but = {*handoff.hidden_from, *handoff.asked, *facts.noes}
    here = {each.id: each for each in team.reps if each.id not in but and each.is_here(facts.now)}
    return next(
        (
            here[each.asked]
            for each in others(lead, facts, handoff.team, handoff.channel)
            if each.asked in here
        ),
        None,
    )
