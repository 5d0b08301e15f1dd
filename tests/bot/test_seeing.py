"""Who may see which lead: seeing follows acting."""

from dataclasses import replace

import pytest

from bot.leads.commands import Command
from bot.leads.lead import Lead, State
from bot.seeing import OPEN, counted_at, may_see
from bot.timeline import SPOKEN, UNSPOKEN
from tests.bot.examples import ACME, LEADS, PEOPLE, ROLES, agreement

WITH_GUS = agreement(people={**ROLES, "reps": ["gus@guest.test"], "marketers": ["sam@other.test"]})
OF_EVERYBODY = agreement(people={"admins": ["hal@acme.test"]})


@pytest.mark.parametrize("state", list(State))
def test_marketing_managers_and_admins_see_what_is_nobody_elses_and_strangers_nothing(state: State) -> None:
    lead = LEADS[state]()

    assert all(may_see(lead, PEOPLE[who], ACME) for who in ("UEVA", "UHAL"))
    assert not may_see(lead, PEOPLE["USAM"], ACME)
    assert not may_see(lead, PEOPLE["UGUS"], ACME)


@pytest.mark.parametrize("state", list(State))
def test_a_marketer_sees_nothing_of_a_campaign_that_somebody_else_owns(state: State) -> None:
    lead = LEADS[state]()
    apart = [counted_at(lead)]

    asked_for_a_second_look = state is State.DISPUTED
    assert may_see(lead, PEOPLE["UEVA"], ACME, apart) == asked_for_a_second_look
    assert may_see(lead, PEOPLE["UEVA"], ACME, ["campaign:Fair"])
    assert may_see(lead, PEOPLE["UHAL"], ACME, apart)


def test_a_marketer_sees_on_what_they_have_sent_or_follow_themselves() -> None:
    lead = LEADS[State.ACCEPTED]()
    apart = [counted_at(lead)]

    followed = replace(lead, followed_by=("UEVA",))
    sent = replace(lead, recycled_by="UEVA")

    assert may_see(followed, PEOPLE["UEVA"], ACME, apart)
    assert may_see(sent, PEOPLE["UEVA"], ACME, apart)


@pytest.mark.parametrize("state", list(State))
def test_a_named_guest_counts_as_what_they_are_named_as_and_people_of_others_never(state: State) -> None:
    lead: Lead = replace(LEADS[state](), owner=None, handoff=None)

    assert may_see(lead, PEOPLE["UGUS"], WITH_GUS) == (state in OPEN)
    assert not may_see(lead, PEOPLE["USAM"], WITH_GUS)


def test_where_nobody_is_named_every_full_member_sees_all_and_guests_nothing() -> None:
    lead = LEADS[State.CLOSED]()

    assert may_see(lead, PEOPLE["UAMY"], OF_EVERYBODY, [counted_at(lead)])
    assert not may_see(lead, PEOPLE["UGUS"], OF_EVERYBODY)
    assert not may_see(lead, PEOPLE["USAM"], OF_EVERYBODY)


@pytest.mark.parametrize("state", list(State))
def test_a_rep_sees_what_is_open_in_the_team_and_what_went_through_their_hands(state: State) -> None:
    lead = LEADS[state]()
    done = state in (State.NURTURE, State.CONVERTED, State.CLOSED)
    rejection = None if lead.handoff is None else lead.handoff.rejection
    theirs = {lead.owner, rejection and rejection.by, lead.handoff and lead.handoff.decided_by}

    seen = {who for who in ("UAMY", "UBEN", "UCHI") if may_see(lead, PEOPLE[who], ACME)}

    assert seen == ({"UAMY", "UBEN", "UCHI"} if not done else {"UAMY", "UBEN", "UCHI"} & theirs)


def test_the_timeline_has_words_for_all_that_can_be_done_to_a_lead() -> None:
    """What it tells by another line is named as such, so that nothing is left out by accident."""
    done = {kind.__name__.lower() for kind in Command.__args__}

    assert done - SPOKEN.keys() - UNSPOKEN == set()
