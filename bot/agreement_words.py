"""The agreement in words that both sides can read, under five headings, from whom we want to what becomes of customers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from bot.agreement import Agreement
from bot.gate import spoken
from bot.people import NAMED
from bot.reasons import REASONS, Then
from bot.setting_fields import value_in
from bot.settings import Hours, Ladder, Person, Rungs, Team
from bot.settings.nodes import write_value
from bot.text import count, mention, plain
from bot.working_time import words

HEADINGS: Final = (
    "Who does what",
    "When is it passed on",
    "What then",
    "What is good",
    "When is a lead not a lead",
)
NEEDS: Final = {"reachable": "an e-mail or a phone", "company": "a company", "contact": "a name"}
MOST: Final = 10  # values of one list
LONGEST: Final = 300  # characters of a list


def in_words(agreement: Agreement) -> list[tuple[str, list[str]]]:
    """Each heading with its sentences, safe for Slack."""
    parts = (_who(agreement), _when(agreement), _then(agreement), _good(agreement), _not_a_lead(agreement))
    return [(heading, list(part)) for heading, part in zip(HEADINGS, parts, strict=True)]


def named(entry: str) -> str:
    return plain(entry) if "@" in entry else mention(entry)


def _who(agreement: Agreement) -> Iterator[str]:
    people, channels = agreement.settings.people, agreement.channels
    yield f"Marketing finds leads and hands them over: {_people(people.marketers, 'who is in our channels')}."
    for team in agreement.settings.teams_in_force:
        yield _of_team(agreement, team)
    yield f"Managers decide where somebody is stuck: {_people(people.managers, 'who is in our channels')}."
    yield f"Marketing hears what became of each lead in <#{channels.feedback}>; deals are looked back at in <#{channels.retros}>."
    if people.success:
        yield f"Customers are kept by {_people(people.success, '')}."
    yield f"Admins change this agreement: {_people(people.admins, 'the admins of this workspace')}."


def _of_team(agreement: Agreement, team: Team) -> str:
    alone = len(agreement.settings.teams_in_force) == 1
    theirs = (
        f" ({_listed(f'{field} {_any_of(values)}' for field, values in team.when.items())})"
        if team.when
        else ""
    )
    name = "Sales" if alone else f"Team {team.name}{theirs}"
    how = (
        "the first who accepts has a lead"
        if team.offer == "channel"
        else "each lead is offered to one rep, in turn"
    )
    return (
        f"{name} takes leads in <#{agreement.channel_of(team)}>: {_people(team.reps, 'who is in it')}; {how}."
    )


def _when(agreement: Agreement) -> Iterator[str]:
    leads = agreement.leads
    needs = [NEEDS.get(each, each) for each in leads.require]
    score = f" and a score of {leads.score.threshold}" if leads.score.threshold else ""
    yield f"A lead is ready for sales with {_listed(needs) or 'whatever is known'}{score}."
    hot = _listed(map(spoken, leads.hot.sources))
    asked = f"Who asks for us ({hot}) is hot and" if hot else "A lead made by hand"
    yield f"{asked} needs no score{'; nor does a lead made by hand' if hot else ''}."
    if leads.hot.score is not None:
        yield f"From a score of {leads.hot.score} on a lead is hot too."
    points = [_points(agreement, key) for key in ("leads.score.touches", "leads.score.facts")]
    told = "; ".join(filter(None, points))
    if told:
        yield f"Points: {told}. Those of touches halve every {_days(leads.score.half_life.days)}."
    flood = leads.flood
    yield (
        f"More than {count(flood.offers, 'offer')} in {words(flood.within)}, and leads older than"
        f" {words(flood.older_than)}, wait until somebody lets them go."
    )


def _then(agreement: Agreement) -> Iterator[str]:
    ladder, hours = agreement.settings.ladder, agreement.settings.hours
    yield f"Clocks run in working hours: {_week(hours)}."
    yield from _ladder(ladder, "A hot lead", "Any other lead")
    for team in agreement.settings.teams_in_force:
        if team.hours != hours:
            yield f"Clocks of team {team.name} run {_week(team.hours)}."
        if team.ladder != ladder:
            yield from _ladder(
                team.ladder, f"A hot lead of team {team.name}", f"Any other lead of team {team.name}"
            )
    most = count(ladder.most, "reminder")
    yield f"Nobody gets more than {most} of one lead; after that it stands in the manager's list."
    undo, retro = agreement.leads.undo, agreement.settings.retro
    yield f"A decision can be taken back for {words(undo)}. Marketing reads every rejection at once and may ask for a second look."
    yield (
        f"{words(retro.start_after).capitalize()} after a deal is won or lost, both sides look back at it, for"
        f" {words(retro.close_after)}; the change that is chosen is done within {words(retro.action_due)}."
    )
    yield f"{words(retro.renewal_before).capitalize()} before a contract ends its customer is a lead again."


def _week(hours: Hours) -> str:
    return ", ".join(f"{days} {' and '.join(blocks)}" for days, blocks in hours.week.written().items())


def _ladder(ladder: Ladder, hot: str, standard: str) -> Iterator[str]:
    yield f"{hot}: {_climbs(ladder.hot)}."
    yield f"{standard}: {_climbs(ladder.standard)}."


def _climbs(rungs: Rungs) -> str:
    stalled = ", ".join(words(each) for each in rungs.stalled)
    return (
        f"answered within {words(rungs.breach)}, with a reminder after {words(rungs.remind)}; to the manager after"
        f" {words(rungs.manager)}, to somebody else after {words(rungs.reoffer)}, to both heads after"
        f" {words(rungs.last_call)}. First contact within {words(rungs.first_contact)} of the accept; without a next step it"
        f" is stalled after {stalled}"
    )


def _good(agreement: Agreement) -> Iterator[str]:
    labels = [agreement.label(each.code) for each in REASONS.values() if each.counts]
    yield f"A good lead is one that is not rejected as: {_listed(labels, most=len(labels))}."
    yield "Lead quality is the share of such leads among those decided; “already known” is left out."
    yield "Good work on it is a decision before the lead is late, and a first contact within its time."
    yield "Won and lost deals are counted by campaign and source, with their first and last touch."


def _not_a_lead(agreement: Agreement) -> Iterator[str]:
    terms = agreement.leads.disqualify
    for what, values in (
        ("from these e-mail domains", terms.email_domains),
        ("with these titles", terms.titles),
        ("from these countries", terms.countries),
    ):
        if values:
            yield f"Nobody {what}: {_listed(values)}."
    closed = [
        agreement.label(each.code) for each in REASONS.values() if each.then is Then.CLOSED and each.rejects
    ]
    yield f"It is closed when it is rejected as: {_listed(closed)}."
    rests = [
        f"{plain(agreement.label(code))} {words(rest)}"
        for code in REASONS
        if (rest := agreement.recycle_after(code)) is not None
    ]
    yield f"It is with marketing again, at least so long: {', '.join(rests)}."
    attempts = count(agreement.leads.attempts, "attempt")
    yield f"“{plain(agreement.label('unreachable'))}” needs {attempts}; “{plain(agreement.label('not_now'))}” comes back on its date."
    kept = agreement.leads.retention
    yield f"Who is closed is forgotten after {_days(kept.closed.days)}, who is with marketing after {_days(kept.nurture.days)}."


def _points(agreement: Agreement, key: str) -> str:
    value = value_in(agreement.settings, key) or {}
    return plain(", ".join(_worth(name, points) for name, points in value.items()), LONGEST)


def _worth(name: str, points: Any) -> str:
    """What one touch or fact gives: `title vp 20`, whatever part of the lead it stands in."""
    own = spoken(name.rpartition(".")[2])
    if isinstance(points, dict):
        return f"{own} {' or '.join(f'{each} {number}' for each, number in points.items())}"
    return f"{own} {write_value(points)}"


def _people(entries: Sequence[Person] | None, everybody: str) -> str:
    if entries is None:
        return everybody
    shown = ", ".join(named(each.name) for each in entries[:NAMED])
    rest = len(entries) - NAMED
    return f"{shown} and {count(rest, 'other')}" if rest > 0 else shown or "nobody yet"


def _listed(values: Iterable[str], most: int = MOST) -> str:
    told = [*values]
    rest = f" and {count(len(told) - most, 'other')}" if len(told) > most else ""
    return f"{plain(', '.join(told[:most]), LONGEST)}{rest}"


def _any_of(values: Sequence[str]) -> str:
    return " or ".join(values)


def _days(number: int) -> str:
    return count(number, "day")
