"""What a lead is: its state, its facts, and the handoff it is in. No rule lives here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.arrivals import Value
from bot.leads.wait import Wait

# Feeds without a name send the address in its place. Seven digits or more are a phone number.
_REACHES: Final = re.compile(r"\S@\S+\.\S|\d(?:[\s().+/-]*\d){6}")


class State(StrEnum):
    NEW = "new"  # it passed the gate and waits to be offered, behind one message for many
    NURTURE = "nurture"  # with marketing: not ready yet, or sent back until a date
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WORKING = "working"  # first contact made
    REJECTED = "rejected"  # sales said no; marketing may still answer
    DISPUTED = "disputed"
    CONVERTED = "converted"
    CLOSED = "closed"


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """Marketing has asked for a second look at a rejection; `stands` is the answer, None while there is none."""

    at: datetime
    by: str
    words: str | None = None  # what sales should look at
    whom: tuple[str, ...] = ()  # the managers who were asked
    stands: bool | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None  # None: nobody answered in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One "no" of sales, as marketing is told of it. Taken back, it stays, and says by whom."""

    id: str
    at: datetime
    by: str
    reason: str
    answer: str | None = None  # to the reason's second question, as words
    words: str | None = None  # what marketing should know
    until: datetime | None = None  # not before this date again
    record: str | None = None  # the lead that it is, where it was known already
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None
    thanked_by: tuple[str, ...] = ()
    dispute: Disputed | None = None


RENEWAL: Final = "renewal"  # why the lead of a customer comes again, and its source then
DEAL_LOST: Final = "deal_lost"  # why a lead comes again that nobody had rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What became of the last deal of a lead: lost, when and why, in words from outside."""

    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Why a lead comes again: what sales said the last time, and what has happened since."""

    at: datetime  # of the rejection, or of the loss
    by: str
    reason: str
    since: str | None = None  # the newest touch of the person's own since then, by its kind ...
    since_at: datetime | None = None
    sent_by: str | None = None  # who of marketing sent it again
    fixed: tuple[str, ...] = ()  # the facts that marketing corrected
    why: str = ""  # its deal was lost, in words from outside
    times: int = 0  # it came back for want of need, budget or the like, and not by marketing's hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How things stood before a decision, for as long as that can be undone."""

    state: State
    owner: str | None = None
    verdict: Verdict | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    took: int | None = None
    origin: str | None = None
    attempts: int = 0
    wait: Wait | None = None
    shares: Mapping[str, int] = field(default_factory=dict)  # what a turn that was kept moved back


class Whose(StrEnum):
    """Why an offer is one rep's."""

    TURN = "turn"  # it is their turn
    STARTS = "starts"  # nobody is at work; they start first
    MATCH = "match"  # they have another lead at that company
    DEAL = "deal"  # they have a deal with that company, open or won, or keep it as a customer
    BACK = "back"  # they had asked for this date
    NAMED = "named"  # a colleague thought of them
    HANDED = "handed"  # who had it asks them to go on with it
    RECYCLED = "recycled"  # they had it before, and marketing sends it again
    FIXED = "fixed"  # marketing has corrected what they found wrong
    DISPUTED = "disputed"  # they said no, and a manager asks them to look again
    COMPANY = "company"  # they are asked about another lead there, which waits as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Who passed a lead on, and why: no rejection."""

    by: str
    reason: str


