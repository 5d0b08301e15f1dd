"""What a handoff keeps for the figures: working time of its team, and the time that was agreed."""

from datetime import timedelta

from bot.leads.commands import Accept, Contact, HandBack, Shown, Undo
from bot.leads.lead import Handoff, Lead
from bot.working_time import Stop
from tests.bot.examples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    TEAM,
    accepted,
    agreement,
    arrives,
    blank,
    does,
    offered,
    told,
    working,
)


def of(lead: Lead) -> Handoff:
    assert lead.handoff is not None
    return lead.handoff


def test_an_accept_has_an_agreed_time_for_the_first_contact() -> None:
    assert of(accepted()).contact_due == NOW + 5 * MINUTE + DAY
    assert of(offered()).contact_due is None


def test_an_undone_accept_has_none() -> None:
    undone = does(accepted(), Undo(by="UAMY"), NOW + 6 * MINUTE).lead

    assert of(undone).contact_due is None
    assert of(does(undone, Accept(by="UAMY"), NOW + HOUR).lead).contact_due == NOW + HOUR + DAY


def test_the_first_contact_is_measured_from_the_offer_and_a_second_one_changes_nothing() -> None:
    again = does(working(), Contact(by="UAMY"), NOW + 2 * HOUR).lead

    assert of(again).contacted_at == NOW + 10 * MINUTE
    assert of(again).contact_took == 600


def test_a_first_contact_is_kept_when_the_lead_is_handed_back() -> None:
    back = does(working(), HandBack(by="UAMY", reason="load"), NOW + HOUR, team=TEAM).lead

    assert back.contacted_at is None
    assert of(back).contact_took == 600


def test_nights_are_no_part_of_what_was_taken() -> None:
    evening = NOW + timedelta(hours=7, minutes=20)  # ten minutes of work are left
    late = does(does(offered(), Accept(by="UAMY"), evening).lead, Contact(by="UAMY"), evening + DAY).lead

    assert of(late).took == 26_400
    assert of(late).contact_took == 26_400 + 8 * 3600 + 1800


def test_time_in_which_truce_was_down_or_the_team_paused_is_not_taken() -> None:
    stops = (("", Stop(NOW + MINUTE, NOW + 31 * MINUTE)), ("elsewhere", Stop(NOW, NOW + HOUR)))

    taken = does(offered(), Accept(by="UAMY"), NOW + HOUR, stops=stops).lead
    called = does(taken, Contact(by="UAMY"), NOW + 2 * HOUR, stops=stops).lead

    assert of(taken).took == 1800
    assert of(called).contact_took == 5400


def test_the_agreed_time_is_later_by_what_stood_still_before_the_contact() -> None:
    stops = (("", Stop(NOW + HOUR, NOW + 2 * HOUR)),)

    called = does(accepted(), Contact(by="UAMY"), NOW + 3 * HOUR, stops=stops).lead

    assert of(called).contact_due == NOW + 5 * MINUTE + DAY + HOUR


def test_how_soon_the_card_of_an_import_is_there_says_nothing() -> None:
    row = does(blank(), arrives(told()), imported=True).lead

    shown = does(row, Shown(handoff=of(row).id), NOW + MINUTE).lead

    assert of(shown).shown_at is not None
    assert of(shown).shown_after is None


def test_a_team_with_hours_of_its_own_is_measured_by_them() -> None:
    hours = {"week": {"mon-fri": "10:30-13:00"}}
    teams = [{"name": "dach", "channel": "#dach", "hours": hours}]
    ours = agreement(teams=teams)

    taken = does(offered(), Accept(by="UAMY"), NOW + HOUR, agreement=ours).lead

    assert of(taken).took == 1800


def test_the_first_card_says_how_long_truce_itself_took() -> None:
    soon = NOW + timedelta(milliseconds=1500)
    shown = does(offered(), Shown(handoff="1ead-1"), soon).lead

    again = does(shown, Shown(handoff="1ead-1"), NOW + HOUR).lead

    assert of(again).shown_after == 1500
    assert of(again).shown_at == soon


def test_a_handoff_keeps_the_source_it_was_handed_over_with() -> None:
    assert of(offered()).source == "webinar"
