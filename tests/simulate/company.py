"""An invented company in six zones, and what its people will do: all of it follows from a seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

WORKSPACE: Final = "T0SIMULATE"
CHANNEL: Final = "C0LEADS"
FEEDBACK: Final = "C0FEEDBACK"
BOT: Final = "U0TRUCE"
ZONES: Final = (
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Australia/Sydney",
)
BEGIN: Final = datetime(2026, 9, 28, tzinfo=UTC)
CAP: Final = 4
TEAM_HOLIDAYS: Final = ("GB", "2026-10-14")
OFFICE: Final = dict.fromkeys(range(5), ((540, 1050),))  # minutes after midnight, from Monday
OWN_HOURS: Final[tuple[tuple[str, Mapping[int, tuple[tuple[int, int], ...]]], ...]] = (
    ("mon-wed 9-15", dict.fromkeys(range(3), ((540, 900),))),
    ("tue-sat 8-12 13-16", dict.fromkeys(range(1, 6), ((480, 720), (780, 960)))),
)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """One of the company; `words` are what they say of their hours, `week` is what that means."""

    id: str
    zone: str
    words: str = ""
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=lambda: OFFICE)

    @property
    def weight(self) -> int:
        """In turns: some have twice, some three times as many."""
        return {3: 2, 7: 3}.get(int(self.id[-3:]) % 10, 1) if self.id.startswith("U1REP") else 1

    @property
    def email(self) -> str:
        return f"{self.id.lower()}@acme.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    reps: tuple[Someone, ...]
    managers: tuple[Someone, ...]
    heads: tuple[Someone, ...]
    offer: str = "rotation"

    @classmethod
    def of(cls, reps: int, offer: str = "rotation") -> "Company":
        """Reps in every zone, every ninth with hours of their own; a manager for each two zones."""
        sales = [
            Someone(id=f"U1REP{n:03}", zone=ZONES[n % len(ZONES)]) if n % 9 != 8 else _own(n)
            for n in range(reps)
        ]
        managers = tuple(Someone(id=f"U2MANAGER{n}", zone=ZONES[2 * n]) for n in range(len(ZONES) // 2))
        eva = Someone(id="U3HEAD", zone="Europe/Berlin")
        return cls(reps=tuple(sales), managers=managers, heads=(managers[0], eva), offer=offer)

    @property
    def everyone(self) -> tuple[Someone, ...]:
        return tuple({each.id: each for each in (*self.reps, *self.managers, *self.heads)}.values())

    def settings(self) -> dict[str, Any]:
        sales, marketing = (each.email for each in self.heads)
        return {
            "channels": {"leads": "#leads"},
            "people": {
                "reps": [each.email for each in self.reps],
                "managers": [each.email for each in self.managers],
                "heads": {"sales": sales, "marketing": marketing},
            },
            "hours": {"timezone": "Europe/London", "holidays": list(TEAM_HOLIDAYS)},
            "leads": {
                "cap": CAP,
                "offer": self.offer,
                "weights": {each.email: each.weight for each in self.reps},
            },
            "feeds": {"website": {}},
        }

    def users(self) -> list[dict[str, Any]]:
        """The people as Slack tells of them."""
        return [
            {
                "id": each.id,
                "team_id": WORKSPACE,
                "name": each.id.lower(),
                "tz": each.zone,
                "profile": {"email": each.email, "display_name": each.id.lower()},
            }
            for each in self.everyone
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody is going to do, at this moment; refused, it is not done."""

    at: datetime
    what: str  # arrive, accept, reject, contact, plan, convert, away, back, down
    lead: str = ""
    by: str = ""
    hot: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that people will do, in order."""

    begin: datetime
    end: datetime
    intents: tuple[Intent, ...]

    @classmethod
    def of(cls, company: Company, *, leads: int, days: int, seed: int, begin: datetime = BEGIN) -> "Plan":
        random = Random(seed)  # noqa: S311 - a game, not a secret
        end = begin + days * DAY
        outages = tuple(_outages(random, begin, days))
        intents = [*_absences(random, company, begin, end), *outages]
        for number in range(leads):
            intents += _of_lead(random, company, f"lead-{number}", begin + random.random() * 0.9 * days * DAY)
        moved = [_after_outage(each, outages, random) for each in intents]
        return cls(
            begin=begin,
            end=end,
            intents=tuple(sorted((each for each in moved if each.at < end), key=lambda each: each.at)),
        )

    def up_to(self, end: datetime) -> "Plan":
        """The same, broken off."""
        return replace(self, end=end, intents=tuple(each for each in self.intents if each.at < end))


def _own(number: int) -> Someone:
    words, week = OWN_HOURS[number // 9 % len(OWN_HOURS)]
    return Someone(id=f"U1REP{number:03}", zone=ZONES[number % len(ZONES)], words=words, week=week)


def _of_lead(random: Random, company: Company, lead: str, at: datetime) -> Iterator[Intent]:
    """One lead's story: some are never answered, some never contacted, some stall."""
    hot = random.random() < 0.3
    yield Intent(at=at, what="arrive", lead=lead, hot=hot)
    if random.random() < 0.05:
        return
    at += _after(random, 20, (1 if hot else 5) * 1440)
    by = random.choice(company.reps).id
    if random.random() < 0.2:
        yield Intent(at=at, what="reject", lead=lead, by=by)
        return
    yield Intent(at=at, what="accept", lead=lead, by=by)
    if random.random() < 0.2:
        yield Intent(at=at + _after(random, 1, 14), what="undo", lead=lead, by=by)
        at += _after(random, 20, 4 * 1440)
        by = random.choice(company.reps).id
        yield Intent(at=at, what="accept", lead=lead, by=by)
    again = 0.97  # few are never contacted
    while random.random() < again:
        again = 0.6
        at += _after(random, 5, 12 * 1440)
        yield Intent(at=at, what="contact", lead=lead, by=by)
        if random.random() < 0.4:
            at += _after(random, 1, 600)
            day = (at + random.randrange(2, 12) * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
            yield Intent(at=at, what="plan", lead=lead, by=by, until=day)
    if random.random() < 0.85:  # most come to an end
        at += _after(random, 60, 8 * 1440)
        yield Intent(at=at, what=random.choice(("convert", "reject")), lead=lead, by=by)


def _absences(random: Random, company: Company, begin: datetime, end: datetime) -> Iterator[Intent]:
    """Most go away now and then, some come back sooner than they said."""
    for each in company.everyone:
        if each.words:
            yield Intent(at=begin, what="hours", by=each.id)
        at = begin + random.random() * 30 * DAY
        while at < end:
            at = at.replace(second=0, microsecond=0)
            length = random.randrange(1, 10)
            yield Intent(at=at, what="away", by=each.id, until=at + length * DAY)
            if length > 2 and random.random() < 0.5:
                back = at + random.uniform(0.3, length - 1) * DAY
                yield Intent(at=back.replace(second=0, microsecond=0), what="back", by=each.id)
            at += (length + random.uniform(2, 40)) * DAY


def _outages(random: Random, begin: datetime, days: int) -> Iterator[Intent]:
    """Two, of hours, on working days: one after the other."""
    before = begin
    for place in (0.3, 0.6):
        day = begin + round(days * place) * DAY
        day += {5: 2, 6: 1}.get(day.weekday(), 0) * DAY
        at = day + timedelta(minutes=random.randrange(7 * 60, 13 * 60))
        at = max(at, before + timedelta(hours=1))
        before = at + timedelta(minutes=random.randrange(100, 400))
        yield Intent(at=at, what="down", until=before)


def _after_outage(intent: Intent, outages: tuple[Intent, ...], random: Random) -> Intent:
    """Nobody can do anything with a bot that is not there."""
    for each in outages:
        if each.until is not None and each.at <= intent.at < each.until and intent is not each:
            at = each.until + timedelta(minutes=random.randrange(1, 60))
            return Intent(
                at=at,
                what=intent.what,
                lead=intent.lead,
                by=intent.by,
                hot=intent.hot,
                until=intent.until,
            )
    return intent


def _after(random: Random, least: float, most: float) -> timedelta:
    """Minutes, short ones more often than long ones."""
    return timedelta(minutes=least * (most / least) ** random.random())
