"""What has to be true at the end of a crash run, whatever was killed: Slack, the database and people's memory agree.

Every sentence that comes back is something that is wrong. Nothing here asks Truce how it would draw a message.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.things import Message
from storage.tables import HANDOFF, IDENTITY, JOB, LEAD, LOG, POST, REJECTION
from tests.crash.books import Books, Row
from tests.crash.company import CAMPAIGNS, REPS, Company, Lead

STANDING = re.compile(
    r"Handed over (\d+), accepted (\d+), contacted (\d+), meetings 0, deals 0, won 0, rejected (\d+)(?: \([^)]*\))?, waiting (\d+)"
)
MAY_SAY_NOTHING = {"retro_month"}  # no retro in that month: no message


@dataclass
class Truth:
    """One look at everything, when all is quiet."""

    company: Company
    books: Books
    leads: list[Lead]
    imported: list[int]  # rows by file
    rows: dict[str, list[Row]] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    done: dict[int, Counter[tuple[str, str | None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = (LEAD, IDENTITY, HANDOFF, REJECTION, LOG, JOB, POST)
        self.rows = {str(table.name): self.books.rows(table) for table in tables}
        known = {row["value"]: row["lead"] for row in self.rows["identity"]}
        self.ids = {each.number: known.get(f"web-{each.number}", "") for each in self.leads}
        log: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
        for row in self.rows["log"]:
            log[row["lead"]][row["what"], row["by"]] += 1
        self.done = {number: log[lead] for number, lead in self.ids.items()}

    def faults(self) -> list[str]:
        checks = (
            self._everyone_is_there_once,
            self._every_delivery_counted_once,
            self._what_was_answered_was_done,
            self._every_card_stands_once,
            self._every_card_is_true,
            self._marketing_heard_once,
            self._campaigns_add_up,
            self._owners_were_told_once,
            self._no_message_is_there_twice,
            self._the_held_are_counted,
            self._nothing_is_left,
        )
        return [*self.company.memory.wrong, *(fault for check in checks for fault in check())]

    def _everyone_is_there_once(self) -> Iterator[str]:
        for lead in self.leads:
            by_id = [row for row in self.rows["lead"] if row["external_id"] == f"web-{lead.number}"]
            if len(by_id) != 1:
                yield f"{lead.name} got a 202 and is there {len(by_id)} times"
        for file, rows in enumerate(self.imported):
            known = Counter(row["external_id"] for row in self.rows["lead"] if row["feed"] == f"old{file}")
            if len(known) != rows or set(known.values()) != {1}:
                yield f"of {rows} imported rows of old{file} there are {known.total()}, {len(known)} different"

    def _every_delivery_counted_once(self) -> Iterator[str]:
        for lead in self.leads:
            news = self._number(lead, "arrive")  # less, where an older version came last
            if not 1 <= news <= lead.versions:
                yield f"{lead.name} was told of in {lead.versions} versions, and changed {news} times"

    def _what_was_answered_was_done(self) -> Iterator[str]:
        for who, what, number in self.company.memory.kept:
            lead = self.leads[number]
            alone = lead.fate != "raced"
            done = self.done[number][what, self._person(who)] if alone else self._number(lead, what)
            if not done:
                yield f"{who}'s {what} of {lead.name} was answered with 200 and not done"

    def _every_card_stands_once(self) -> Iterator[str]:
        cards = self._cards()
        for lead in self.leads:
            if len(cards[lead.name]) != 1:
                yield f"{lead.name} has {len(cards[lead.name])} cards in the channel"
        told = sum(len(each) for each in cards.values())
        if told != len(self.leads):
            yield f"{told} cards stand in the channel, {len(self.leads)} leads were offered"

    def _every_card_is_true(self) -> Iterator[str]:
        cards = self._cards()
        for lead in self.leads:
            for card in cards[lead.name]:
                expected, buttons = self._expected(lead)
                if not all(re.search(expected, told, re.IGNORECASE) for told in (card.text, card.words)):
                    yield f"the card of {lead.name} should say {expected!r}: {card.text}"
                if ("Accept" in card.buttons) is not buttons:
                    yield f"the card of {lead.name} has the buttons {card.buttons}"
                people = [row["fields"] for row in self.rows["lead"] if row["id"] == self.ids[lead.number]]
                if people and f"{people[0]['company.employees']} people" not in card.words:
                    yield f"the card of {lead.name} should have {people[0]['company.employees']} people"

    def _expected(self, lead: Lead) -> tuple[str, bool]:
        """What the log makes of it, in words; and whether it can still be accepted."""
        if self._number(lead, "reject"):
            return rf"{self._who(lead, 'reject')} passed on this.*: No budget\.", False
        if self._number(lead, "contact"):
            return rf"{self._who(lead, 'accept')} took this.*, and has been in touch\.", False
        if self._number(lead, "accept"):
            return rf"{self._who(lead, 'accept')} took this[^,]*\.", False
        return "Waiting for an answer, shown", True

    def _marketing_heard_once(self) -> Iterator[str]:
        feedback = self._messages("marketing-feedback")
        above = {message.ts: message for message in feedback if message.thread_ts in (None, message.ts)}
        for lead in self.leads:
            told = [message for message in feedback if lead.name in message.words]
            rejections = self._number(lead, "reject")
            if rejections > 1:
                yield f"{lead.name} was rejected {rejections} times"
            if len(told) != rejections:
                yield f"{lead.name} was rejected {rejections} times, marketing heard it {len(told)} times"
            for message in told:
                if lead.words not in message.words:
                    yield f"marketing does not hear the words about {lead.name}: {message.text}"
                root = above.get(message.thread_ts or "")
                if root is None or lead.campaign not in root.text:
                    yield f"the rejection of {lead.name} is not under its campaign"

    def _campaigns_add_up(self) -> Iterator[str]:
        feedback = self._messages("marketing-feedback")
        for campaign in CAMPAIGNS:
            mine = [lead for lead in self.leads if lead.campaign == campaign]
            roots = [each for each in feedback if each.text.startswith(campaign)]
            if len(roots) != bool(mine):
                yield f"{campaign} has {len(roots)} messages"
            accepted = [lead for lead in mine if self._number(lead, "accept")]
            rejected = [lead for lead in mine if self._number(lead, "reject")]
            contacted = [lead for lead in mine if self._number(lead, "contact")]
            waiting = len(mine) - len(accepted) - len(rejected)
            counts = (len(mine), len(accepted), len(contacted), len(rejected), waiting)
            for root in roots:
                found = STANDING.search(root.text)
                if found is None or tuple(map(int, found.groups())) != counts:
                    yield f"{campaign} should stand at {counts}: {root.text}"

    def _owners_were_told_once(self) -> Iterator[str]:
        store = self.company.slack.desk.store
        notes = {rep: list(store.dm(store.person(rep).id).messages.values()) for rep in REPS}
        for lead in self.leads:
            if self._number(lead, "accept") > 1:
                yield f"{lead.name} was accepted {self._number(lead, 'accept')} times"
            for rep in REPS:
                told = sum(lead.name in note.words for note in notes[rep])
                owns = self.done[lead.number]["accept", self._person(rep)]
                if told != owns:
                    yield f"{rep} accepted {lead.name} {owns} times and heard of it {told} times"

    def _no_message_is_there_twice(self) -> Iterator[str]:
        places = self.company.slack.desk.store.conversations.values()
        sent = Counter(_our_id(message) for place in places for message in place.messages.values())
        for post, times in sent.items():
            if times > 1:
                yield f"the post {post} is in Slack {times} times"
        known = {row["id"]: row for row in self.rows["post"] if row["ts"]}
        if sent.keys() != known.keys():
            yield f"Slack has {sorted(sent.keys() ^ known.keys())} and the database has not, or the other way"

    def _the_held_are_counted(self) -> Iterator[str]:
        """All imported leads are old: they wait behind one message that counts them."""
        held = [each for each in self._messages("leads") if "wait to be offered" in each.text]
        total = sum(self.imported)
        if len(held) != bool(total):
            yield f"{len(held)} messages tell of the leads that wait"
        for message in held:
            found = re.match(r"([\d,]+) leads", message.text)
            if found is None or int(found[1].replace(",", "")) != total:
                yield f"{total} leads wait: {message.text}"

    def _nothing_is_left(self) -> Iterator[str]:
        if not self.books.is_whole():
            yield "the database file is damaged"
        for row in self.rows["job"]:
            if row["ended_at"] is not None:
                yield f"a job was given up: {row['kind']} {row['payload']} ({row['error']})"
            elif row["leased_until"] is not None:
                yield f"a job is still taken: {row['kind']} {row['payload']}"
        for row in self.rows["post"]:
            said = row["ts"] is not None or row["kind"] in MAY_SAY_NOTHING
            if row["sending_at"] is not None or not said:
                yield f"a post never ended: {row['kind']} {row['about']}"

    # --- how

    def _cards(self) -> dict[str, list[Message]]:
        cards: dict[str, list[Message]] = defaultdict(list)
        for message in self._messages("leads"):
            if found := re.match(r"Pat\d{4}", message.text):
                cards[found[0]].append(message)
        return cards

    def _messages(self, channel: str) -> list[Message]:
        return list(self.company.slack.desk.store.place(channel).messages.values())

    def _number(self, lead: Lead, what: str) -> int:
        return sum(times for (done, _), times in self.done[lead.number].items() if done == what)

    def _who(self, lead: Lead, what: str) -> str:
        [*who] = {by for done, by in self.done[lead.number] if done == what}
        return self.company.slack.desk.store.people[str(who[0])].name

    def _person(self, handle: str) -> str:
        return self.company.slack.person_id(handle)


def _our_id(message: Message) -> Any:
    return ((message.metadata or {}).get("event_payload") or {}).get("id")
