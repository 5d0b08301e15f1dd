"""The ladder, looked at by itself: which rung comes next, by whose clock, and what it leaves behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.leads import ladder
from bot.leads.climbing import is_early
from bot.leads.commands import HandBack, Rise
from bot.leads.decision import handoff_of, with_handoff
from bot.leads.lead import Lead
from bot.leads.rotating import place
from bot.leads.transitions import decide
from bot.leads.wait import Rung, Stage, Wait, in_touch, offered_anew, owned
from bot.nudges import Nudge, told_at
from bot.people import Person
from bot.teams import Colleague, Presence, TeamNow
from bot.working_time import Calendar, Stop, Waited, Week
from tests.bot.examples import ACME, accepted, agreement, facts, offered, working

LONDON, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")
WEEK = Week.parse({"mon-fri": "09:00-17:30"})
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def rep(name: str, zone: ZoneInfo = LONDON, **changes: Any) -> Colleague:
    person = Person(slack_id=f"U{name.upper()}", name=name)
    return Colleague(person=person, calendar=Calendar(zone, WEEK), **changes)


def team(*reps: Colleague) -> TeamNow:
    return TeamNow(team=ACME.settings.teams_in_force[0], calendar=Calendar(LONDON, WEEK), reps=reps)


def waiting(lead: Lead, wait: Wait) -> Lead:
    return with_handoff(lead, shown_at=MONDAY, wait=wait)


def wait_of(lead: Lead) -> Wait:
    wait = handoff_of(lead).wait
    assert wait is not None
    return wait


def test_the_last_call_counts_from_the_first_offer_though_rungs_of_a_second_are_still_to_come() -> None:
    first = Wait(since=MONDAY, first_since=MONDAY)
    second = replace(offered_anew(first, MONDAY + 2 * DAY, hot=False), sent=(Rung.REMIND, Rung.BREACH))

    step = ladder.next_step(waiting(offered(), second), team(rep("amy")))

    assert step == ladder.Step(rung=Rung.LAST_CALL, due=MONDAY + 3 * DAY)


def test_a_last_call_that_was_due_with_a_late_offer_anew_keeps_its_distance_to_it() -> None:
    late = Wait(since=MONDAY, first_since=MONDAY, moved=3600)

    second = waiting(offered(), replace(offered_anew(late, MONDAY + 2 * DAY, hot=False), sent=(*Rung,)[:3]))

    step = ladder.next_step(second, team(rep("amy")))
    assert step == ladder.Step(rung=Rung.LAST_CALL, due=MONDAY + 3 * DAY + HOUR)


def test_what_was_due_together_with_a_rung_told_after_closing_time_is_due_at_once() -> None:
    asked = with_handoff(offered(), to="UAMY", alone=True)
    lead = waiting(asked, Wait(since=MONDAY + 0.4 * SECOND, sent=(Rung.REMIND, Rung.BREACH)))
    evening = MONDAY + 2 * DAY + 9 * HOUR
    manager = ladder.next_step(lead, team(rep("amy")))
    assert manager is not None

    after = ladder.sent(lead, manager, evening, team(rep("amy")))

    following = ladder.next_step(after, team(rep("amy")))
    assert following is not None
    assert following.rung is Rung.REOFFER
    assert evening - 3 * HOUR < following.due < evening


def test_a_last_call_that_waits_for_its_heads_holds_up_no_rung_of_a_later_offer() -> None:
    second = Wait(since=MONDAY, first_since=MONDAY - 7 * DAY)
    lead = waiting(with_handoff(offered(), to="UAMY", alone=True), second)
    berta = rep("berta", TOKYO)
    now = MONDAY + 3 * HOUR  # Berta starts again at midnight

    here = replace(team(rep("amy")), heads=(berta,))
    decision = decide(lead, Rise(handoff=handoff_of(lead).id), facts(now=now, team=here))

    assert [nudge.rung for nudge in decision.nudges] == [Rung.REMIND]


def test_a_late_last_call_moves_no_rung_of_a_later_offer() -> None:
    second = Wait(since=MONDAY, first_since=MONDAY - 7 * DAY)
    lead = waiting(offered(), second)
    call = ladder.next_step(lead, team(rep("amy")))
    assert call is not None
    assert call.rung is Rung.LAST_CALL

    after = ladder.sent(lead, call, MONDAY + 3 * HOUR, team(rep("amy")))

    assert wait_of(after).moved == 0
    assert ladder.next_step(after, team(rep("amy"))) == ladder.Step(rung=Rung.REMIND, due=MONDAY + 2 * HOUR)


def test_a_lead_that_was_owned_meanwhile_has_its_last_call_once_and_from_its_first_offer() -> None:
    called = Wait(since=MONDAY, first_since=MONDAY, sent=(Rung.REMIND, Rung.LAST_CALL))

    mine = in_touch(MONDAY + DAY, owned(MONDAY + DAY, called, hot=False), hot=False)
    again = offered_anew(mine, MONDAY + 2 * DAY, hot=False)

    assert (again.first_since, again.sent, mine.stage) == (MONDAY, (Rung.LAST_CALL,), Stage.STALLED)


def test_who_is_back_from_an_absence_keeps_the_clock_of_an_offer_running_again() -> None:
    chi = rep("chi", TOKYO, presence=Presence(away_from=MONDAY - 9 * DAY, away_until=MONDAY - 4 * DAY))
    night = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    clock = ladder.clock_of(waiting(offered(), Wait(since=MONDAY)), team(rep("amy"), chi))

    assert clock.is_open(night)


def test_who_is_away_does_not_keep_the_clock_of_an_offer_running() -> None:
    chi = rep("chi", TOKYO, presence=Presence(away_from=MONDAY + HOUR, away_until=MONDAY + 2 * DAY))
    night = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    clock = ladder.clock_of(waiting(offered(), Wait(since=MONDAY)), team(rep("amy"), chi))

    assert (clock.is_open(night), clock.is_open(night + 2 * DAY)) == (False, True)


def test_two_absences_in_one_wait_both_stop_its_clock() -> None:
    first, second = Stop(MONDAY + DAY, MONDAY + 2 * DAY), Stop(MONDAY + 3 * DAY, MONDAY + 4 * DAY)
    twice = Presence(past=(first,), away_from=second.begin, away_until=second.end)
    mine = waiting(accepted(), Wait(stage=Stage.STALLED, since=MONDAY))

    here = ladder.next_step(mine, team(rep("amy")))
    away = ladder.next_step(mine, team(rep("amy", presence=twice)))

    assert here is not None
    assert away is not None
    assert away.due == here.due + 2 * DAY


def test_where_all_are_away_the_clock_is_the_teams() -> None:
    amy = rep("amy", presence=Presence(away_from=MONDAY - DAY, away_until=MONDAY + 9 * DAY))

    clock = ladder.clock_of(waiting(offered(), Wait(since=MONDAY)), team(amy))

    assert clock.is_open(MONDAY)


def test_a_lead_that_stalls_again_is_told_of_again() -> None:
    amy = rep("amy")
    told: list[Nudge] = []
    for since in (MONDAY, MONDAY + 14 * DAY):
        lead = waiting(accepted(), Wait(stage=Stage.STALLED, since=since))
        now = since + 9 * DAY
        rise = Rise(handoff=handoff_of(lead).id)
        told += decide(lead, rise, facts(now=now, team=team(amy))).nudges

    assert len({nudge.id for nudge in told}) == len(told) == 2


def waits_for_hal(due: datetime, *, hot: bool = False) -> Nudge:
    return Nudge(
        id="one",
        lead="lead",
        handoff="lead-1",
        stage=Stage.OFFER,
        rung=Rung.MANAGER,
        person="UHAL",
        hot=hot,
        due_at=due,
        at=due,
        waited=Waited(0),
        managing=True,
    )


def test_a_managers_two_hours_that_end_with_the_day_end_in_the_morning() -> None:
    last = MONDAY + 5.5 * HOUR

    at = told_at([waits_for_hal(last)], last, rep("hal"), last + HOUR)

    assert at == MONDAY + 23 * HOUR


def test_what_an_outage_held_up_until_the_evening_waits_for_the_morning() -> None:
    evening = MONDAY + 10 * HOUR

    assert told_at([waits_for_hal(MONDAY, hot=True)], None, rep("hal"), evening) == MONDAY + 23 * HOUR


def rung(lead: Lead, here: TeamNow, now: datetime, **changes: Any) -> list[Nudge]:
    """Of whom is told what at this moment."""
    decision = decide(lead, Rise(handoff=handoff_of(lead).id), facts(now=now, team=here, **changes))
    return [*decision.nudges]


def test_of_a_channel_the_one_at_work_and_not_full_who_is_longest_without_a_lead_is_named() -> None:
    lead = waiting(offered(), Wait(since=MONDAY))
    amy = rep("amy", last_lead_at=MONDAY - HOUR)
    ben = rep("ben", last_lead_at=MONDAY - 2 * DAY)
    full, asleep = rep("dan", load=3), rep("chi", TOKYO)
    away = rep("eva", presence=Presence(away_from=MONDAY - DAY, away_until=MONDAY + DAY))
    here = team(amy, asleep, full, away, ben)
    capped = agreement(leads={"cap": 3})

    assert [each.person for each in rung(lead, here, MONDAY + 2 * HOUR, agreement=capped)] == ["UBEN"]


def stalled(*sent: Rung) -> Lead:
    wait = replace(in_touch(MONDAY, None, hot=True), sent=sent, told=("UAMY",) * len(sent))
    return waiting(working(), wait)


def test_what_stalls_is_told_to_its_owner_then_to_a_manager_as_well_then_to_nobody() -> None:
    here = replace(team(rep("amy")), managers=(rep("hal"),))
    again, long = (Rung.STALLED,), (Rung.STALLED, Rung.STALLED_AGAIN)

    assert [each.person for each in rung(stalled(), here, MONDAY + 3 * DAY)] == ["UAMY"]
    later = rung(stalled(*again), here, MONDAY + 9 * DAY)
    assert [(each.person, each.managing) for each in later] == [("UAMY", False), ("UHAL", True)]
    assert rung(stalled(*long), here, MONDAY + 30 * DAY) == []


def test_nothing_stalls_before_its_next_step_and_on_its_day_the_owner_is_told_once() -> None:
    step = MONDAY + 14 * DAY
    planned = replace(waiting(working(), in_touch(step, None, hot=True)), next_step_at=step)
    here = replace(team(rep("amy")), managers=(rep("hal"),))

    assert rung(planned, here, step - HOUR) == []
    assert [(each.person, each.rung) for each in rung(planned, here, step)] == [("UAMY", Rung.NEXT_STEP)]


def test_a_manager_who_owns_the_lead_is_not_asked_about_their_own() -> None:
    late = waiting(accepted(), replace(owned(MONDAY, None, hot=True), sent=(Rung.FIRST_CONTACT,)))
    both = replace(team(rep("amy")), managers=(rep("amy"), rep("hal")))

    assert [each.person for each in rung(late, both, MONDAY + 2 * HOUR)] == ["UHAL"]


def test_a_look_that_is_known_to_come_early_by_whom_the_lead_waits_on_changes_nothing_by_what_the_team_says() -> (
    None
):
    away = Presence(away_from=MONDAY + DAY, away_until=MONDAY + 2 * DAY)
    amy = rep("amy", presence=away)
    everybody = replace(team(amy, rep("chi", TOKYO)), managers=(rep("hal"),), heads=(rep("berta", TOKYO),))
    alone = replace(team(), others=(amy,))
    since = Wait(since=MONDAY, first_since=MONDAY)
    leads = (
        waiting(with_handoff(offered(), to="UAMY", alone=True), since),
        waiting(with_handoff(offered(), to="UAMY", alone=True), replace(since, sent=(Rung.REMIND,))),
        waiting(offered(), since),  # to anyone: by the clock of all of them
        waiting(accepted(), owned(MONDAY, since, hot=False)),
        waiting(accepted(), replace(owned(MONDAY, since, hot=False), quiet={"UAMY": MONDAY + 3 * HOUR})),
        waiting(working(), in_touch(MONDAY, since, hot=False)),
        waiting(working(), replace(in_touch(MONDAY, since, hot=False), since=None)),
    )
    early = 0
    for lead in leads:
        look = Rise(handoff=handoff_of(lead).id)
        for hours in range(0, 24 * 20, 5):
            now = MONDAY + hours * HOUR
            if is_early(lead, look, alone, now):
                early += 1
                whole = decide(lead, look, facts(now=now, team=everybody))
                assert whole == decide(lead, look, facts(now=now, team=alone))
                assert (whole.lead, whole.nudges, whole.moves) == (lead, (), ())

    assert early > 20


def test_what_is_said_of_an_offers_end_knows_of_the_pause_that_it_falls_into() -> None:
    rotates = agreement(leads={"offer": "rotation"})
    paused = replace(team(rep("amy")), team=rotates.team(""), stops=(Stop(MONDAY, MONDAY + 2 * DAY),))

    placed = place(with_handoff(offered(), hot=True), facts(agreement=rotates, now=MONDAY, team=paused)).lead

    assert handoff_of(placed).until == MONDAY + 2 * DAY + HOUR


def test_how_long_a_lead_that_came_back_needs_somebody_counts_since_nobody_has_it() -> None:
    owned_for_days = waiting(accepted(), owned(MONDAY, Wait(since=MONDAY, first_since=MONDAY), hot=False))
    here = replace(team(rep("amy")), managers=(rep("hal"),))
    back = HandBack(by="UAMY", reason="load")

    told = decide(owned_for_days, back, facts(now=MONDAY + 7 * DAY, team=here, by="UAMY")).nudges

    assert [(each.person, each.rung, each.waited.seconds) for each in told] == [("UHAL", Rung.HELP, 0)]
