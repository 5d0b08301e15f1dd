"""Who may see which lead: seeing follows acting."""

import pytest

from bot.leads.commands import Command
from bot.leads.lead import State
from bot.seeing import may_see
from bot.timeline import SPOKEN, UNSPOKEN
from tests.bot.examples import ACME, LEADS, PEOPLE


@pytest.mark.parametrize("state", list(State))
def test_marketing_managers_and_admins_see_every_lead_and_strangers_none(state: State) -> None:
    lead = LEADS[state]()

    assert all(may_see(lead, PEOPLE[who], ACME) for who in ("UEVA", "UHAL"))
    assert not may_see(lead, PEOPLE["USAM"], ACME)
    assert not may_see(lead, PEOPLE["UGUS"], ACME)


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
