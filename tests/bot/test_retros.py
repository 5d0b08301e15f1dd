"""The rules of retros, the story of a deal, and how it looks: all pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arrivals import Touch
from bot.deals import Deal, DealState, Stage
from bot.errors import Refused
from bot.leads.lead import Handoff, Lead, State, Verdict
from bot.retros.asking import Circle, is_storm, seats
from bot.retros.commands import (
    Choose,
    Close,
    Drop,
    Finish,
    LookBack,
    Meet,
    PassOn,
    Reopen,
    RetroCommand,
    Tell,
    Tend,
)
from bot.retros.deciding import Decided, RetroFacts, begun
from bot.retros.learning import Lesson, Sought, lessons_note, read_sought
from bot.retros.looks import RetroSight, head
from bot.retros.retro import Action, Part, Retro, RetroState, Seat, Told, Word
from bot.retros.story import MOST_MOMENTS, Past, Side, Story, story
from bot.retros.transitions import decide
from tests.bot.examples import ACME, PEOPLE
from tests.bot.looks import HOSTILE, hold_to_slack, live

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WAITING, HELD, OPEN, STOPPED, SUMMED, ACTING, ENDED = RetroState
REFUSED = "refused"
AMY = Seat(person="UAMY", part=Part.OWNER)
ACTION = Action(what="Call sooner", who="UAMY", due=NOW.date() + 14 * DAY, by="UAMY")
PROPOSED = Told(id="a1", said={"change": "Call sooner"}, by="UEVA", shown=True)
COMMANDS: dict[type[RetroCommand], RetroCommand] = {
    Close: Close(outcome=DealState.LOST, owner="UAMY", amount=1),
    Reopen: Reopen(),
    Tend: Tend(),
    LookBack: LookBack(by="UAMY"),
    Tell: Tell(by="UAMY", id="a2", said={"main": "price"}),
    Meet: Meet(by="UAMY", day=NOW.date()),
    Choose: Choose(by="UAMY", answer="a1", who="UAMY", due=None),
    Finish: Finish(by="UAMY"),
    Drop: Drop(by="UAMY", why="No time"),
    PassOn: PassOn(by="UAMY", who="UBEN"),
}
GRID = """
state    Close    Reopen   Tend     LookBack Tell     Meet     Choose   Finish   Drop     PassOn
waiting  waiting  stopped  open     refused  refused  refused  refused  refused  refused  refused
held     held     stopped  held     open     refused  refused  refused  refused  refused  refused
open     open     stopped  open     refused  open     open     refused  refused  refused  refused
stopped  waiting  stopped  stopped  refused  refused  refused  refused  refused  refused  refused
summed   summed   summed   summed   refused  summed   refused  acting   refused  refused  refused
acting   acting   acting   acting   refused  acting   refused  refused  ended    ended    acting
ended    ended    ended    ended    refused  ended    refused  refused  refused  refused  refused
"""


def retro(state: RetroState = OPEN, **changes: object) -> Retro:
    over = state in (SUMMED, ACTING, ENDED)
    told = Retro(
        id="d1",
        state=state,
        outcome=DealState.WON,
        noted_at=NOW - DAY,
        owner="UAMY",
        started_at=NOW - HOUR if over or state is OPEN else None,
        summed_at=NOW if over else None,
        seats=(AMY, Seat(person="UEVA", part=Part.MARKETER)),
        answers=(PROPOSED,) if over else (),
        action=ACTION if state is ACTING else None,
    )
    return replace(told, **changes)  # type: ignore[arg-type]  # a test's own words


def does(before: Retro, command: RetroCommand, now: datetime = NOW, **facts: object) -> Decided:
    known = RetroFacts(now=now, agreement=ACME, by=PEOPLE["UAMY"])
    return decide(before, command, replace(known, **facts))  # type: ignore[arg-type]  # a test's own words


def outcome(before: Retro, command: RetroCommand) -> str:
    try:
        return str(does(before, command).retro.state)
    except Refused:
        return REFUSED


def test_what_becomes_of_every_retro_by_every_command() -> None:
    names = GRID.split("\n")[1].split()[1:]
    assert names == [kind.__name__ for kind in COMMANDS]
    rows = {row[0]: dict(zip(names, row[1:], strict=True)) for row in map(str.split, GRID.split("\n")[2:-1])}
    assert list(rows) == [str(state) for state in RetroState]

    found = {
        str(state): {kind.__name__: outcome(retro(state), command) for kind, command in COMMANDS.items()}
        for state in RetroState
    }

    assert found == rows


def test_six_closes_within_an_hour_are_a_storm_and_five_are_none() -> None:
    minutes = [timedelta(minutes=10 * each) for each in range(1, 6)]
    ago, apart = [NOW - each for each in minutes], [NOW - 2 * each for each in minutes]

    assert is_storm(NOW, ago)
    assert not is_storm(NOW, ago[:4])
    assert not is_storm(NOW, apart)
    assert does(retro(WAITING), Tend(), closes=[NOW - DAY] * 5).retro.state is HELD
    assert does(retro(WAITING), Tend(), closed_at=NOW - 16 * DAY).retro.state is HELD


def test_six_at_most_are_asked_each_once() -> None:
    workers = {f"U{each}": each for each in range(9)} | {"UAMY": 1}
    asked = seats(Circle(owner="UAMY", marketer="UEVA", managers=["UAMY", "UHAL"], workers=workers))

    assert [seat.person for seat in asked] == ["UAMY", "UEVA", "UHAL", "U8", "U7", "U6"]
    assert [seat.person for seat in seats(Circle(owner="UAMY", managers=["UHAL"]))] == ["UAMY"]
    assert seats(Circle()) == ()


def days_of_reminders(action: Action, until: int) -> list[int]:
    """On which days, from today on, who does it is reminded."""
    now, told, acting = NOW, [], retro(ACTING, action=action)
    for day in range(until):
        after = does(acting, Tend(), now + day * DAY).retro
        if after != acting:
            told.append(day)
        acting = after
    return told


def test_a_change_is_reminded_of_two_days_before_on_the_day_and_then_on_mondays() -> None:
    assert days_of_reminders(replace(ACTION, due=NOW.date() + 4 * DAY), 22) == [2, 4, 7, 14, 21]
    assert days_of_reminders(replace(ACTION, due=NOW.date() + 14 * DAY), 22) == [12, 14, 21]


def test_a_timer_that_comes_too_early_waits_on() -> None:
    decided = does(retro(WAITING, noted_at=NOW), Tend(), NOW + timedelta(minutes=29))

    assert decided.retro.state is WAITING
    assert [due.at for due in decided.jobs] == [NOW + timedelta(minutes=30)]


def test_a_retro_begins_with_a_timer_and_nothing_else() -> None:
    decided = begun("d1", Close(outcome=DealState.WON), RetroFacts(now=NOW, agreement=ACME))

    assert [due.job.kind for due in decided.jobs] == ["tend_retro"]


def test_the_same_close_told_twice_is_no_word_in_the_thread() -> None:
    same = Close(outcome=DealState.WON)

    assert does(retro(), same).retro.turns == ()
    assert does(retro(), Close(outcome=DealState.LOST)).retro.turns == (Word.LOST,)


# --- the story


def past(offered: datetime | None = None, decided: datetime | None = None, *touches: Touch) -> Past:
    lead = Lead(
        id="l1",
        feed="crm",
        external_id="1",
        state=State.CONVERTED,
        arrived_at=NOW - 90 * DAY,
        occurred_at=NOW - 90 * DAY,
        fields={"contact.name": "Pat Doe", "source": "webinar"},
    )
    if offered is None:
        return Past(lead=lead, touches=touches)
    handoff = Handoff(
        id="l1-1",
        number=1,
        offered_at=offered,
        channel="CLEADS",
        week="2026-W40",
        line="source:webinar",
        verdict=None if decided is None else Verdict.ACCEPTED,
        decided_at=decided,
        decided_by="UAMY",
        took=3600,
    )
    return Past(lead=lead, touches=touches, handoffs=(handoff,))


def sale(**fields: str) -> Deal:
    return Deal(id="d1", feed="crm", external_id="opp-7", state=DealState.WON, fields=fields)


def told(deal: Deal, *pasts: Past, closed: datetime = NOW) -> Story:
    return story(deal, pasts, closed, str, ACME)


def test_each_side_has_its_days_and_they_add_up() -> None:
    first = Touch(kind="webinar", at=NOW - 60 * DAY)
    one = told(sale(), past(NOW - 40 * DAY, NOW - 30 * DAY, first))

    assert one.days == {Side.MARKETING: 20, Side.WAITING: 10, Side.SALES: 30}
    assert one.total == 60


def test_of_two_leads_the_one_that_was_further_says_whose_time_it_was() -> None:
    early = past(NOW - 40 * DAY, NOW - 30 * DAY, Touch(kind="webinar", at=NOW - 60 * DAY))
    late = past(NOW - 35 * DAY, NOW - 5 * DAY, Touch(kind="webinar", at=NOW - 50 * DAY))

    assert told(sale(), early, late).days == {Side.MARKETING: 20, Side.WAITING: 10, Side.SALES: 30}


def test_a_deal_won_before_its_first_contact_has_none_in_its_story() -> None:
    after = Touch(kind="call", at=NOW + DAY, by="UAMY")
    words = [moment.words for moment in told(sale(), past(NOW - DAY, NOW, after)).moments]

    assert not [each for each in words if "contact" in each]


def test_a_close_on_a_bare_date_counts_what_happened_that_day() -> None:
    midnight = NOW.replace(hour=0)
    one = told(sale(), past(None, None, Touch(kind="webinar", at=NOW)), closed=midnight)

    assert one.touches == {"webinar": 1}


def test_of_very_many_moments_the_first_and_the_last_are_told() -> None:
    stages = tuple(
        Stage(name=f"s{day}", at=NOW - day * DAY, since=NOW - day * DAY) for day in range(100, 0, -1)
    )
    one = told(replace(sale(), stages=stages), past(None, None, Touch(kind="webinar", at=NOW - 200 * DAY)))

    assert len(one.moments) == MOST_MOMENTS + 1
    assert one.moments[0].words == "First touch: webinar"
    assert one.moments[-1].words == "Deal won"


moments = st.integers(0, 2000).map(lambda hours: NOW - timedelta(hours=hours))


@given(st.lists(st.tuples(moments, moments, moments), max_size=4), moments)
def test_the_days_of_all_sides_are_those_from_the_first_moment_to_the_close(
    leads: list[tuple[datetime, datetime, datetime]], opened: datetime
) -> None:
    pasts = [past(min(one, two), max(one, two), Touch(kind="webinar", at=first)) for one, two, first in leads]
    one = told(sale(opened_at=opened.isoformat()), *pasts)

    begin = one.moments[0].at.astimezone(ACME.calendar.zone).date()
    assert one.total == (NOW.astimezone(ACME.calendar.zone).date() - begin).days


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_written_in_a_deal_slack_takes_its_thread(words: str) -> None:
    deal = replace(
        sale(name=words, reason=words, competitor=words),
        state=DealState.LOST,
        stages=tuple(
            Stage(name=words, at=NOW - day * DAY, since=NOW - day * DAY) for day in range(40, 0, -1)
        ),
    )
    touches = tuple(Touch(kind=words[:60], at=NOW - day * DAY, campaign=words, by=words) for day in (3, 2))
    seen = RetroSight(
        retro=retro(),
        deal=deal,
        story=told(deal, past(NOW - DAY, NOW, *touches)),
        company=words,
        who=lambda _: words,
        agreement=ACME,
    )

    body = hold_to_slack(head(seen))
    assert live(body["text"]) == []


def test_where_nothing_was_looked_back_at_yet_it_says_when_it_begins() -> None:
    nothing, narrow = (lessons_note(sought, [], [], 0) for sought in (Sought(), Sought(words=("x",))))

    assert nothing == "No look back is over yet. Half an hour after a deal is closed, one begins."
    assert narrow.startswith("No look back has all of this.")


def test_six_similar_ones_are_a_pattern_and_five_a_signal() -> None:
    lesson = Lesson(answers=[Told(id="a", said={"main": "price"}, by=None, shown=True)])

    five, six = (lessons_note(Sought(words=("x",)), [], [lesson] * n, n) for n in (5, 6))

    assert five.startswith("5 look backs found (signal).\nMain reason: Price and value 5 (signal).")
    assert six.startswith("6 look backs found (pattern).\nMain reason: Price and value 6 (pattern).")


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("Initech over 10000", Sought(words=("initech",), over=100_000_000)),
        ("under 5,000.50 too early", Sought(words=("too", "early"), under=50_005_000)),
        ("", Sought()),
    ],
)
def test_what_is_sought_is_words_and_amounts(typed: str, sought: Sought) -> None:
    assert read_sought(typed) == sought
