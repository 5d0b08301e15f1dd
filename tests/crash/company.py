"""Who acts in a crash run: feeds that send until they are answered, reps who press again when nothing happened.

Each remembers what it did and was answered: that, not Truce, is what the end is held against.
"""

import copy
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from playground.clock import FileClock
from playground.server import Playground
from playground.things import Conversation, Message
from playground.workspace import Channel, Person, Workspace
from tests.crash.machines import Balancer
from tests.program import a_moment, signed

Fate = Literal["waits", "accepted", "raced", "contacted", "rejected"]
FATES: tuple[Fate, ...] = ("waits", "accepted", "raced", "contacted", "rejected", "rejected")
REPS = ("amy", "ben", "chi", "dan", "eli", "fay")
CAMPAIGNS = ("Autumn webinar", "Trade fair")
ACCEPTED = 202
LOOKS_EVERY = 0.1  # seconds
NAMES = re.compile(r"Pat\d{4}")
SETTINGS: dict[str, Any] = {
    "channels": {"leads": "#leads", "feedback": "#marketing-feedback"},
    "people": {"reps": [f"{rep}@acme.test" for rep in REPS], "marketers": ["eva@acme.test"]},
    "hours": {"timezone": "Europe/London"},
    "leads": {"flood": {"offers": 1_000_000}},
    "feeds": {"website": {}},
}


def acme() -> Workspace:
    handles = (*REPS, "eva")
    return Workspace(
        people=[Person(handle=each, name=each.capitalize(), email=f"{each}@acme.test") for each in handles],
        channels=[Channel(name="leads"), Channel(name="marketing-feedback")],
    )


