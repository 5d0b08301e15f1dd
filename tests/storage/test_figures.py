"""Every figure, against a slow and obvious count over invented histories."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.figures import Closed, Figures, Scope, Share, Spread
from bot.leads.lead import State, Verdict
from bot.reasons import REASONS
from storage.db import Database
from storage.figures import Counts
from tests.bot.examples import ACME
from tests.storage.histories import (
    CALENDAR,
    LAST_WEEK,
    MONDAY,
    NOW,
    WEEK,
    History,
    Sale,
    histories,
    invented,
    kept,
    sales,
    worked,
)


def counted(
    db: Database, told: Sequence[History], scope: Scope = LAST_WEEK, deals: Sequence[Sale] = ()
) -> Figures:
    with kept(db, told, deals) as session:
        return Counts(db.of("T1"), ACME).count(session, scope, NOW)


# What each figure is, said slowly.


def offered_in(told: Sequence[History], scope: Scope = LAST_WEEK) -> list[History]:
    return [each for each in told if scope.begin <= each.handoff.offered_at < scope.end]


def waits(each: History) -> bool:
    return each.handoff.verdict is None and each.lead.handoff is not None and each.lead.state is State.OFFERED


def untouched(each: History) -> bool:
    accepted = each.handoff.verdict is Verdict.ACCEPTED and each.handoff.contacted_at is None
    return accepted and each.lead.handoff is not None and each.lead.state is State.ACCEPTED


def is_verdict(each: History, verdict: Verdict) -> bool:
    return each.handoff.verdict is verdict


def spread_of(values: Sequence[int], ages: Sequence[int]) -> Spread | None:
    every = sorted([*values, *ages])
    if not every:
        return None
    ninety = next(value for place, value in enumerate(every, 1) if 10 * place >= 9 * len(every))
    return Spread(
        number=len(every),
        fastest=every[0],
        middle=every[(len(every) - 1) // 2],
        ninetieth=ninety,
        slowest=every[-1],
        waiting=len(ages),
        longest=max(ages, default=0),
    )


@invented
@given(told=histories())
def test_handed_over_is_accepted_rejected_waiting_and_left_out(db: Database, told: list[History]) -> None:
    found, these = counted(db, told), offered_in(told)

    assert found.handed_over == len(these)
    assert found.accepted == sum(is_verdict(each, Verdict.ACCEPTED) for each in these)
    assert found.rejected == sum(is_verdict(each, Verdict.REJECTED) for each in these)
    assert found.waiting == sum(map(waits, these))
    assert found.accepted + found.rejected + found.waiting + found.left_out == found.handed_over


@invented
@given(told=histories())
def test_acceptance_is_accepted_of_those_that_were_decided(db: Database, told: list[History]) -> None:
    decided = [each for each in offered_in(told) if each.handoff.verdict is not None]
    accepted = [each for each in decided if is_verdict(each, Verdict.ACCEPTED)]

    assert counted(db, told).acceptance == Share(part=len(accepted), whole=len(decided))


@invented
@given(told=histories())
def test_decisions_made_are_of_the_period_whenever_the_lead_was_handed_over(
    db: Database, told: list[History]
) -> None:
    made = [each.handoff for each in told if each.handoff.decided_at is not None]
    within = [each for each in made if each.decided_at and MONDAY <= each.decided_at < MONDAY + WEEK]

    assert counted(db, told).decided == Counter(each.verdict for each in within)


@invented
@given(told=histories())
def test_lead_quality_leaves_duplicates_and_open_second_looks_out(db: Database, told: list[History]) -> None:
    good, bad = 0, 0
    for each in offered_in(told):
        no = each.handoff.rejection
        if each.handoff.verdict is None or (no and each.lead.handoff and each.lead.state is State.DISPUTED):
            continue
        if no is not None and no.reason == "duplicate":
            continue
        if no is not None and REASONS[no.reason].counts:
            bad += 1
        else:
            good += 1

    assert counted(db, told).quality == Share(part=good, whole=good + bad)


@invented
@given(told=histories())
def test_quality_of_each_campaign_and_source_is_that_of_its_leads_alone(
    db: Database, told: list[History]
) -> None:
    found = counted(db, told)

    by_line = {line: _of(db, [each for each in told if each.handoff.line == line]) for line in found.lines()}
    sources = {each.handoff.source for each in offered_in(told)}
    by_source = {
        source: _of(db, [each for each in told if each.handoff.source == source]) for source in sources
    }

    assert found.quality_by(lambda each: each.line) == by_line
    assert found.quality_by(lambda each: each.source) == by_source


def _of(db: Database, told: Sequence[History]) -> Share:
    return counted(db, told).quality


@invented
@given(told=histories())
def test_time_to_decision_counts_those_that_wait_at_their_present_age(
    db: Database, told: list[History]
) -> None:
    these = offered_in(told)
    took = [each.handoff.took for each in these if each.handoff.took is not None]
    ages = [worked(each.handoff.offered_at, NOW) for each in these if waits(each)]

    assert counted(db, told).to_decision == spread_of(took, ages)


@invented
@given(told=histories())
def test_time_to_first_contact_counts_those_without_one_at_their_present_age(
    db: Database, told: list[History]
) -> None:
    these = offered_in(told)
    took = [each.handoff.contact_took for each in these if each.handoff.contact_took is not None]
    ages = [worked(each.handoff.offered_at, NOW) for each in these if waits(each) or untouched(each)]

    assert counted(db, told).to_contact == spread_of(took, ages)


@invented
@given(told=histories())
def test_system_time_is_from_the_offer_to_its_card(db: Database, told: list[History]) -> None:
    took = [each.handoff.shown_after for each in offered_in(told) if each.handoff.shown_after is not None]

    assert counted(db, told).system == spread_of(took, [])


@invented
@given(told=histories())
def test_within_the_clock_the_breach_had_not_passed_at_the_decision(
    db: Database, told: list[History]
) -> None:
    found = counted(db, told)

    for hot in (True, False):
        decided = [
            each.handoff for each in offered_in(told) if each.handoff.hot is hot and each.handoff.decided_at
        ]
        in_time = [
            each
            for each in decided
            if not (each.late_at and each.decided_at and each.late_at <= each.decided_at)
        ]
        assert found.within_the_clock(hot=hot) == Share(part=len(in_time), whole=len(decided))


@invented
@given(told=histories())
def test_followed_up_is_a_first_contact_within_the_agreed_time(db: Database, told: list[History]) -> None:
    accepted = [each.handoff for each in offered_in(told) if is_verdict(each, Verdict.ACCEPTED)]
    in_time = [
        each
        for each in accepted
        if each.contacted_at and each.contact_due and each.contacted_at <= each.contact_due
    ]

    assert counted(db, told).followed_up == Share(part=len(in_time), whole=len(accepted))


@invented
@given(told=histories())
def test_never_contacted_is_accepted_over_five_working_days_ago(db: Database, told: list[History]) -> None:
    two_weeks = replace(LAST_WEEK, begin=MONDAY - 2 * WEEK)
    long_ago = [
        each
        for each in offered_in(told, two_weeks)
        if untouched(each)
        and each.handoff.decided_at
        and CALENDAR.working_days_after(each.handoff.decided_at, 5) < NOW
    ]

    assert counted(db, told, two_weeks).never_contacted == len(long_ago)


@invented
@given(told=histories())
def test_rejections_are_counted_by_reason_and_campaign_before_and_after_first_contact(
    db: Database, told: list[History]
) -> None:
    found = counted(db, told)

    for after in (True, False):
        noes = [
            (each.handoff.line, each.handoff.rejection.reason)
            for each in offered_in(told)
            if each.handoff.rejection is not None
            and after
            is bool(
                each.handoff.contacted_at
                and each.handoff.decided_at
                and each.handoff.contacted_at <= each.handoff.decided_at
            )
        ]
        told_by_line = {
            line: Counter(reason for each, reason in noes if each == line) for line in found.lines()
        }
        assert {line: found.reasons(line, after_contact=after) for line in found.lines()} == told_by_line
    every = [each.handoff.rejection.reason for each in offered_in(told) if each.handoff.rejection]
    assert found.others == Share(part=every.count("other"), whole=len(every))


@invented
@given(told=histories(), deals=sales())
def test_win_rate_and_revenue_are_of_deals_by_their_close_date(
    db: Database, told: list[History], deals: list[Sale]
) -> None:
    closed = [each for each in deals if each.closed_at and MONDAY <= each.closed_at < MONDAY + WEEK]
    won = [each for each in closed if each.state == "won"]
    sums: Counter[str] = Counter()
    for each in won:
        if each.currency:
            sums[each.currency] += each.amount or 0

    found = counted(db, told, deals=deals)

    assert found.win_rate == Share(part=len(won), whole=len(closed))
    assert {each.currency: each.amount for each in found.revenue} == dict(sums)


@pytest.mark.slow
@invented
@given(told=histories(), deals=sales())
def test_a_filter_is_the_same_as_if_there_were_nothing_else(
    db: Database, told: list[History], deals: list[Sale]
) -> None:
    filters: dict[str, tuple[Any, Callable[[History], bool]]] = {
        "teams": (("dach",), lambda each: each.handoff.team == "dach"),
        "campaign": ("Spring fair", lambda each: each.handoff.line == "campaign:Spring fair"),
        "source": ("webinar", lambda each: each.handoff.source == "webinar"),
        "segment": ("retail", lambda each: each.lead.fields["company.industry"] == "Retail"),
        "rep": ("UAMY", lambda each: each.handoff.decided_by == "UAMY"),
    }
    for name, (value, fits) in filters.items():
        these = [each for each in told if fits(each)]
        ours = {each.lead.id for each in these}
        theirs = [each for each in deals if each.lead in ours]

        found = counted(db, told, replace(LAST_WEEK, **{name: value}), deals)
        alone = counted(db, these, deals=theirs)

        assert replace(found, tallies=()) == replace(alone, tallies=())
        assert Counter(found.tallies) == Counter(alone.tallies)


def test_a_period_without_leads_is_noughts(db: Database) -> None:
    found = counted(db, [])

    assert (found.handed_over, found.acceptance, found.to_decision) == (0, Share(), None)
    assert str(found.acceptance) == "none yet"


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, "none yet"),
        (5, 8, "5 of 8"),
        (5, 10, "50 % of 10"),
        (1, 3000, "0 % of 3,000"),
        (5, 1000, "1 % of 1,000"),
    ],
)
def test_a_share_carries_its_count_and_of_few_it_is_only_a_count(part: int, whole: int, words: str) -> None:
    assert str(Share(part=part, whole=whole)) == words


def test_deals_without_a_currency_are_won_and_bring_no_money() -> None:
    found = Figures(decided={}, deals=(Closed(won=True, number=2), Closed(won=False, number=1)))

    assert (found.win_rate, found.revenue) == (Share(part=2, whole=3), ())
