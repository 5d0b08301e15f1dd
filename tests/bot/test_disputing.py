"""What follows from a second look besides the state: who is told, when time decides, and whose turn it is."""

from dataclasses import replace
from typing import Any

from bot.jobs import EndDispute, LapseRejection, Show, Sight
from bot.leads.commands import Dispute, Follow, Judge, LetStand, Reject
from bot.leads.decision import Decision
from bot.leads.disputing import judges
from bot.leads.lead import Lead, Whose
from bot.rota import LEAD
from tests.bot.examples import (
    ACME,
    AMY,
    DAY,
    EVA,
    HAL,
    HOUR,
    MINUTE,
    NOW,
    TEAM,
    accepted,
    agreement,
    colleague,
    disputed,
    does,
    rejected,
    rejection_of,
    team,
)
from tests.bot.news import card

ASKED = NOW + 14 * MINUTE
ROTATION = agreement(leads={"offer": "rotation"})


def judged(lead: Lead, *, stands: bool, at: Any = ASKED + HOUR, **facts: Any) -> Decision:
    command = Judge(by="UHAL", rejection=rejection_of(lead).id, stands=stands)
    return does(lead, command, at, **{"team": TEAM, **facts})


def told(decision: Decision, sight: Sight) -> set[str]:
    return {
        due.job.about.rpartition("|")[2]
        for due in decision.jobs
        if isinstance(due.job, Show) and due.job.sight == sight
    }


def test_the_reps_manager_is_asked_and_has_three_working_days() -> None:
    no = rejected()

    decision = does(no, Dispute(by="UEVA", rejection=rejection_of(no).id), ASKED, team=TEAM)

    assert told(decision, Sight.DISPUTE) == {"UHAL"}
    [timer] = [due for due in decision.jobs if isinstance(due.job, EndDispute)]
    assert timer.at == ACME.calendar.working_days_after(ASKED, 3)


def test_nobody_judges_their_own_rejection_and_the_admins_stand_in_for_managers() -> None:
    both = team(managers=(colleague(AMY), colleague(HAL)))
    nobody = team(managers=(), admins=(colleague(AMY), colleague(EVA)))

    assert [each.id for each in judges(both, ["UAMY"])] == ["UHAL"]
    assert [each.id for each in judges(nobody, ["UAMY"])] == ["UEVA"]
    assert judges(team(managers=(colleague(AMY),)), ["UAMY"]) == ()


def test_what_stands_tells_both_sides_but_not_who_said_so() -> None:
    decision = judged(disputed(), stands=True)

    assert told(decision, Sight.RULING) == {"UEVA", "UAMY"}


def test_the_answer_leaves_marketing_the_rest_of_its_five_days() -> None:
    no = disputed()
    decision = judged(no, stands=True)

    [lapse] = [due for due in decision.jobs if isinstance(due.job, LapseRejection)]
    assert lapse.at == ACME.calendar.working_days_after(rejection_of(no).at, 5)


def test_an_answer_after_those_days_sends_the_lead_on_at_once() -> None:
    late = NOW + 9 * DAY
    decision = judged(disputed(), stands=True, at=late)

    assert [due.at for due in decision.jobs if isinstance(due.job, LapseRejection)] == [late]


def test_back_to_the_rep_is_the_same_handoff_and_no_rejection_any_more() -> None:
    decision = judged(disputed(), stands=False)

    handoff = card(decision.lead)
    assert (handoff.number, handoff.verdict, handoff.to) == (1, None, "UAMY")
    assert handoff.whose is Whose.DISPUTED
    assert rejection_of(decision.lead).taken_back_by == "UHAL"
    assert (told(decision, Sight.ASK), told(decision, Sight.RULING)) == ({"UAMY"}, {"UEVA"})


def test_who_is_away_is_not_asked_again_in_turn_but_hears_of_it() -> None:
    away = team(team=ROTATION.team(""), reps=tuple(each for each in TEAM.reps if each.id != "UAMY"))
    decision = judged(disputed(), stands=False, team=away, teams={away.team.name: away}, agreement=ROTATION)

    assert card(decision.lead).to not in ("UAMY", None)
    assert told(decision, Sight.RULING) == {"UEVA", "UAMY"}


def test_a_rejection_that_is_overturned_costs_the_turn_that_it_had_kept() -> None:
    lead, shares = disputed(), {"UAMY": -2 * LEAD // 3, "UBEN": LEAD // 3, "UCHI": LEAD // 3}
    handoff = card(lead)
    assert handoff.before is not None
    lead = replace(lead, handoff=replace(handoff, before=replace(handoff.before, shares=shares)))

    decision = judged(lead, stands=False)

    assert {move.rep: move.credit for move in decision.moves} == shares
    assert [move.rep for move in decision.moves if move.turns] == ["UAMY"]


def test_a_rejection_that_stands_moves_no_turn() -> None:
    assert judged(disputed(), stands=True).moves == ()


def test_time_lets_it_stand_and_says_so_to_both() -> None:
    no = disputed()

    decision = does(no, LetStand(rejection=rejection_of(no).id), NOW + 3 * DAY)

    assert told(decision, Sight.RULING) == {"UEVA", "UAMY"}
    asked = rejection_of(decision.lead).dispute
    assert asked is not None
    assert (asked.stands, asked.answered_by) == (True, None)


def test_who_follows_a_lead_is_told_once_for_each_step_and_not_of_their_own() -> None:
    followed = does(accepted(), Follow(by="UEVA")).lead

    decision = does(followed, Reject(by="UAMY", reason="no_need"), NOW + HOUR)

    assert told(decision, Sight.NEWS) == {"UEVA"}
    assert told(judged(replace(disputed(), followed_by=("UHAL",)), stands=False), Sight.NEWS) == set()