def chance(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - a run is to be had again, not to be unforeseeable


@dataclass
class Lead:
    """One person whom a feed tells of, once or twice, and what the reps have in mind for them."""

    number: int
    seed: str
    fate: Fate | None = None
    rep: str = ""
    rival: str = ""
    campaign: str = ""
    versions: int = 1
    twins: bool = False

    def __post_init__(self) -> None:
        dice = chance(f"{self.seed} lead {self.number}")
        self.fate, self.campaign = self.fate or dice.choice(FATES), dice.choice(CAMPAIGNS)
        self.rep, self.rival = dice.sample(REPS, 2)
        self.versions, self.twins = dice.choice((1, 2)), dice.random() < 0.2

    @property
    def name(self) -> str:
        return f"Pat{self.number:04}"

    @property
    def words(self) -> str:
        """What the rep tells marketing."""
        return f"No money this year, says {self.name}"

    def told(self, version: int) -> dict[str, Any]:
        company = (
            f"{self.name} Works"  # each their own: whoever owns one of a company's leads is asked about all
        )
        return {
            "id": f"web-{self.number}",
            "source": "webinar",
            "campaign": self.campaign,
            "contact": {"name": self.name, "email": f"{self.name.lower()}@{self.name.lower()}.test"},
            "company": {"name": company, "employees": 100 * version},
        }


@dataclass
class Memory:
    """What was done and answered, as those know who did it."""

    kept: set[tuple[str, str, int]] = field(default_factory=set)  # who, what, about which lead: answered 200
    taken_in: Counter[int] = field(default_factory=Counter)  # 202s by lead
    doing: dict[str, int] = field(default_factory=dict)  # what is under way, and how often it was tried
    wrong: list[str] = field(default_factory=list)


@dataclass
class Company:
    slack: Playground
    balancer: Balancer
    clock: FileClock
    seed: str
    memory: Memory = field(default_factory=Memory)
    busy: dict[str, bool] = field(default_factory=dict)
    _read: dict[str, dict[str, list[Message]]] = field(default_factory=dict)
    _read_at: int = -1

    # --- feeds

    async def tell(self, lead: Lead, version: int, copies: str = "") -> None:
        """Send it, with one webhook-id, until it was answered; answers are lost on their way too."""
        name = f"{lead.name} v{version}{copies}"
        dice = chance(f"{self.seed} {name}")
        body = json.dumps(lead.told(version)).encode()
        await a_moment(dice.uniform(0, 0.2))
        while True:
            self._tries(f"a feed tells of {name}")
            try:
                status, _, said = await self._send(body, f"msg_{name.replace(' ', '_')}")
            except ConnectionError:
                status, said = 0, b""
            lost = dice.random() < 0.15
            if status == ACCEPTED and not lost:
                break
            if status not in (0, ACCEPTED):
                self.memory.wrong.append(f"{name} was answered {status}: {said[:200]!r}")
            await a_moment(dice.uniform(0.02, 0.5))
        self.memory.taken_in[lead.number] += 1
        self._done(f"a feed tells of {name}")

    async def _send(self, body: bytes, message: str) -> tuple[int, str, bytes]:
        return await self.balancer.post("/intake/website", body, signed(body, message, self.clock()))

    # --- reps

    async def accept(self, rep: str, lead: Lead) -> None:
        what = f"{rep} accepts {lead.name}"
        while True:
            self._tries(what)
            card = self.card(lead)
            if card is not None and "Accept" not in card.buttons:
                break
            if card is not None and (await self.slack.click(rep, card, "Accept")).ok:
                self.memory.kept.add((rep, "accept", lead.number))
                break
            await a_moment(LOOKS_EVERY)
        self._done(what)

    async def contact(self, rep: str, lead: Lead) -> None:
        """From the direct message that says that the lead is theirs."""
        what = f"{rep} contacts {lead.name}"
        while True:
            self._tries(what)
            note = self.note(rep, lead)
            if note is not None and "You have been in touch" in note.words:
                break
            if note is not None and (await self.slack.click(rep, note, "Contacted")).ok:
                self.memory.kept.add((rep, "contact", lead.number))
                break
            await a_moment(LOOKS_EVERY)
        self._done(what)

    async def reject(self, rep: str, lead: Lead) -> None:
        """In the form; a rep has one form at a time."""
        what = f"{rep} rejects {lead.name}"
        while True:
            self._tries(what)
            card = self.card(lead)
            if card is not None and "Reject" not in card.buttons:
                break
            if card is not None and not self.busy.get(rep):
                self.busy[rep] = True
                try:
                    sent = await self._fill(rep, lead, card)
                finally:
                    self.busy[rep] = False
                if sent:
                    self.memory.kept.add((rep, "reject", lead.number))
                    break
            await a_moment(LOOKS_EVERY)
        self._done(what)

    async def _fill(self, rep: str, lead: Lead, card: Message) -> bool:
        """Whether the form was sent, and answered."""
        await self.slack.click(rep, card, "Reject")
        if self.slack.modal(rep) is None:
            return False
        await self.slack.choose(rep, "Reason", "No budget")
        await self.slack.fill(rep, "What should marketing know?", lead.words)
        for _ in range(3):  # "We had some trouble connecting. Try again?"
            if (await self.slack.submit(rep)).ok:
                break
            await a_moment(0.1)
        else:
            await self.slack.close_modal(rep, everything=True)
            return False
        if self.slack.modal(rep) is not None:  # it tells that it comes too late: somebody was before it
            await self.slack.close_modal(rep, everything=True)
        return True

    # --- what is to be seen

    def card(self, lead: Lead) -> Message | None:
        return next(iter(self.naming(lead, "leads")), None)

    def note(self, rep: str, lead: Lead) -> Message | None:
        store = self.slack.desk.store
        return next(iter(self._named(store.dm(store.person(rep).id)).get(lead.name, [])), None)

    def naming(self, lead: Lead, channel: str) -> list[Message]:
        """What names the lead in a channel, replies included."""
        return self._named(self.slack.desk.store.place(channel)).get(lead.name, [])

    def _named(self, place: Conversation) -> dict[str, list[Message]]:
        """The messages of a conversation by whom they name; read anew only after another call of Slack.

        Many look here many times a second, in the process that is Slack as well.
        """
        calls = len(self.slack.desk.traffic.calls)
        if calls != self._read_at:
            self._read_at, self._read = calls, {}
        if place.id not in self._read:
            found: dict[str, list[Message]] = {}
            for each in place.messages.values():
                for name in set(NAMES.findall(each.words)):
                    found.setdefault(name, []).append(copy.deepcopy(each))
            self._read[place.id] = found
        return self._read[place.id]

    def _tries(self, what: str) -> None:
        self.memory.doing[what] = self.memory.doing.get(what, 0) + 1

    def _done(self, what: str) -> None:
        del self.memory.doing[what]