def own_card(handoff: str, number: int) -> str:
    """What a card of a handoff is about that was posted for it."""
    return handoff if number == 1 else f"{handoff}:{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """One passing of the lead from marketing to sales: from first offer to decision."""

    id: str
    number: int
    offered_at: datetime
    channel: str
    week: str  # ISO week of the first offer in the team's zone: 2026-W47
    line: str  # where marketing counts it: campaign:Autumn webinar, or source:demo_request
    hot: bool = False
    why: tuple[str, ...] = ()
    whose_score: str | None = None
    handed_by: str | None = None  # a marketer who handed it over although the gate said no ...
    note: str | None = None  # ... and why
    source: str = ""  # of the lead, as it was handed over
    shown_at: datetime | None = None
    shown_after: int | None = None  # milliseconds from the offer to its card in Slack; None of an import
    imported: bool = False  # by a file: how soon its card is there says nothing
    team: str = ""
    to: str | None = None  # the one rep it is offered to; None: anyone of the team
    alone: bool = False  # nobody but `to` is asked: it is their turn, or they know the company
    asked_in: str | None = (
        None  # the message that asks `to` about several, by what it is about; None: one of its own
    )
    whose: Whose | None = None  # why it is theirs
    until: datetime | None = None  # when it is offered on, about: for sentences
    named_by: str | None = None  # the colleague who thought of `to`
    named_note: str | None = None  # ... and what they wrote to them
    given_by: str | None = None  # the manager who made the owner
    cover_for: str | None = None  # who is away, and has it back when they return
    helped_by: tuple[str, ...] = ()  # managers who were asked, about this offer, to give it to somebody
    passed: tuple[Passed, ...] = ()  # the chain of those who had it and passed it on
    asked: tuple[str, ...] = ()  # who was offered it in turn before, in this handoff
    shares: Mapping[str, int] = field(default_factory=dict)  # what this offer moved in the rota
    hidden_from: tuple[str, ...] = ()
    offers: int = 1  # made so far in this handoff
    moved: Mapping[str, str] = field(default_factory=dict)  # by an older card, the channel it moved to
    cards: int = 1  # it was on so far in this handoff: its own, or one of another lead of its company
    joined: str | None = None  # the card that it shares, by what that card is about; None: one of its own
    carded_at: datetime | None = None  # when that card began; None: with the first offer
    wait: Wait | None = None
    late_at: datetime | None = None  # when the breach of its first offer passed, by the clock alone
    verdict: Verdict | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    took: int | None = None  # seconds of the team's working time from the first offer
    origin: str | None = None  # the feed, where it was decided elsewhere
    contact_due: datetime | None = None  # until when the agreement wants a first contact of who accepted
    contacted_at: datetime | None = None  # the first contact, which stays when the lead is handed on
    contact_took: int | None = None  # seconds of the team's working time from the first offer to it
    before: Before | None = None  # what an undo goes back to
    rejection: Rejection | None = None
    back: Back | None = None  # it was rejected in the handoff before
    disputed: bool = False  # a second look was asked for, which is possible once

    @property
    def card(self) -> str:
        """What its present card is about: posted anew, an offer has another one."""
        return self.joined or own_card(self.id, self.cards)

    @property
    def ask(self) -> str:
        """What the direct message is about that asks `to`."""
        return self.asked_in or f"{self.id}|{self.to}"

    @property
    def is_shown(self) -> bool:
        """Whether it is known that its card was seen in Slack since it was offered."""
        return self.shown_at is not None and (self.wait is None or self.wait.since is not None)

    @property
    def card_began(self) -> datetime:
        return self.carded_at or self.offered_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A person at a company, and how far the handover has come."""

    id: str
    feed: str
    external_id: str | None
    state: State
    arrived_at: datetime
    occurred_at: datetime
    fields: Mapping[str, Value] = field(default_factory=dict)
    fields_at: Mapping[str, datetime] = field(default_factory=dict)
    owner: str | None = None
    contacted_at: datetime | None = None  # first contact in this handoff
    attempts: int = 0  # to reach the person in this handoff, without an answer
    spoke_at: datetime | None = None  # last contact in this handoff
    next_step_at: datetime | None = None  # what the owner has planned: until then nothing is stalled
    kept_because: tuple[str, ...] = ()  # why it is with marketing
    sent_back: bool = False  # by sales, or kept by marketing: facts alone do not bring it back
    returns_at: datetime | None = None
    hold: str | None = None  # the message it waits behind
    shelf: str | None = None  # the message that names it among those with marketing
    asked_while_closed: int = 0
    recycled_by: str | None = None  # who of marketing sends it again on its date ...
    recycled_to: str | None = None  # ... to this rep first
    followed_by: tuple[str, ...] = ()  # who of marketing wants to hear how this one goes
    erased_at: datetime | None = None  # the person was removed, and only what is counted is left
    handoff: Handoff | None = None

    def text(self, path: str) -> str:
        """A fact as words; empty where we have none."""
        value = self.fields.get(path)
        return "" if value is None else str(value)

    def shown(self, path: str) -> str:
        """A fact as a channel may see it: empty where it holds an e-mail address or a phone number."""
        text = self.text(path)
        return "" if _REACHES.search(text) else text

    @property
    def name(self) -> str:
        """Who it is, as well as we know: never a phone number or an e-mail address."""
        return self.shown("contact.name") or self.shown("contact.title") or "Somebody"

    @property
    def company(self) -> str:
        return self.shown("company.name") or self.text("company.domain")

    @property
    def called(self) -> str:
        """The lead in a few words: Pat Doe at Globex."""
        return f"{self.name} at {self.company}" if self.company else self.name

    @property
    def source(self) -> str:
        return self.text("source")

    @property
    def campaign(self) -> str:
        return self.text("campaign")
