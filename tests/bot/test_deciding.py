"""What sales decides and takes back, and what marketing answers: who may, until when, and what is said."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import Refused
from bot.jobs import LapseRejection, ReturnLead, Sight
from bot.leads.commands import Accept, Command, Contact, Lapse, NoAnswer, Reject, Shown, Take, Thank, Undo
from bot.leads.decision import Decision
from bot.leads.lead import Back, Handoff, Lead, State, Verdict
from tests.bot.examples import (
    ACME,
    DAY,
    MINUTE,
    NOW,
    accepted,
    agreement,
    arrives,
    does,
    offered,
    rejected,
    rejection_of,
    sent_back,
    told,
    touched,
    working,
)

SOON = NOW + 15 * MINUTE


def card(lead: Lead) -> Handoff:
    assert lead.handoff is not None
    return lead.handoff


def refused(lead: Lead, command: Command, now: datetime = SOON, **facts: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        does(lead, command, now, **facts)
    return refusal.value


def due(decision: Decision, kind: type) -> list[datetime]:
    return [each.at for each in decision.jobs if isinstance(each.job, kind)]


def shows(decision: Decision, kind: str = "show") -> set[str]:
    return {each.job.sight for each in decision.jobs if each.job.kind == kind}  # type: ignore[union-attr] # both have one


# Accept.


def test_who_accepts_owns_it_and_is_told_how_to_reach_the_lead() -> None:
    decision = does(offered(), Accept(by="UAMY"), NOW + 5 * MINUTE)

    assert (decision.lead.owner, card(decision.lead).took) == ("UAMY", 300)
    assert Sight.OWNER in shows(decision)


def test_the_time_taken_is_working_time_from_the_first_offer() -> None:
    next_morning = NOW.replace(day=24, hour=9, minute=30)

    assert card(does(offered(), Accept(by="UAMY"), next_morning).lead).took == 8 * 3600


def test_a_stale_card_that_was_clicked_is_drawn_anew() -> None:
    assert [each.job.kind for each in refused(accepted(), Accept(by="UBEN")).jobs] == ["refresh"]


def test_at_the_cap_nobody_accepts_or_takes_more() -> None:
    capped: dict[str, Any] = {"agreement": agreement(leads={"cap": 3}), "load": 3}

    said = "You have 3 leads that wait for a first contact, and 3 at a time is the team's limit."
    assert str(refused(offered(), Accept(by="UAMY"), **capped)) == said
    assert str(refused(rejected(), Take(by="UBEN"), **capped)) == said
    assert does(offered(), Accept(by="UAMY"), **{**capped, "load": 2}).lead.owner == "UAMY"


# Reject.


@pytest.mark.parametrize("make", [offered, accepted, working])
def test_a_rejection_is_told_and_has_its_timer(make: Any) -> None:
    decision = does(make(), Reject(by="UAMY", reason="no_need"), SOON)

    assert Sight.REJECTION in shows(decision)
    assert due(decision, LapseRejection) == [ACME.calendar.working_days_after(SOON, 5)]
    assert decision.lead.returns_at == SOON + 180 * DAY


def test_right_fit_wrong_time_comes_back_on_its_date() -> None:
    until = NOW + 60 * DAY
    decision = does(offered(), Reject(by="UAMY", reason="not_now", until=until, answer="January 2027"), SOON)

    assert due(decision, ReturnLead) == [until]


@pytest.mark.parametrize(
    ("reason", "field", "sentence"),
    [
        ("", "reason", "Please choose a reason."),
        ("not_icp", "answer", "Please answer this too."),
        ("wrong_person", "answer", "Please answer this too."),
        ("duplicate", "answer", "Please answer this too."),
        ("not_now", "answer", "Please choose a month that is still to come."),
        ("other", "words", "Please say it in at least 10 characters."),
        (
            "unreachable",
            "attempts",
            "0 attempts so far; “Could not reach” needs 5. Please add the missing ones.",
        ),
    ],
)
def test_there_is_no_way_around_the_reason(reason: str, field: str, sentence: str) -> None:
    refusal = refused(offered(), Reject(by="UAMY", reason=reason))

    assert (refusal.field, str(refusal)) == (field, sentence)
    assert refusal.jobs == ()


def test_other_takes_ten_characters() -> None:
    assert refused(offered(), Reject(by="UAMY", reason="other", words="123456789 ")).field == "words"
    assert does(offered(), Reject(by="UAMY", reason="other", words="1234567890")).lead.state is State.REJECTED


def test_attempts_known_and_added_are_counted_together_and_kept() -> None:
    tried = replace(accepted(), attempts=3)
    added = tuple(touched("no_answer", NOW - n * DAY, by="UAMY") for n in (1, 2))
    decision = does(tried, Reject(by="UAMY", reason="unreachable", attempts=added), SOON)

    assert (decision.lead.attempts, decision.touches) == (5, added)
    assert refused(tried, Reject(by="UAMY", reason="unreachable", attempts=added[:1])).field == "attempts"


def test_not_mine_is_no_rejection_and_asks_the_named_colleague() -> None:
    decision = does(accepted(), Reject(by="UAMY", reason="not_mine", colleague="UBEN"), SOON)
    handoff = card(decision.lead)

    assert (decision.lead.owner, handoff.to, handoff.named_by, handoff.verdict) == (
        None,
        "UBEN",
        "UAMY",
        None,
    )
    assert (handoff.rejection, handoff.number) == (None, 1)
    assert Sight.ASK in shows(decision)


@pytest.mark.parametrize("reason", ["not_mine", "no_capacity"])
def test_passed_on_without_a_name_it_is_hidden_from_that_rep_and_open_to_all(reason: str) -> None:
    handoff = card(does(offered(), Reject(by="UAMY", reason=reason), SOON).lead)

    assert (handoff.hidden_from, handoff.to) == (("UAMY",), None)


def test_anothers_not_for_me_takes_nothing_from_who_was_named() -> None:
    named = does(offered(), Reject(by="UAMY", reason="not_mine", colleague="UBEN"), SOON).lead

    assert card(does(named, Reject(by="UCHI", reason="not_mine"), SOON).lead).to == "UBEN"
    assert card(does(named, Reject(by="UBEN", reason="not_mine"), SOON).lead).to is None


@pytest.mark.parametrize(
    ("colleague", "sentence"),
    [
        ("UAMY", "That is you. Please name somebody else, or leave it empty."),
        ("UEVA", "Eva does not take leads here."),
        (
            "UBEN",
            "Ben has said “not for me” to this one already. Please name somebody else, or leave it empty.",
        ),
    ],
)
def test_who_cannot_be_asked_is_not_named(colleague: str, sentence: str) -> None:
    passed = does(offered(), Reject(by="UBEN", reason="not_mine"), SOON).lead
    refusal = refused(passed, Reject(by="UAMY", reason="not_mine", colleague=colleague))

    assert (refusal.field, str(refusal)) == ("answer", sentence)


# Undo.


@pytest.mark.parametrize(("minutes", "works"), [(15, True), (16, False)])
def test_undo_works_for_fifteen_minutes(minutes: int, works: bool) -> None:  # noqa: FBT001 - a column of the table
    at = NOW + timedelta(minutes=5 + minutes)
    if works:
        assert does(accepted(), Undo(by="UAMY"), at).lead.state is State.OFFERED
    else:
        assert str(refused(accepted(), Undo(by="UAMY"), at)).startswith("Undo was possible until <!date^")


def test_after_an_undo_the_clock_goes_on_as_if_nothing_had_been_decided() -> None:
    shown = does(offered(), Shown(handoff="1ead-1"), NOW + MINUTE).lead
    taken = does(shown, Accept(by="UAMY"), NOW + 5 * MINUTE).lead

    assert does(taken, Undo(by="UAMY"), NOW + 6 * MINUTE).lead == shown


def test_an_undone_rejection_stays_in_the_books_and_gives_the_lead_back() -> None:
    decision = does(rejected(after=accepted), Undo(by="UAMY"), SOON)
    lead = decision.lead

    assert (lead.state, lead.owner, card(lead).verdict) == (State.ACCEPTED, "UAMY", Verdict.ACCEPTED)
    assert (rejection_of(lead).taken_back_by, rejection_of(lead).taken_back_at) == ("UAMY", SOON)
    assert Sight.REJECTION in shows(decision, "redraw")
    assert Sight.OWNER in shows(decision)


def test_the_timers_of_an_undone_rejection_do_nothing() -> None:
    undone = does(rejected(), Undo(by="UAMY"), SOON).lead

    assert does(undone, Lapse(rejection="1ead-1r1"), NOW + 8 * DAY) == Decision(lead=undone)


def test_undoing_twice_says_that_there_is_nothing_to_undo() -> None:
    again = does(rejected(after=accepted), Undo(by="UAMY"), SOON).lead

    assert str(refused(again, Undo(by="UAMY"))) == "There is nothing to undo. This is already yours."


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (NoAnswer(by="UAMY"), "You have already tried to reach Pat Doe at Globex, so it stays yours."),
        (Contact(by="UAMY"), "You have been in touch with Pat Doe at Globex since, so it stays yours."),
    ],
)
def test_what_was_acted_upon_is_not_undone(act: Command, sentence: str) -> None:
    lead = does(accepted(), act, NOW + 6 * MINUTE).lead

    assert str(refused(lead, Undo(by="UAMY"))) == sentence


def test_a_colleagues_attempts_before_do_not_stop_an_undo() -> None:
    tried = does(accepted(), NoAnswer(by="UAMY"), NOW + 6 * MINUTE).lead
    passed = does(tried, Reject(by="UAMY", reason="no_capacity"), NOW + 7 * MINUTE).lead
    taken = does(passed, Accept(by="UBEN"), NOW + 8 * MINUTE).lead

    assert does(taken, Undo(by="UBEN"), NOW + 9 * MINUTE).lead.state is State.OFFERED


def test_only_who_decided_can_undo() -> None:
    assert str(refused(accepted(), Undo(by="UBEN"))).startswith(
        "Only who decided can undo it. <@UAMY> took this"
    )


def test_what_was_decided_elsewhere_is_undone_there() -> None:
    lead = does(offered(), arrives(told(SOON, owner="UBEN")), SOON).lead

    assert str(refused(lead, Undo(by="UBEN"))) == (
        "This was decided in crm, and can be changed there. This is already yours."
    )


# Taking what a colleague passed on.


def test_a_take_turns_the_rejection_into_an_accept_and_both_are_kept() -> None:
    decision = does(rejected(), Take(by="UBEN"), SOON)
    lead = decision.lead

    assert (lead.state, lead.owner, lead.returns_at) == (State.ACCEPTED, "UBEN", None)
    assert (rejection_of(lead).by, rejection_of(lead).taken_back_by) == ("UAMY", "UBEN")
    assert Sight.REJECTION in shows(decision, "redraw")


def test_a_take_that_is_undone_leaves_the_rejection_as_it_stood() -> None:
    may = NOW + timedelta(days=160)
    lead = does(offered(), Reject(by="UAMY", reason="not_now", answer="May 2027", until=may), NOW).lead
    taken = does(lead, Take(by="UBEN"), SOON).lead
    decision = does(taken, Undo(by="UBEN"), SOON + MINUTE)

    assert (decision.lead.state, decision.lead.owner) == (State.REJECTED, None)
    assert rejection_of(decision.lead) == rejection_of(lead)
    assert decision.lead.returns_at == may
    assert (card(decision.lead).verdict, card(decision.lead).decided_by) == (Verdict.REJECTED, "UAMY")
    assert Sight.REJECTION in shows(decision, "redraw")
    assert str(refused(decision.lead, Undo(by="UAMY"))).startswith("There is nothing to undo.")


def test_a_take_is_possible_until_the_end_of_the_next_working_day() -> None:
    end = NOW.replace(day=24, hour=17, minute=30)

    assert does(rejected(), Take(by="UBEN"), end).lead.owner == "UBEN"
    assert str(refused(rejected(), Take(by="UCHI"), end + MINUTE)) == (
        "It has gone back to marketing. <@UAMY> passed on this: no budget."
    )


def test_on_a_friday_the_next_working_day_is_monday() -> None:
    friday = NOW.replace(day=27)
    lead = does(offered(), Reject(by="UAMY", reason="no_need"), friday).lead

    assert does(lead, Take(by="UBEN"), NOW.replace(day=30, hour=17)).lead.owner == "UBEN"


def test_a_second_no_after_a_take_is_a_rejection_of_its_own() -> None:
    taken = does(rejected(), Take(by="UBEN"), SOON).lead
    lead = does(taken, Reject(by="UBEN", reason="no_need"), SOON + MINUTE).lead

    assert (rejection_of(lead).id, rejection_of(lead).by) == ("1ead-1r2", "UBEN")


# Contact.


def test_the_first_contact_counts_and_a_second_changes_no_time() -> None:
    lead = working()

    assert lead.contacted_at == NOW + 10 * MINUTE
    assert does(lead, Contact(by="UAMY"), NOW + DAY).lead.contacted_at == NOW + 10 * MINUTE


def test_attempts_are_counted_and_are_touches() -> None:
    decision = does(accepted(), NoAnswer(by="UAMY"), SOON)

    assert decision.lead.attempts == 1
    assert [(touch.kind, touch.by) for touch in decision.touches] == [("no_answer", "UAMY")]


def test_a_named_manager_may_act_for_the_owner() -> None:
    assert does(accepted(), Contact(by="UHAL"), SOON).lead.owner == "UAMY"


def test_where_nobody_is_named_a_colleague_may_not() -> None:
    everybody = agreement(people={})

    assert "Nothing for you to do." in str(refused(accepted(), Contact(by="UBEN"), agreement=everybody))


# Timers.


def test_the_card_is_shown_once() -> None:
    shown = does(offered(), Shown(handoff="1ead-1"), NOW + MINUTE).lead

    assert card(shown).shown_at == NOW + MINUTE
    assert does(shown, Shown(handoff="1ead-1"), SOON) == Decision(lead=shown)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("not_icp", State.CLOSED),
        ("spam", State.CLOSED),
        ("duplicate", State.CLOSED),
        ("wrong_person", State.NURTURE),
        ("no_need", State.NURTURE),
        ("no_budget", State.NURTURE),
        ("bad_data", State.NURTURE),
        ("unreachable", State.NURTURE),
        ("not_now", State.NURTURE),
        ("other", State.NURTURE),
    ],
)
def test_unanswered_a_rejection_sends_the_lead_where_its_reason_says(reason: str, state: State) -> None:
    assert sent_back(reason).state is state


def test_the_third_time_it_is_closed_but_a_date_is_kept() -> None:
    back = Back(at=NOW, by="UAMY", reason="no_need", times=2)
    for reason, state in (("no_need", State.CLOSED), ("not_now", State.NURTURE)):
        lead = rejected(reason)
        third = replace(lead, handoff=replace(card(lead), back=back))
        assert does(third, Lapse(rejection="1ead-1r1"), NOW + 8 * DAY).lead.state is state


# Thanks.


def test_thanks_are_kept_once_per_person_and_shown() -> None:
    command = Thank(by="UEVA", rejection="1ead-1r1")
    decision = does(rejected(), command, SOON)

    assert rejection_of(decision.lead).thanked_by == ("UEVA",)
    assert shows(decision, "redraw") == {Sight.REJECTION}
    assert does(decision.lead, command, SOON) == Decision(lead=decision.lead)


def test_no_thanks_for_what_was_taken_back() -> None:
    taken = does(rejected(), Take(by="UBEN"), SOON).lead

    assert str(refused(taken, Thank(by="UEVA", rejection="1ead-1r1"))).startswith(
        "<@UBEN> has taken this back since. <@UBEN> took this at"
    )
