"""Leads as they are in each state, made by what happens to them; a company, and the people who act."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.agreement import Agreement, Channels
from bot.arrivals import LeadArrival, Touch
from bot.leads.commands import Accept, Arrive, Command, Contact, Dispute, Lapse, Reject
from bot.leads.decision import Decision, Facts, Room
from bot.leads.lead import Lead, Rejection, State
from bot.leads.transitions import decide
from bot.people import Person
from bot.settings import Settings
from bot.teams import Colleague, TeamNow

NOW: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday, one in the morning of work
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLD: Final = "CLEADS.20261123100000"
CHANNELS: Final = Channels(leads="CLEADS", feedback="CFEEDBACK", retros="CLEADS", managers="CLEADS")

AMY = Person(slack_id="UAMY", name="Amy", email="amy@acme.test")
BEN = Person(slack_id="UBEN", name="Ben", email="ben@acme.test")
CHI = Person(slack_id="UCHI", name="Chi", email="chi@acme.test", groups=("@sales",))
EVA = Person(slack_id="UEVA", name="Eva", email="eva@acme.test")
HAL = Person(slack_id="UHAL", name="Hal", email="hal@acme.test", admin=True)
GUS = Person(slack_id="UGUS", name="Gus", email="gus@guest.test", guest=True)
SAM = Person(slack_id="USAM", name="Sam", email="sam@other.test", external=True)
PEOPLE: Final = {person.slack_id: person for person in (AMY, BEN, CHI, EVA, HAL, GUS, SAM)}
ROLES: Final = {
    "reps": ["amy@acme.test", "ben@acme.test", "@sales"],
    "marketers": ["eva@acme.test"],
    "managers": ["hal@acme.test"],
}


def agreement(channels: Channels = CHANNELS, **written: Any) -> Agreement:
    """The agreement of a company that says who does what; `written` is as in app.yaml."""
    told = {"channels": {"leads": "#leads"}, "people": ROLES, **written}
    return Agreement.of(Settings.model_validate(told), channels, "Europe/London")


ACME: Final = agreement()


def facts(now: datetime = NOW, by: str | None = None, **changes: Any) -> Facts:
    person = None if by is None else PEOPLE[by]
    room = Room(offers=changes.pop("offers", 0), hold=changes.pop("hold", HOLD))
    return Facts(**{"now": now, "agreement": ACME, "by": person, "rooms": {"CLEADS": room}, **changes})


def does(lead: Lead, command: Command, now: datetime = NOW, **changes: Any) -> Decision:
    """What the command does, with the facts that it names."""
    colleague = getattr(command, "colleague", None)
    named = {"colleague": PEOPLE.get(colleague)} if colleague else {}
    return decide(lead, command, facts(now, getattr(command, "by", None) or None, **{**named, **changes}))


def colleague(person: Person, **changes: Any) -> Colleague:
    return Colleague(person=person, calendar=ACME.calendar, **changes)


def team(**changes: Any) -> TeamNow:
    """The team as it is: three reps and their manager, at work and with nothing in hand."""
    usual: dict[str, Any] = {
        "team": ACME.team(""),
        "calendar": ACME.calendar,
        "reps": tuple(map(colleague, (AMY, BEN, CHI))),
        "managers": (colleague(HAL),),
        "heads": (),
    }
    return TeamNow(**{**usual, **changes})


TEAM: Final = team()
PAT: Final[Mapping[str, Any]] = {
    "source": "webinar",
    "campaign": "Autumn webinar",
    "contact.name": "Pat Doe",
    "contact.email": "pat@globex.test",
    "contact.phone": "+44 20 7946 0000",
    "contact.title": "VP Operations",
    "company.name": "Globex",
    "company.industry": "Logistics",
    "company.employees": 250,
    "company.country": "GB",
}


def told(at: datetime | None = NOW, touches: tuple[Touch, ...] = (), **changes: Any) -> LeadArrival:
    """What a feed tells of Pat; `changes` are of the arrival, or of its fields with __ for a dot."""
    own = {key: changes.pop(key) for key in ("owner", "status", "reason") if key in changes}
    fields = {**PAT, **{path.replace("__", "."): value for path, value in changes.items()}}
    kept = {path: value for path, value in fields.items() if value != ""}
    return LeadArrival(feed="crm", external_id="crm-991", occurred_at=at, fields=kept, touches=touches, **own)


def arrives(arrival: LeadArrival) -> Arrive:
    return Arrive(arrival=arrival, owner=arrival.owner)


def touched(kind: str, at: datetime = NOW, **changes: Any) -> Touch:
    return Touch(kind=kind, at=at, **changes)


def blank(occurred_at: datetime = NOW) -> Lead:
    """A lead of which nothing was told yet."""
    return Lead(
        id="1ead",
        feed="crm",
        external_id="crm-991",
        state=State.NEW,
        arrived_at=NOW,
        occurred_at=occurred_at,
    )


def held() -> Lead:
    long_ago = NOW - 30 * DAY
    return does(blank(long_ago), arrives(told(long_ago))).lead


def not_ready() -> Lead:
    return does(blank(), arrives(told(contact__email="", contact__phone=""))).lead


def offered() -> Lead:
    return does(blank(), arrives(told())).lead


def accepted() -> Lead:
    return does(offered(), Accept(by="UAMY"), NOW + 5 * MINUTE).lead


def working() -> Lead:
    return does(accepted(), Contact(by="UAMY"), NOW + 10 * MINUTE).lead


def rejected(reason: str = "no_budget", after: Callable[[], Lead] = offered, **answers: Any) -> Lead:
    """Amy said no, twelve minutes after the lead came."""
    usual: dict[str, Any] = {
        "not_icp": {"answer": "Size"},
        "spam": {"answer": "Vendor"},
        "duplicate": {"answer": "Pat Doe at Globex"},
        "wrong_person": {"answer": "Intern"},
        "bad_data": {"answer": "Phone"},
        "not_now": {"until": NOW + 60 * DAY, "answer": "January 2027"},
        "other": {"words": "They merge with another company."},
        "unreachable": {"attempts": tuple(touched("no_answer", NOW - n * DAY) for n in range(5))},
    }
    command = Reject(by="UAMY", reason=reason, **{**usual.get(reason, {}), **answers})
    return does(after(), command, NOW + 12 * MINUTE).lead


def sent_back(reason: str = "no_budget") -> Lead:
    """With marketing again, as nobody there answered the rejection."""
    no = rejected(reason)
    return does(no, Lapse(rejection=rejection_of(no).id), NOW + 8 * DAY).lead


def closed(reason: str = "duplicate") -> Lead:
    return sent_back(reason)


def disputed(reason: str = "no_budget") -> Lead:
    no = rejected(reason)
    asked = Dispute(by="UEVA", rejection=rejection_of(no).id, words="She has a budget.")
    return does(no, asked, NOW + 14 * MINUTE, team=TEAM).lead


def converted() -> Lead:
    return replace(working(), state=State.CONVERTED)


def rejection_of(lead: Lead) -> Rejection:
    assert lead.handoff is not None
    assert lead.handoff.rejection is not None
    return lead.handoff.rejection


LEADS: Final[Mapping[State, Callable[[], Lead]]] = {
    State.NEW: held,
    State.NURTURE: not_ready,
    State.OFFERED: offered,
    State.ACCEPTED: accepted,
    State.WORKING: working,
    State.REJECTED: rejected,
    State.DISPUTED: disputed,
    State.CONVERTED: converted,
    State.CLOSED: closed,
}
