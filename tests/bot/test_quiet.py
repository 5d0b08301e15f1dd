"""What people ask of the ladder, and what is refused: pure, on a lead as it is."""

from collections.abc import Callable

import pytest

from bot.errors import Refused
from bot.leads.commands import Accept, Contact, Grant, Plan, Snooze, StopReminding
from bot.leads.lead import Lead
from bot.leads.wait import Wait
from tests.bot.examples import DAY, HOUR, MINUTE, NOW, TEAM, accepted, does, offered, working


def wait_of(lead: Lead) -> Wait:
    assert lead.handoff is not None
    assert lead.handoff.wait is not None
    return lead.handoff.wait


def snoozed(lead: Lead, times: int) -> Lead:
    for _ in range(times):
        lead = does(lead, Snooze(by="UAMY", until=NOW + HOUR), NOW).lead
    return lead


def test_a_snooze_quiets_the_one_who_asks_and_nobody_else() -> None:
    wait = wait_of(snoozed(accepted(), 1))

    assert wait.quiet == {"UAMY": NOW + HOUR}
    assert wait.stopped == ()


@pytest.mark.parametrize("until", [NOW - MINUTE, NOW, NOW + 400 * DAY])
def test_a_snooze_ends_in_the_future_and_within_a_year(until: object) -> None:
    with pytest.raises(Refused, match="still to come, within a year"):
        does(accepted(), Snooze(by="UAMY", until=until), NOW)  # type: ignore[arg-type]  # a moment of the list


def test_the_third_snooze_of_one_lead_says_why() -> None:
    twice = snoozed(accepted(), 2)

    with pytest.raises(Refused, match="third time"):
        does(twice, Snooze(by="UAMY", until=NOW + HOUR), NOW)
    third = does(twice, Snooze(by="UAMY", until=NOW + HOUR, why="They are at a fair."), NOW).lead

    assert wait_of(third).snoozed == {"UAMY": 3}


def test_what_was_put_off_before_a_contact_counts_after_it() -> None:
    once = does(snoozed(accepted(), 1), Contact(by="UAMY"), NOW).lead

    with pytest.raises(Refused, match="third time"):
        snoozed(once, 2)


def test_an_offer_that_was_put_off_is_no_accepted_lead_put_off() -> None:
    taken = does(snoozed(offered(), 1), Accept(by="UAMY"), NOW).lead

    assert wait_of(taken).snoozed == {}


def test_an_offer_is_put_off_once() -> None:
    with pytest.raises(Refused, match="You have put Pat Doe at Globex off once"):
        snoozed(offered(), 2)


def test_a_manager_puts_an_offer_off_once() -> None:
    once = does(offered(), Snooze(by="UHAL", until=NOW + HOUR), NOW).lead

    with pytest.raises(Refused, match=r"off once\. Give it to somebody"):
        does(once, Snooze(by="UHAL", until=NOW + HOUR), NOW)


def test_who_does_not_own_the_lead_cannot_put_it_off() -> None:
    with pytest.raises(Refused, match=r"has this one|took this"):
        does(accepted(), Snooze(by="UBEN", until=NOW + HOUR), NOW)


def test_a_manager_gives_an_hour_once() -> None:
    given = does(offered(), Grant(by="UHAL"), NOW, team=TEAM).lead

    assert wait_of(given).granted
    assert wait_of(given).moved == HOUR.total_seconds()
    with pytest.raises(Refused, match="has been given an hour already"):
        does(given, Grant(by="UHAL"), NOW, team=TEAM)


def test_a_rep_gives_no_hours() -> None:
    with pytest.raises(Refused, match="A manager decides this"):
        does(offered(), Grant(by="UAMY"), NOW, team=TEAM)


@pytest.mark.parametrize("lead", [accepted, working])
def test_a_next_step_lies_ahead(lead: Callable[[], Lead]) -> None:
    with pytest.raises(Refused, match="still to come"):
        does(lead(), Plan(by="UAMY", at=NOW - DAY), NOW)


def test_a_next_step_is_the_owners() -> None:
    with pytest.raises(Refused, match=r"took this|has this one"):
        does(accepted(), Plan(by="UBEN", at=NOW + DAY), NOW)


def test_to_stop_twice_is_to_stop_once() -> None:
    once = does(accepted(), StopReminding(by="UAMY"), NOW).lead

    assert does(once, StopReminding(by="UAMY"), NOW).lead == once
    assert wait_of(once).stopped == ("UAMY",)
