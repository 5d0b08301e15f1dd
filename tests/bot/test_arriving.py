"""What a feed's news does to a lead: facts merged by time, touches once, floods held, nobody lost."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.arrivals import Touch
from bot.jobs import Redraw, Sight
from bot.leads.commands import HandOver, Keep, Release, Return
from bot.leads.decision import Decision
from bot.leads.lead import State
from tests.bot.examples import (
    DAY,
    HOLD,
    HOUR,
    MINUTE,
    NOW,
    accepted,
    agreement,
    arrives,
    blank,
    closed,
    converted,
    does,
    held,
    not_ready,
    offered,
    rejected,
    sent_back,
    told,
    touched,
    working,
)
from tests.bot.news import LATER, card, comes, hears, only, shows

# Facts.


def test_a_later_fact_replaces_an_earlier_one() -> None:
    assert comes(offered(), only(contact__title="CEO")).lead.text("contact.title") == "CEO"


def test_an_event_that_comes_late_replaces_nothing_that_is_newer() -> None:
    late = only(NOW - DAY, contact__title="Intern", facts__budget="yes")
    lead = comes(offered(), late).lead

    assert lead.text("contact.title") == "VP Operations"
    assert lead.text("facts.budget") == "yes"


def test_what_was_said_again_later_is_not_replaced_by_what_lies_between() -> None:
    again = comes(offered(), only(NOW + 2 * HOUR, contact__title="VP Operations"), NOW + 2 * HOUR).lead

    assert comes(again, only(LATER, contact__title="Intern")).lead.text("contact.title") == "VP Operations"


def test_what_is_absent_erases_nothing_and_null_does() -> None:
    lead = comes(offered(), only(contact__title=None)).lead

    assert lead.text("contact.title") == ""
    assert lead.text("contact.name") == "Pat Doe"


def test_what_was_erased_stays_so_when_an_older_event_comes() -> None:
    lead = comes(offered(), only(contact__title=None)).lead

    assert comes(lead, only(NOW + MINUTE, contact__title="CEO")).lead.text("contact.title") == ""


@pytest.mark.parametrize("at", [NOW, None])
@pytest.mark.parametrize("make", [offered, accepted, held, not_ready, rejected, closed])
def test_the_same_twice_changes_nothing(make: Any, at: datetime | None) -> None:
    arrival = told(at) if make is not not_ready else told(at, contact__email="", contact__phone="")
    first = comes(make(), arrival)
    touches = (*first.touches, touched("webinar", campaign="Autumn webinar"))
    again = comes(first.lead, arrival, LATER + HOUR, touches=touches)

    assert again == Decision(lead=first.lead)


def test_of_feeds_without_times_the_last_to_come_is_right() -> None:
    lead = comes(offered(), only(None, contact__title="CEO"), LATER).lead

    assert comes(lead, only(None, contact__title="CFO"), LATER).lead.text("contact.title") == "CFO"
    assert comes(lead, only(NOW, contact__title="CFO"), LATER).lead.text("contact.title") == "CEO"


def test_a_lead_that_is_only_an_id_is_left_with_marketing_once() -> None:
    first = comes(blank(), only())
    again = comes(first.lead, only())

    assert first.lead.state is State.NURTURE
    assert first.lead.kept_because == ("no e-mail or phone",)
    assert again == Decision(lead=first.lead)


# Touches.


def test_the_arrival_itself_is_a_touch() -> None:
    assert comes(blank(), told()).touches == (Touch(kind="webinar", at=NOW, campaign="Autumn webinar"),)


def test_without_a_time_a_repeat_is_no_touch_but_another_source_is() -> None:
    known = (touched("webinar", campaign="Autumn webinar"),)

    assert comes(offered(), told(None), touches=known).touches == ()
    assert [
        touch.kind for touch in comes(offered(), told(None, source="demo_request"), touches=known).touches
    ] == ["demo_request"]


def test_a_touch_told_twice_at_once_is_one() -> None:
    twice = (touched("pricing_page", NOW - HOUR),) * 2

    assert (
        len([each for each in comes(blank(), told(touches=twice)).touches if each.kind == "pricing_page"])
        == 1
    )


def test_a_touch_that_is_known_changes_nothing() -> None:
    known = touched("pricing_page", NOW + MINUTE)

    assert hears(offered(), "pricing_page", NOW + MINUTE, touches=(known,)) == Decision(lead=offered())


# Floods.


def test_seven_days_old_is_not_too_old() -> None:
    at = NOW - 7 * DAY

    assert does(blank(at), arrives(told(at))).lead.state is State.OFFERED


def test_an_old_lead_waits_with_others_behind_one_message() -> None:
    lead = held()

    assert (lead.state, lead.hold, lead.handoff) == (State.NEW, HOLD, None)


def test_an_old_lead_waits_even_if_it_had_asked_for_us_then() -> None:
    at = NOW - 8 * DAY

    assert does(blank(at), arrives(told(at, source="demo_request"))).lead.state is State.NEW


def test_an_old_lead_that_did_something_lately_is_news() -> None:
    at, lately = NOW - 30 * DAY, (touched("pricing_page", NOW - DAY),)

    assert does(blank(at), arrives(told(at, touches=lately))).lead.state is State.OFFERED


def test_the_twentieth_in_ten_minutes_is_offered_and_the_next_waits_unless_hot() -> None:
    assert comes(blank(), told(), NOW, offers=19).lead.state is State.OFFERED
    assert comes(blank(), told(), NOW, offers=20).lead.state is State.NEW
    assert comes(blank(), told(source="demo_request"), NOW, offers=20).lead.state is State.OFFERED


def test_who_waits_and_asks_for_us_is_offered_at_once_and_leaves_the_message() -> None:
    decision = hears(held(), "demo_request", offers=20)

    assert decision.lead.state is State.OFFERED
    assert card(decision.lead).hot
    assert Sight.HOLD in shows(decision, "redraw")


def test_who_waits_goes_on_waiting_when_told_of_again() -> None:
    assert comes(held(), told()).lead.hold == HOLD


def test_a_released_lead_is_offered_for_the_reasons_that_hold_by_then() -> None:
    decision = does(held(), Release(by="UEVA"), touches=(touched("webinar"),))

    assert card(decision.lead).why[0] == "Webinar (+10)"


def test_who_is_kept_by_marketing_is_announced_to_nobody() -> None:
    decision = does(held(), Keep(by="UEVA"))

    assert decision.lead.sent_back
    assert shows(decision) == set()


# With marketing, and back.


def test_what_fails_the_gate_is_shown_to_marketing_with_the_rule() -> None:
    decision = comes(blank(), told(contact__email="", contact__phone=""), NOW)

    assert decision.lead.kept_because == ("no e-mail or phone",)
    assert shows(decision) == {Sight.NURTURE, Sight.CAMPAIGN}


def test_of_many_old_ones_that_fail_none_is_shown_unless_it_asks_for_us() -> None:
    at = NOW - 30 * DAY
    nothing: dict[str, Any] = {"contact__email": "", "contact__phone": ""}

    assert shows(does(blank(at), arrives(told(at, **nothing)))) == set()
    assert Sight.NURTURE in shows(does(blank(at), arrives(told(at, source="demo_request", **nothing))))


def test_who_still_fails_weeks_later_stays_in_the_message_that_first_named_it() -> None:
    lead = not_ready()
    again = hears(lead, "pricing_page", NOW + 14 * DAY).lead

    assert again.shelf == lead.shelf


def test_a_nurtured_lead_passes_when_a_later_touch_lifts_it_over() -> None:
    own = agreement(leads={"score": {"threshold": 20, "touches": {"webinar": 10, "pricing_page": 15}}})
    lead = comes(blank(), told(), NOW, agreement=own).lead
    lifted = hears(
        lead, "pricing_page", NOW + 20 * DAY, agreement=own, touches=(touched("webinar", NOW + 19 * DAY),)
    )

    assert lead.state is State.NURTURE
    assert lifted.lead.state is State.OFFERED
    assert lifted.lead.shelf is None
    assert Sight.NURTURE in shows(lifted, "redraw")


def test_who_sales_sent_back_is_not_lifted_by_facts_or_visits() -> None:
    lead = sent_back()

    assert comes(lead, only(contact__title="CEO"), NOW + 9 * DAY).lead.state is State.NURTURE
    assert hears(lead, "pricing_page", NOW + 9 * DAY).lead.state is State.NURTURE


def test_who_sales_sent_back_and_asks_for_us_is_hot_and_back_again() -> None:
    lead = hears(sent_back(), "contact_us", NOW + 9 * DAY).lead

    assert card(lead).hot
    back = card(lead).back
    assert back is not None
    assert (back.reason, back.by, back.since, back.times) == ("no_budget", "UAMY", "contact_us", 1)
    assert card(lead).why[0] == "Asked for us: contact us"
    assert card(lead).number == 2


def test_an_old_request_told_late_brings_nobody_back() -> None:
    assert hears(sent_back(), "demo_request", NOW - 30 * DAY).lead.state is State.NURTURE


def test_it_comes_back_on_its_date_to_the_rep_who_asked_for_it() -> None:
    decision = does(sent_back("not_now"), Return(), NOW + 60 * DAY)

    assert card(decision.lead).to == "UAMY"
    assert {Sight.CARD, Sight.ASK} <= shows(decision)


def test_a_month_that_brings_many_back_is_no_flood_and_the_rep_is_not_forgotten() -> None:
    waits = does(sent_back("not_now"), Return(), NOW + 60 * DAY, offers=20).lead

    assert waits.state is State.NEW
    assert card(does(waits, Release(by="UEVA"), NOW + 60 * DAY).lead).to == "UAMY"


def test_what_rests_for_another_reason_needs_more_than_its_date() -> None:
    lead = sent_back()
    at = NOW + 181 * DAY

    assert does(lead, Return(), at).lead.state is State.NURTURE
    assert hears(lead, "pricing_page", NOW + 170 * DAY).lead.state is State.NURTURE
    assert hears(lead, "pricing_page", at).lead.state is State.OFFERED


def test_handed_over_anyway_is_offered_with_the_line_and_leaves_the_shelf() -> None:
    lead = not_ready()
    decision = does(lead, HandOver(by="UEVA", note=" She called me. "))

    assert (card(decision.lead).handed_by, card(decision.lead).note) == ("UEVA", "She called me.")
    assert Sight.NURTURE in shows(decision, "redraw")


# Offered and owned.


def test_a_waiting_lead_that_asks_for_us_turns_hot_and_its_clock_goes_on() -> None:
    lead = hears(offered(), "demo_request").lead

    assert card(lead).hot
    assert card(lead).why[0] == "Asked for us: demo request"
    assert card(lead).offered_at == NOW


@pytest.mark.parametrize("make", [accepted, working, converted])
def test_an_owned_lead_that_asks_for_us_is_told_to_its_owner(make: Any) -> None:
    assert shows(hears(make(), "contact_us")) == {Sight.ASKED}


def test_of_several_things_it_did_the_owner_hears_of_the_request() -> None:
    touches = (touched("contact_us", NOW + 20 * MINUTE), touched("email_click", NOW + 40 * MINUTE))
    decision = comes(accepted(), replace(only(), touches=touches))

    assert shows(decision) == {Sight.ASKED}


def test_other_activity_is_a_line_under_the_card_and_an_old_one_is_none() -> None:
    assert shows(hears(accepted(), "email_click")) == {Sight.ACTIVITY}
    assert shows(hears(accepted(), "email_click", NOW - 30 * DAY)) == set()


def test_what_we_did_before_the_offer_is_no_first_contact() -> None:
    assert hears(accepted(), "call", NOW - DAY, by="UAMY").lead.state is State.ACCEPTED


def test_first_contact_is_the_earliest_of_ours() -> None:
    first, then = NOW + 20 * MINUTE, NOW + 40 * MINUTE
    ours = (touched("call", then, by="UAMY"), touched("email", first, by="UAMY"))

    assert comes(accepted(), replace(only(), touches=ours)).lead.contacted_at == first


def test_an_attempt_from_a_feed_is_counted_and_is_no_contact() -> None:
    lead = hears(accepted(), "no_answer", by="UAMY").lead

    assert (lead.state, lead.attempts, lead.contacted_at) == (State.ACCEPTED, 1, None)


# Over, and asking again.


def test_spam_that_asks_again_is_only_counted() -> None:
    decision = hears(closed("spam"), "demo_request", NOW + 9 * DAY)

    assert (decision.lead.state, decision.lead.asked_while_closed) == (State.CLOSED, 1)
    assert {Sight.CARD, Sight.REJECTION} <= {
        each.job.sight for each in decision.jobs if isinstance(each.job, Redraw)
    }


def test_who_is_not_our_kind_of_customer_goes_to_the_marketer() -> None:
    decision = hears(closed("not_icp"), "demo_request", NOW + 9 * DAY)

    assert decision.lead.kept_because == ("asks again, sent back: Not our kind of customer",)
    assert Sight.NURTURE in shows(decision)
    assert hears(decision.lead, "pricing_page", NOW + 10 * DAY).lead.state is State.NURTURE


@pytest.mark.parametrize("make", [rejected, closed])
def test_others_that_ask_again_are_a_new_handoff_and_the_old_card_says_so(make: Any) -> None:
    decision = hears(make(), "demo_request", NOW + 9 * DAY)

    assert card(decision.lead).id == "1ead-2"
    assert "1ead-1" in {due.job.about for due in decision.jobs if due.job.kind == "redraw"}  # type: ignore[union-attr] # as above
