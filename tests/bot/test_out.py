"""What other systems are told: nothing forgotten, nothing twice, to nobody it does not concern, for a day."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import jsonschema
import pytest
from standardwebhooks.webhooks import Webhook

from bot.deals import DealState
from bot.leads import transitions
from bot.leads.commands import Accept, Command, Contact, Dispute, Erase, Judge, Plan, Reject, Undo
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Lead
from bot.out.addresses import Address, called, is_address, is_public, variable_of
from bot.out.schema import out_schema
from bot.out.spacing import DAY as FOR_A_DAY
from bot.out.telling import Event, Kind, body, of_lead, of_retro, somebody
from bot.retros.commands import Choose, Drop, Tend
from bot.retros.retro import Action, Retro, RetroState
from bot.settings import Out
from bot.signatures import sign
from tests.bot import cases, examples
from tests.bot.examples import (
    AMY,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PEOPLE,
    accepted,
    arrives,
    does,
    offered,
    told,
    touched,
    working,
)
from tests.bot.out_docs import PAGE, SCHEMA, page, schema
from tests.bot.test_grid import CELLS, REFUSED, decide
from tests.receiver import OUT_SECRET, WRITTEN

SOON = NOW + HOUR
# What each command may tell of, over all of the grid. Who adds a command says so here.
TELLS = {
    "Accept": "decision owner",
    "Arrive": "contact decision owner rejection",
    "Contact": "contact",
    "Convert": "decision owner",
    "Dispute": "rejection",
    "EndCover": "owner",
    "Erase": "",  # who was removed is not told of
    "Excuse": "decision owner",
    "FallBack": "decision owner",
    "Follow": "",
    "Give": "decision owner",
    "Grant": "",
    "HandBack": "decision owner",
    "HandOn": "decision owner",
    "HandOver": "",
    "Hear": "contact",
    "Join": "",
    "Judge": "decision rejection",
    "Keep": "",
    "Lapse": "",
    "LetStand": "rejection",
    "Mend": "",
    "NoAnswer": "contact",
    "OfferInTurn": "",
    "Plan": "contact next_step",
    "Recycle": "",
    "Reject": "decision owner rejection",
    "Release": "",
    "Renew": "owner",
    "Return": "contact",
    "Revive": "owner",
    "Rise": "",
    "ShareOut": "decision owner",
    "Shown": "",
    "Snooze": "",
    "StopReminding": "",
    "Take": "decision owner rejection",
    "Thank": "",
    "Undo": "decision owner rejection",
}


@pytest.fixture(scope="module")
def grid() -> list[tuple[Lead, Command, Decision]]:
    """All that the grid does: the lead before, the command, and what came of it."""
    done: list[tuple[Lead, Command, Decision]] = []

    def noting(lead: Lead, command: Command, facts: Facts) -> Decision:
        decision = transitions.decide(lead, command, facts)
        done.append((lead, command, decision))
        return decision

    last = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examples, "decide", noting)
        patch.setattr(cases, "decide", noting)
        for cell in CELLS:
            if cell.outcome != REFUSED:
                decide(cell)
                last.append(done[-1])
    return last


def test_every_command_tells_what_the_table_says_and_none_is_forgotten(
    grid: list[tuple[Lead, Command, Decision]],
) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for before, command, decision in grid:
        found[type(command).__name__] |= {event.kind.value for event in of_lead(before, command, decision)}

    assert {name: " ".join(sorted(kinds)) for name, kinds in found.items()} == TELLS
    assert set(TELLS) == {command.__name__ for command in get_args(Command)}


def test_every_event_of_the_agreement_is_told_and_has_a_schema() -> None:
    [words, _] = get_args(Out.model_fields["events"].annotation)
    written = get_args(words)

    assert {kind.value for kind in Kind} == set(written)
    assert {each["$ref"].rpartition("/")[2] for each in out_schema()["oneOf"]} == set(written)
    assert {kind for kinds in TELLS.values() for kind in kinds.split()} == set(written) - {"retro"}


def test_all_that_the_grid_tells_is_as_the_schema_says(
    grid: list[tuple[Lead, Command, Decision]],
) -> None:
    reader = jsonschema.Draft202012Validator(out_schema())
    for before, command, decision in grid:
        for event in of_lead(before, command, decision):
            reader.validate(sent(event))


def test_the_page_and_the_schema_are_those_of_the_code() -> None:
    """Else: python -m tests.bot.out_docs."""
    assert PAGE.read_text(encoding="utf-8") == page()
    assert SCHEMA.read_text(encoding="utf-8") == schema()
    [example] = re.findall(r"```json\n(.*?)```", page(), re.DOTALL)
    jsonschema.Draft202012Validator(out_schema()).validate(json.loads(example))


def sent(event: Event) -> dict[str, Any]:
    subject: dict[str, Any] = {"lead": {"id": event.about, "known_as": [{"feed": "crm", "id": "crm-991"}]}}
    if event.kind is Kind.RETRO:
        subject = {"deal": {"feed": "crm", "id": "opp-7"}, "leads": []}
    return body(event, NOW, subject, lambda person: somebody(person, PEOPLE.get(person), {}))


def events(lead: Lead, command: Command, at: Any = SOON, **facts: Any) -> list[tuple[str, str | None, str]]:
    """What is told: the kind, who did it, and where."""
    told = of_lead(lead, command, does(lead, command, at, **facts))
    return [(event.kind.value, event.by, event.origin) for event in told]


def test_a_click_is_told_with_who_clicked_and_a_feeds_news_with_the_feed() -> None:
    elsewhere = arrives(told(SOON, owner="UBEN", status="working"))
    contact = arrives(told(SOON, touches=(touched("call", SOON, by="UAMY"),)))

    assert events(offered(), Accept(by="UAMY")) == [("decision", "UAMY", "slack"), ("owner", "UAMY", "slack")]
    assert events(offered(), elsewhere) == [
        ("decision", "UBEN", "crm"),
        ("owner", None, "crm"),
        ("contact", "UBEN", "crm"),
    ]
    assert events(accepted(), contact) == [("contact", "UAMY", "crm")]


def test_the_same_news_again_tells_nothing() -> None:
    news = arrives(told(SOON, owner="UBEN", status="accepted"))
    once = does(offered(), news, SOON).lead

    assert events(once, news) == []
    assert events(once, arrives(told(SOON + HOUR, owner="UBEN", status="accepted"))) == []


def test_a_rejection_is_told_with_its_words_and_again_with_what_becomes_of_it() -> None:
    no = Reject(by="UAMY", reason="no_budget", words="Next year.")
    first = does(offered(), no, SOON)
    asked = Dispute(by="UEVA", rejection=first.lead.handoff.rejection.id, words="Look")  # type: ignore[union-attr]  # it has one
    disputed = does(first.lead, asked, SOON, team=examples.TEAM)
    judged = Judge(by="UHAL", rejection=asked.rejection, stands=False)

    [_, made] = of_lead(offered(), no, first)
    [again] = of_lead(first.lead, asked, disputed)
    opened = of_lead(disputed.lead, judged, does(disputed.lead, judged, SOON, team=examples.TEAM))

    assert made.told == {
        "rejection": asked.rejection,
        "reason": "no_budget",
        "answer": None,
        "words": "Next year.",
        "until": (SOON + 180 * DAY).isoformat(),
        "record": None,
        "taken_back": False,
        "second_look": None,
    }
    assert (again.by, again.told["second_look"]) == ("UEVA", "asked")
    assert [(each.kind, each.by) for each in opened] == [("decision", "UHAL"), ("rejection", "UHAL")]
    assert (opened[0].told["verdict"], opened[1].told["second_look"]) == (None, "overturned")


def test_a_decision_taken_back_is_told_as_none() -> None:
    [decision, owner] = of_lead(
        accepted(), Undo(by="UAMY"), does(accepted(), Undo(by="UAMY"), NOW + 10 * MINUTE)
    )

    assert decision.told == {"verdict": None, "status": "offered", "owner": None, "reason": None}
    assert owner.told == {"owner": None, "before": "UAMY"}


def test_a_plan_a_contact_and_an_attempt_are_told_with_their_moment() -> None:
    at = NOW + 2 * DAY
    plan, met = Plan(by="UAMY", at=at), Contact(by="UAMY")

    [step] = of_lead(working(), plan, does(working(), plan, SOON))
    [contact] = of_lead(accepted(), met, does(accepted(), met, SOON))

    assert step.told == {"at": at.isoformat()}
    assert contact.told == {"contact": "contact", "reached": True, "at": SOON.isoformat()}


def test_of_who_was_removed_nothing_is_told() -> None:
    assert events(accepted(), Erase(asked=True)) == []


def test_a_retro_tells_how_far_it_is_and_what_was_chosen_and_no_answer() -> None:
    waiting = Retro(id="deal", state=RetroState.WAITING, outcome=DealState.LOST, noted_at=NOW)
    opened = replace(waiting, state=RetroState.OPEN)
    action = Action(what="Call sooner", who="UAMY", due=NOW.date(), by="UHAL")
    acting = replace(waiting, state=RetroState.ACTING, action=action)

    begun = of_retro(waiting, Tend(), opened)
    chosen = of_retro(opened, Choose(by="UHAL", answer="a", who="UAMY", due=None), acting)

    assert begun is not None
    assert (begun.by, begun.origin, begun.told["state"]) == (None, "truce", "open")
    assert chosen is not None
    assert chosen.people == {"UHAL", "UAMY"}
    assert sent(chosen)["data"]["action"] == {
        "what": "Call sooner",
        "who": somebody("UAMY", AMY, {}),
        "due": "2026-11-23",
        "done": False,
        "dropped_because": None,
    }
    jsonschema.Draft202012Validator(out_schema()).validate(sent(chosen))
    assert of_retro(acting, Drop(by="UHAL", why="x"), acting) is None
    assert of_retro(opened, Tend(), waiting) is None


# --- to whom


def address(**written: Any) -> Address:
    told = {"url": "https://crm.test/hooks/a", "events": ["owner"], **written}
    return Address.of(Out.model_validate(told))


def an_owner(origin: str) -> Event:
    return Event(kind=Kind.OWNER, about="1ead", by=None, origin=origin, told={"owner": None, "before": None})


def test_an_address_is_told_what_it_wants_and_never_its_own_news() -> None:
    assert address().wants(an_owner("crm"))
    assert not address(events=["contact"]).wants(an_owner("slack"))
    assert not address(feed="crm").wants(an_owner("crm"))
    assert address(feed="crm").wants(an_owner("website"))


def test_a_person_is_told_with_the_addresses_that_a_crm_has_for_them() -> None:
    aliases = {"amy.jones@crm.test": "amy@acme.test", "b@crm.test": "ben@acme.test"}

    assert somebody("UAMY", AMY, aliases) == {
        "email": "amy@acme.test",
        "aliases": ["amy.jones@crm.test"],
        "slack": "UAMY",
    }
    assert somebody("x@y.test", None, {}) == {"email": "x@y.test", "aliases": [], "slack": None}
    assert somebody("UOLD", None, {}) == {"email": None, "aliases": [], "slack": "UOLD"}


def test_what_waits_for_an_address_that_was_rewritten_goes_to_the_one_of_its_host() -> None:
    old, new, other = address(), address(url="https://crm.test/hooks/b"), address(url="https://x.test/")

    assert called([old, other], old.name) == old
    assert called([new, other], old.name) == new
    assert called([new, address(url="https://crm.test/c")], old.name) is None
    assert called([other], old.name) is None
    assert "hooks" not in old.name


@pytest.mark.parametrize(
    ("host", "variable"),
    [("crm.test", "CRM_TEST"), ("my-crm.test", "MY_CRM_TEST"), ("127.0.0.1", "127_0_0_1"), ("::1", "__1")],
)
def test_a_host_has_a_secret_of_its_own(host: str, variable: str) -> None:
    assert variable_of(host) == f"TRUCE_OUT_SECRET_{variable}"


@pytest.mark.parametrize(
    "ours",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "::127.0.0.1", "::10.0.0.1", "2002:7f00:1::", "2002:c0a8:101::1",
    ],
)  # fmt: skip
def test_no_address_of_this_machine_or_its_network_is_public(ours: str) -> None:
    assert not is_public(ours)


@pytest.mark.parametrize("theirs", ["8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(theirs: str) -> None:
    assert is_public(theirs)


def test_a_host_that_is_written_as_an_address_is_seen_as_one() -> None:
    assert is_address("127.0.0.1")
    assert is_address("::1")
    assert not is_address("crm.test")


def test_what_is_sent_is_verified_by_a_library_of_others_with_either_secret() -> None:
    content, now = b'{"type": "owner"}', datetime.now(UTC)  # noqa: TID251 - the library looks at the real time
    headers = sign("evt_1", content, [b"the one before, of some length", OUT_SECRET], now)

    assert Webhook(WRITTEN).verify(content, headers) == {"type": "owner"}


# --- for how long


def tries(first: Any, now: Any) -> Iterator[timedelta]:
    """When it is tried, counted from when it was due, by somebody who is never answered."""
    number = 1
    while True:
        yield now - first
        at = FOR_A_DAY.next_try(first, number, now, timedelta())
        if at is None:
            return
        now, number = at, number + 1


def test_what_is_not_taken_is_tried_at_growing_distances_until_a_day_is_over() -> None:
    when = list(tries(NOW, NOW))
    pauses = [then - before for before, then in pairwise(when)]

    assert when[:5] == [timedelta(seconds=s) for s in (0, 5, 35, 155, 755)]
    assert when[-1] == timedelta(hours=24)
    assert pauses[:-1] == sorted(pauses[:-1])
    assert max(pauses) == timedelta(hours=4)
    assert len(when) == 14


def test_what_was_due_while_truce_was_down_is_tried_for_a_while_all_the_same() -> None:
    when = list(tries(NOW - 3 * DAY, NOW))

    assert [each - 3 * DAY for each in when] == [timedelta(seconds=s) for s in (0, 5, 35, 155, 755)]


def test_who_asks_for_time_is_given_it() -> None:
    assert FOR_A_DAY.next_try(NOW, 1, NOW, timedelta(minutes=7)) == NOW + timedelta(minutes=7)
    assert FOR_A_DAY.next_try(NOW, 1, NOW + 24 * HOUR - MINUTE, HOUR) == NOW + 24 * HOUR
