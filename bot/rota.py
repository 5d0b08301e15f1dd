"""Whose turn it is: one rep at a time, each within about one lead of the share that their weight gives them.

Every offer is shared out, by weight, among the reps who are at work and not full; each keeps what they have not
had yet as a credit, and who is offered the lead pays a whole one. So who is away, off shift or full neither saves
up turns nor loses any, who passes on one lead is not passed over with the next, and a turn that is kept moves
nobody. While all are there, no rep is ever a whole lead away from their share (Tijdeman, The chairman assignment
problem, 1980).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Final

from bot.teams import Colleague, TeamNow
from bot.text import at_time, by_the_clock, count, plain

LEAD: Final = 720720  # parts of one lead: every number up to 16 divides it
IN_A_ROW: Final = 3  # rejections after which the turn passes (product.md section 4)
UNCHANGED: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What something that was decided changes in a rota: added to what is there, but `refused` and `at`."""

    team: str
    rep: str
    credit: int = 0
    turns: int = 0
    refused: int = UNCHANGED  # rejections in a row, from now on
    at: datetime | None = None  # they took a lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Who is to be offered a lead. `at`: nobody is at work, and the first of them starts then.

    `shares` are what the turn moves; empty unless it is made now. No rep and no `at`: nobody can be asked.
    """

    rep: Colleague | None = None
    at: datetime | None = None
    shares: Mapping[str, int] | None = None


def next_rep(
    team: TeamNow, now: datetime, *, cap: int | None, but: Collection[str] = (), hot: bool = False
) -> Pick:
    """The rep whose turn it is: at work, not full, and none of those who passed (`but`)."""
    there = [each for each in team.reps if is_fit(each, now, cap=cap) and each.at_work(now, hot=hot)]
    if any(each.id not in but for each in there):
        rep, shares = _choose(there, but, everyone=len(there) == len(team.reps))
        return Pick(rep=rep, shares=shares)
    fit = [each for each in team.reps if is_fit(each, now, cap=cap) and each.id not in but]
    starts = {each.id: each.calendar.next_opening(now) for each in fit}
    if not starts:
        return Pick()
    first = min(starts.values())
    early = [each for each in fit if starts[each.id] == first]
    return Pick(rep=early[0] if len(early) == 1 else None, at=first)


def rota_words(team: TeamNow, week: Mapping[str, int], now: datetime, *, cap: int | None) -> str:
    """Who is next, what each has had, and who is left out until when: in the order of the settings, no ranking."""
    name = plain(team.team.name, 60)
    if not team.reps:
        return f"*{name}*: nobody takes leads here yet."
    lines = [f"*{name}*: {_next(team, now, cap)}"]
    for rep in team.reps:
        weight = f", weight {rep.weight}" if any(each.weight != rep.weight for each in team.reps) else ""
        had = f"{week.get(rep.id, 0)} this week, {rep.turns} in all{weight}"
        lines.append(f"• {plain(rep.person.name, 60)}: {had}. {_where(rep, now, cap)}.")
    return "\n".join(lines)


def _next(team: TeamNow, now: datetime, cap: int | None) -> str:
    if team.team.offer != "rotation":
        return "the first to accept has the lead."
    pick = next_rep(team, now, cap=cap)
    if pick.rep is not None and pick.at is None:
        return f"next is {plain(pick.rep.person.name, 60)}."
    if pick.at is None:
        return "nobody can be offered a lead now; a manager is asked."
    first = "" if pick.rep is None else f": {plain(pick.rep.person.name, 60)} starts first"
    return f"work begins {at_time(pick.at, now)}{first}."


def _where(rep: Colleague, now: datetime, cap: int | None) -> str:
    if not rep.is_here(now):
        until = rep.presence.away_until
        return f"Away until {by_the_clock(until, now)}" if until else "Away"
    if cap is not None and rep.load >= cap:
        return f"Full: {count(rep.load, 'lead')} without a first contact"
    if rep.at_work(now):
        return "At work"
    return f"Starts {at_time(rep.calendar.next_opening(now), now)}"


def is_fit(rep: Colleague, now: datetime, *, cap: int | None) -> bool:
    """Whether somebody could be offered a lead, whatever the hour: here, and not full."""
    return rep.is_here(now) and (cap is None or rep.load < cap)


def spent(team: str, rep: str, shares: Mapping[str, int]) -> tuple[Move, ...]:
    """The moves of an offer in turn: the rep's turn is spent."""
    return tuple(
        Move(team=team, rep=each, credit=share, turns=int(each == rep))
        for each, share in sorted(shares.items())
    )


def kept(team: str, rep: str, shares: Mapping[str, int], *, refused: int = UNCHANGED) -> tuple[Move, ...]:
    """The rep keeps their turn: as though they had not been offered this lead."""
    moves = [
        Move(
            team=team,
            rep=each,
            credit=-share,
            turns=-int(each == rep),
            refused=refused if each == rep else UNCHANGED,
        )
        for each, share in sorted(shares.items())
    ]
    return tuple(moves)


def rejected(team: TeamNow, rep: str, shares: Mapping[str, int]) -> tuple[Move, ...]:
    """A rejection keeps the rep's turn, the third in a row does not."""
    known = team.whom(rep)
    refused = (known.refused if known else 0) + 1
    if refused >= IN_A_ROW:
        return (Move(team=team.team.name, rep=rep, refused=0),)
    if not shares:
        return (Move(team=team.team.name, rep=rep, refused=refused),)
    return kept(team.team.name, rep, shares, refused=refused)


def after(team: TeamNow, moves: Iterable[Move]) -> TeamNow:
    """The team once these are kept."""
    reps = {each.id: each for each in team.reps}
    for move in moves:
        rep = reps.get(move.rep)
        if rep is None or move.team != team.team.name:
            continue
        reps[move.rep] = replace(
            rep,
            credit=rep.credit + move.credit,
            turns=rep.turns + move.turns,
            refused=rep.refused if move.refused == UNCHANGED else move.refused,
            last_lead_at=move.at or rep.last_lead_at,
        )
    return replace(team, reps=tuple(reps.values()))


def _choose(
    there: Sequence[Colleague], but: Collection[str], *, everyone: bool
) -> tuple[Colleague, Mapping[str, int]]:
    """Who has the lead, and what it moves: nothing in sum."""
    weights = sum(each.weight for each in there)
    shares = {each.id: LEAD * each.weight // weights for each in there}
    places = {each.id: place for place, each in enumerate(there)}

    def longest_without(rep: Colleague) -> tuple[bool, float, int]:
        at = rep.last_lead_at
        return (at is not None, at.timestamp() if at else 0.0, places[rep.id])

    def owed(rep: Colleague) -> int:
        return rep.credit + shares[rep.id]

    def overdue(rep: Colleague) -> Fraction:
        """How soon, in leads, this rep would be a whole lead short."""
        return Fraction((LEAD - owed(rep)) * weights, LEAD * rep.weight)

    asked = [each for each in there if each.id not in but]
    short = [each for each in asked if owed(each) > 0] if everyone else []
    if short:
        chosen = min(short, key=lambda rep: (overdue(rep), *longest_without(rep)))
    else:
        chosen = min(asked, key=lambda rep: (-owed(rep), *longest_without(rep)))
    others = sum(share for rep, share in shares.items() if rep != chosen.id)
    return chosen, {**shares, chosen.id: -others}
