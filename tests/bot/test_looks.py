"""Every message and window, in every state, for ordinary, empty and hostile leads: Slack takes it, outsiders style nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import pytest

from bot import feedback, handing, notes, rejecting
from bot.blocks import Message
from bot.cards import Sighted, lead_card
from bot.errors import Refused
from bot.feedback import Standing
from bot.intake.values import clean
from bot.leads.commands import Command, Thank, Undo
from bot.leads.lead import Handoff, Lead, State
from bot.leads.wait import Stage, Wait
from bot.reasons import REASONS
from tests.bot.answers import about_answers, about_campaigns, answer_forms, disputes_of
from tests.bot.examples import (
    ACME,
    CHANNELS,
    DAY,
    LEADS,
    MINUTE,
    NOW,
    PEOPLE,
    accepted,
    agreement,
    does,
    not_ready,
    offered,
    rejected,
    rejection_of,
    sent_back,
    touched,
)
from tests.bot.looking import asked_of, looked_for, looked_up
from tests.bot.looks import (
    HOSTILE,
    hold_body_to_slack,
    hold_view_to_slack,
    hostile_leads,
    live,
    reaches,
    shown,
    styled,
)

ORDINARY: Final[Mapping[str, Any]] = {}
EMPTY: Final = "empty"
KINDS: Final = ("ordinary", EMPTY, *range(len(HOSTILE)))


def name(slack_id: str) -> str:
    return PEOPLE[slack_id].name if slack_id in PEOPLE else slack_id


def filled(lead: Lead, kind: str | int) -> Lead:
    """The lead as it is, with nothing known of it, or with this in each of its fields and in what was said."""
    if kind == "ordinary":
        return lead
    words = "" if kind == EMPTY else HOSTILE[int(kind)]
    fields = {} if kind == EMPTY else {**lead.fields, **hostile_leads()[int(kind)]}
    handoff = lead.handoff
    if handoff is None:
        return replace(lead, fields=fields, kept_because=(words,))
    no = handoff.rejection
    no = None if no is None else replace(no, answer=words or None, words=words or None)
    why = (f"Asked for us: {words}", f"Came by {words}", words) if words else ()
    told = replace(
        handoff, why=why, note=words or None, handed_by="UEVA", line=f"campaign:{words[:255]}", rejection=no
    )
    return replace(lead, fields=fields, handoff=told, kept_because=(words,))


def sighted(lead: Lead, kind: str | int = "ordinary", now: Any = None, terms: Any = ACME) -> Sighted:
    words = "webinar" if kind in ("ordinary", EMPTY) else HOSTILE[int(kind)]
    touches = tuple(touched(words, NOW - n * DAY, campaign=words, detail=words) for n in range(6))
    return Sighted(
        lead=lead,
        touches=() if kind == EMPTY else touches,
        who=lambda slack_id: words if kind not in ("ordinary", EMPTY) else name(slack_id),
        agreement=terms,
        now=now or NOW + 20 * MINUTE,
    )


def handoff_of(lead: Lead) -> Handoff:
    assert lead.handoff is not None
    return lead.handoff


def in_channels(seen: Sighted) -> Iterator[Message]:
    """What stands in channels, about this lead."""
    lead = seen.lead
    if lead.handoff is not None:
        yield lead_card(seen, lead.handoff)
        yield lead_card(seen, replace(lead.handoff, id="an older one"))
        if lead.handoff.rejection is not None:
            no = lead.handoff.rejection
            yield feedback.rejection_note(seen, replace(no, thanked_by=("UEVA", "UHAL")))
            taken_back = replace(no, taken_back_at=NOW, taken_back_by="UBEN")
            yield from (feedback.rejection_note(seen, each) for each in (taken_back, *disputes_of(no)))
    for touch in seen.touches[:1]:
        yield notes.activity_line(seen, touch)
    line = f"campaign:{clean(lead.campaign)[:255]}"
    counts = Standing(handed_over=9, accepted=3, waiting=2, rejected={"spam": 3, "no_need": 1}, not_ready=2)
    yield feedback.campaign_note(line, "2026-W48", counts, ACME, lead.campaign)
    yield from about_campaigns(line, clean(lead.campaign))
    yield feedback.nurture_note(line, [lead] * 5, 138, f"2026-W48|{line}")
    yield feedback.nurture_note(line, [], 0, f"2026-W48|{line}")
    for waiting, pressed_by in ((143, None), (1, lead.campaign), (0, "Eva")):
        hold = handing.Hold(
            id="CLEADS.20261123100000",
            channel="CLEADS",
            arrived=143,
            waiting=waiting,
            names=(lead.campaign, lead.source) if lead.campaign else (),
            daily=waiting == 1,
            kept=waiting == 0,
            pressed_by=pressed_by,
        )
        yield handing.hold_note(hold, pressed_by)


def by_dm(seen: Sighted) -> Iterator[Message]:
    lead = seen.lead
    yield from looked_for(seen)
    if lead.handoff is not None:
        for person in ("UAMY", "UBEN"):
            yield notes.owner_note(seen, lead.handoff, person)
            yield from asked_of(seen, lead.handoff, person)
        yield from about_answers(seen, lead.handoff)
    for touch in seen.touches[:1]:
        yield notes.asked_note(seen, touch, "seen|UAMY")
        if lead.handoff is not None:
            asks = replace(lead.handoff, wait=Wait(stage=Stage.CONTACT, asks=("seen|UAMY",)))
            yield notes.asked_note(replace(seen, lead=replace(lead, handoff=asks)), touch, "seen|UAMY")


def windows(seen: Sighted) -> Iterator[dict[str, Any]]:
    lead = seen.lead
    for reason in (None, *REASONS):
        yield rejecting.reject_form(lead, seen.agreement, seen.now, reason)
    yield handing.hand_over_form([replace(lead, id=f"{lead.id}{n}") for n in range(120)], "2026-W48|source:x")
    yield from answer_forms(seen)
    yield handing.hand_over_form([lead], f"2026-W48|campaign:{clean(lead.campaign)[:255]}")
    yield from looked_up(seen)


@cache
def bodies(kind: str | int) -> list[tuple[Lead, dict[str, Any], bool]]:
    """Every message about such a lead, in every state, as Slack gets it; whether it stands in a channel."""
    found = []
    for make in LEADS.values():
        seen = sighted(filled(make(), kind), kind)
        found += [(seen.lead, message.body(), True) for message in in_channels(seen)]
        found += [(seen.lead, message.body(), False) for message in by_dm(seen)]
    return found


@cache
def windows_of(kind: str | int) -> list[dict[str, Any]]:
    return [view for make in (offered, not_ready) for view in windows(sighted(filled(make(), kind), kind))]


@pytest.mark.parametrize("kind", KINDS)
def test_slack_takes_every_message(kind: str | int) -> None:
    for _, body, _ in bodies(kind):
        hold_body_to_slack(body)


@pytest.mark.parametrize("kind", KINDS)
def test_slack_takes_every_window(kind: str | int) -> None:
    for view in windows_of(kind):
        hold_view_to_slack(view)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_from_outside_is_live(kind: str | int) -> None:
    texts = [
        text for _, body, _ in bodies(kind) for text in (body["text"], *shown(body["blocks"], ("mrkdwn",)))
    ]
    texts += [text for view in windows_of(kind) for text in shown(view, ("mrkdwn",))]

    assert [found for text in texts for found in live(text)] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_from_outside_is_styled(words: str) -> None:
    for _, body, _ in bodies(HOSTILE.index(words)):
        assert styled(body["text"]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_channel_sees_a_phone_number_or_an_email(kind: str | int) -> None:
    for lead, body, in_channel in bodies(kind):
        assert not in_channel or reaches(lead, str([body["text"], *shown(body["blocks"])])) == []


@pytest.mark.parametrize("path", ["contact.name", "contact.title", "company.name", "company.industry"])
@pytest.mark.parametrize("address", ["pat@globex.test", "+44 20 7946 0000", "Pat <pat@globex.test>"])
def test_an_address_in_the_place_of_a_name_is_not_shown_either(path: str, address: str) -> None:
    lead = offered()
    seen = sighted(replace(lead, fields={**lead.fields, path: address}))
    body = lead_card(seen, handoff_of(lead)).body()

    assert address[-12:] not in str([body["text"], *shown(body["blocks"])])


@pytest.mark.parametrize("command", [Undo(by="UAMY"), Thank(by="UEVA", rejection="1ead-1r7")])
def test_every_refusal_says_a_hostile_name_harmlessly(command: Command) -> None:
    lead = replace(accepted(), attempts=1, fields={"contact.name": "<!channel> *Pat*"})
    with pytest.raises(Refused) as refused:
        does(lead, command, NOW + 6 * MINUTE)

    assert live(str(refused.value)) == []
    assert "Pat" in str(refused.value)


# What is said, and how it reads aloud.


def buttons(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.body()["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


def choices(message: Message) -> list[str]:
    return [
        option["text"]["text"]
        for block in message.body()["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "overflow"
        for option in element["options"]
    ]


def card(lead: Lead, **seen: Any) -> Message:
    return lead_card(sighted(lead, **seen), handoff_of(lead))


def test_a_card_says_aloud_who_what_company_why_and_what_is_asked() -> None:
    text = card(offered()).text

    assert text.startswith(
        "Pat Doe at Globex, VP Operations. Logistics, 250 people, GB. Webinar (+10). Came by webinar. "
        "Can be reached by phone and e-mail. Waiting for an answer, shown <!date"
    )
    assert text.endswith("Accept or reject?")


def test_a_card_of_a_lead_of_which_nothing_is_known_still_reads_well() -> None:
    lead = filled(offered(), EMPTY)
    told = replace(handoff_of(lead), handed_by=None)
    message = lead_card(sighted(replace(lead, handoff=told), EMPTY), told)

    assert message.text.startswith("Somebody. Waiting for an answer")
    assert "Company not known" in shown(message.body()["blocks"])[0]


def test_what_marketing_wrote_is_on_the_card_and_heard() -> None:
    lead = offered()
    told = replace(handoff_of(lead), handed_by="UEVA", note="She called me")
    message = lead_card(sighted(replace(lead, handoff=told)), told)

    assert "Handed over by Eva: She called me." in message.text
    assert "Handed over by Eva: She called me" in shown(message.body()["blocks"])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (accepted, "Amy took this after 5 minutes."),
        (
            lambda: rejected("not_icp"),
            "Amy passed on this after 12 minutes: not our kind of customer (Size).",
        ),
        (lambda: sent_back("not_now"), "right fit, wrong time (January 2027). With marketing until <!date^"),
        (LEADS[State.WORKING], "Amy took this after 5 minutes, and has been in touch."),
        (LEADS[State.CONVERTED], "Amy has this: there is a deal."),
        (LEADS[State.CLOSED], "already known (Pat Doe at Globex). This one is closed."),
        (LEADS[State.DISPUTED], "no budget. Marketing has asked for a second look."),
    ],
)
def test_a_decided_card_says_who_how_long_and_why(make: Callable[[], Lead], said: str) -> None:
    assert said in card(make()).text


@pytest.mark.parametrize("state", [state for state in State if state not in (State.NEW, State.NURTURE)])
def test_only_an_open_offer_can_be_accepted_or_rejected(state: State) -> None:
    asked = [button for button in buttons(card(LEADS[state]())) if button in ("Accept", "Reject")]

    assert asked == (["Accept", "Reject"] if state is State.OFFERED else [])


def test_i_will_take_it_stays_until_the_end_of_the_next_working_day() -> None:
    lead = rejected()

    assert buttons(card(lead, now=NOW.replace(day=24, hour=17))) == ["I will take it"]
    assert buttons(card(lead, now=NOW.replace(day=24, hour=18))) == []


def test_undo_is_offered_as_long_as_it_would_work() -> None:
    lead = accepted()

    assert "Undo" in choices(card(lead, now=NOW + 20 * MINUTE))
    assert "Undo" not in choices(card(lead, now=NOW + 21 * MINUTE))
    assert "Undo" not in choices(card(LEADS[State.WORKING](), now=NOW + 11 * MINUTE))


def test_time_taken_by_night_is_working_time() -> None:
    lead = replace(accepted(), handoff=replace(handoff_of(accepted()), took=7500, decided_at=NOW + DAY))

    assert "Amy took this after 2 hours 5 minutes of working time." in card(lead).text


def test_a_long_time_taken_is_said_in_working_days() -> None:
    took = 274 * 3600
    lead = replace(accepted(), handoff=replace(handoff_of(accepted()), took=took, decided_at=NOW + 50 * DAY))

    assert "Amy took this after 32 working days." in card(lead).text


def test_a_new_owner_is_not_said_to_have_decided() -> None:
    lead = replace(accepted(), owner="UBEN")

    assert "Amy took this after 5 minutes; Ben has it now." in card(lead).text


def test_a_hot_card_says_so_without_claiming_that_they_asked() -> None:
    lead = replace(offered(), handoff=replace(handoff_of(offered()), hot=True))

    assert "Hot. Waiting for an answer" in card(lead).text


def test_the_owner_sees_how_to_reach_the_lead_with_a_tap() -> None:
    lead = accepted()
    message = notes.owner_note(sighted(lead), handoff_of(lead), "UAMY")

    told = "\n".join(shown(message.body()["blocks"]))
    assert "<tel:+442079460000|+44 20 7946 0000>" in told
    assert "<mailto:pat@globex.test|pat@globex.test>" in told
    assert buttons(message) == ["Contacted", "No answer"]
    assert "pat@globex.test" in message.text


@pytest.mark.parametrize(("state", "person"), [(State.ACCEPTED, "UBEN"), (State.REJECTED, "UAMY")])
def test_who_owns_it_no_more_sees_neither_phone_nor_email(state: State, person: str) -> None:
    lead = LEADS[state]()
    message = notes.owner_note(sighted(lead), handoff_of(lead), person)

    assert reaches(lead, str(message.body())) == []
    assert buttons(message) == []


def test_an_owners_link_leads_where_it_says() -> None:
    lead = accepted()
    known = replace(lead, fields={**lead.fields, "url": "https://crm.test/leads/991?a=1&b=<x>|y"})
    told = shown(notes.owner_note(sighted(known), handoff_of(known), "UAMY").body()["blocks"])

    assert "<https://crm.test/leads/991?a=1&amp;b=%3Cx%3E%7Cy|" in "\n".join(told)


def test_where_all_is_one_channel_the_same_is_shown() -> None:
    one = agreement(replace(CHANNELS, feedback="CLEADS"))
    message = feedback.rejection_note(sighted(rejected(), terms=one), rejection_of(rejected()))

    assert message.text == "Pat Doe at Globex: Amy passed on this. No budget."


def test_a_rejection_is_told_with_the_reps_own_words() -> None:
    lead = rejected("other", words="They merge.\nAsk in May.")
    message = feedback.rejection_note(sighted(lead), rejection_of(lead))

    assert "> They merge.\n> Ask in May." in shown(message.body()["blocks"])
    assert message.text.endswith("In their words: They merge. Ask in May.")


def test_labels_are_the_agreements() -> None:
    own = agreement(reasons={"no_budget": "GDPR says no"})
    lead = rejected()

    assert "passed on this after 12 minutes: GDPR says no." in card(lead, terms=own).text


def test_what_failed_at_the_gate_is_named_to_marketing() -> None:
    lead = not_ready()
    message = feedback.nurture_note("campaign:Autumn webinar", [lead], 2, "shelf")

    assert message.text.startswith("Autumn webinar: 3 leads not ready for sales yet. ")
    assert message.text.endswith(" Pat Doe at Globex: no e-mail or phone; and 2 more.")
