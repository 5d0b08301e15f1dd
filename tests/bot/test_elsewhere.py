"""What a CRM decides settles the lead here, once, and only where nothing later is known."""

from dataclasses import replace
from typing import Any

import pytest

from bot.jobs import Sight
from bot.leads.decision import Decision
from bot.leads.lead import State
from tests.bot.examples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    accepted,
    blank,
    held,
    offered,
    rejection_of,
    told,
    touched,
    working,
)
from tests.bot.news import LATER, card, comes, hears, shows


def test_a_first_owner_elsewhere_accepts_and_is_not_undone_here() -> None:
    lead = comes(offered(), told(LATER, owner="UBEN")).lead

    assert (lead.owner, card(lead).origin, card(lead).before) == ("UBEN", "crm", None)


def test_who_waited_behind_a_message_and_is_owned_elsewhere_leaves_it() -> None:
    decision = comes(held(), told(LATER, owner="UBEN"))

    assert (decision.lead.state, decision.lead.hold) == (State.ACCEPTED, None)
    assert Sight.HOLD in shows(decision, "redraw")


@pytest.mark.parametrize("make", [accepted, working])
def test_a_new_owner_elsewhere_follows_and_the_decision_stays(make: Any) -> None:
    before = make()
    decision = comes(before, told(LATER, owner="UBEN"))

    assert (decision.lead.owner, decision.lead.state) == ("UBEN", before.state)
    assert (card(decision.lead).decided_by, card(decision.lead).took) == ("UAMY", 300)
    assert Sight.OWNER in shows(decision)
    assert Sight.OWNER in shows(decision, "redraw")


def test_the_same_owner_told_again_settles_nothing_again() -> None:
    settled = comes(offered(), told(LATER, owner="UBEN")).lead
    passed = replace(offered(), fields=settled.fields, fields_at=settled.fields_at)

    assert comes(passed, told(LATER + HOUR, owner="UBEN"), LATER + HOUR).lead.state is State.OFFERED


def test_a_decision_told_late_loses_to_a_later_one() -> None:
    taken = comes(offered(), told(LATER, owner="UBEN", status="accepted")).lead

    assert comes(taken, told(NOW + MINUTE, status="rejected"), LATER + HOUR).lead.state is State.ACCEPTED


def test_a_contact_elsewhere_needs_no_owner_to_be_told_again() -> None:
    lead = comes(accepted(), told(LATER, status="working")).lead

    assert (lead.state, lead.owner, lead.contacted_at) == (State.WORKING, "UAMY", LATER)


def test_a_rejection_elsewhere_is_told_to_marketing_like_any_other() -> None:
    decision = comes(accepted(), told(LATER, owner="UAMY", status="rejected", reason="no_budget"))

    assert rejection_of(decision.lead).reason == "no_budget"
    assert Sight.REJECTION in shows(decision)


def test_who_was_rejected_elsewhere_before_it_came_is_offered_to_nobody() -> None:
    decision = comes(blank(), told(status="rejected", reason="no_need"), NOW)

    assert decision.lead.handoff is None
    assert decision.lead.kept_because == ("rejected in crm: No need or interest",)
    assert decision.lead.returns_at == NOW + 180 * DAY


def test_a_deal_elsewhere_without_a_handoff_goes_on_quietly() -> None:
    lead = comes(blank(), told(status="converted"), NOW).lead

    assert hears(lead, "demo_request") == Decision(lead=lead, touches=(touched("demo_request", LATER),))
