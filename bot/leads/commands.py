"""What someone or something asks of a lead. `by` is a Slack user id.

A command names the facts its rule needs; whoever runs it reads them in the same transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from bot.arrivals import LeadArrival, Touch
from bot.leads.needs import NOTHING, Need
from bot.leads.snoozes import Grant as Grant  # noqa: PLC0414 - every command is found here
from bot.leads.snoozes import Snooze as Snooze  # noqa: PLC0414 - as above
from bot.leads.snoozes import StopReminding as StopReminding  # noqa: PLC0414 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive:
    """A feed tells of the lead, for the first time or again. `owner` was looked up: a Slack user id."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    arrival: LeadArrival
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """A touch is told of. `by` is who of us made it, where that is known."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    touch: Touch
    feed: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert:
    """A deal names the lead: it has grown into one. `owner` of the deal was looked up: a Slack user id."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    feed: str
    deal: str
    owner: str | None = None
    by: str | None = None  # who said so in Slack
    gave: str | None = None  # who had the deal until one of us gave it to `owner`


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The card of this handoff can be seen in Slack."""

    needs: ClassVar = NOTHING
    handoff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Offer a lead that waits behind one message; `by` is None where the day's share is offered."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Marketing keeps a lead that waits behind one message."""

    needs: ClassVar = frozenset({Need.TOUCHES})
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Marketing hands over a lead that did not pass the gate, and says why."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    needs: ClassVar = frozenset({Need.LOAD})
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Say no, with a reason; `not_mine` and `no_capacity` only pass the lead on.

    `answer` is the reply to the reason's second question in words; `until` a month for `not_now`;
    `colleague` a person for `not_mine`; `record` the lead that a `duplicate` is; `attempts` calls and messages.
    `hides`: [Not for me], which only takes an offer to all out of somebody's way.
    """

    needs: ClassVar = frozenset({Need.COLLEAGUE, Need.TEAM})
    by: str
    reason: str
    answer: str | None = None
    words: str | None = None
    until: datetime | None = None
    colleague: str | None = None
    record: str | None = None
    attempts: tuple[Touch, ...] = ()
    hides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    needs: ClassVar = NOTHING
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Take a lead on which a colleague passed."""

    needs: ClassVar = frozenset({Need.LOAD})
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """We have been in touch with the lead. `answers`: as it had asked for."""

    needs: ClassVar = NOTHING
    by: str
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """We tried to reach the lead and could not. `answers`: as it had asked for."""

    needs: ClassVar = NOTHING
    by: str
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandBack:
    """A good lead that somebody else should have: offered on, and no rejection. `reason` is a code of passing."""

    needs: ClassVar = frozenset({Need.TEAM})
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """The owner asks a colleague by name to go on with the lead."""

    needs: ClassVar = frozenset({Need.COLLEAGUE, Need.TEAM})
    by: str
    colleague: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """A manager makes somebody the owner, at once."""

    needs: ClassVar = frozenset({Need.COLLEAGUE, Need.HOLDER})
    by: str
    colleague: str
    cover_for: str | None = None  # who is away: it goes back to them when they return
    left_by: str | None = None  # who has left: what they looked after for somebody else is still that one's
    had: str | None = None  # who had it when this was asked, "" for nobody: taken meanwhile, it stays so


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOut:
    """A manager gives it to whose turn it is."""

    needs: ClassVar = frozenset({Need.TEAM, Need.HOLDER})
    by: str
    cover_for: str | None = None
    left_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Somebody is away or gone: what is offered to them alone is offered on."""

    needs: ClassVar = frozenset({Need.TEAM})
    whom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCover:
    """Somebody is back: what others looked after for them is theirs again. `stays`: they have left, and it is not."""

    needs: ClassVar = NOTHING
    whom: str
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FallBack:
    """The time to take what was handed on is over: it goes back to who had it."""

    needs: ClassVar = frozenset({Need.TEAM})
    offer: str  # of the handoff, by its number: a later one has a time of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInTurn:
    """Work begins for the first of those who take turns."""

    needs: ClassVar = frozenset({Need.TEAM})
    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    needs: ClassVar = frozenset({Need.TEAM})
    handoff: str  # it waits with the others of its company, on their newer card


@dataclass(frozen=True, slots=True, kw_only=True)
class Thank:
    """Marketing thanks for what a rejection told."""

    needs: ClassVar = NOTHING
    by: str
    rejection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Marketing wants to be told how this one goes."""

    needs: ClassVar = NOTHING
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Marketing asks the rep's manager to look again at a rejection; `words` say at what."""

    needs: ClassVar = frozenset({Need.TEAM})
    by: str
    rejection: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycle:
    """Marketing sends a rejected lead again: on a day, or now; to the rep who had it first, or to anyone."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    by: str
    rejection: str
    until: datetime | None = None
    same_rep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Revive:
    """The lead of a lost deal is sent to sales again, as after a rejection."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS, Need.LOSS})
    by: str
    deal: str
    until: datetime | None = None
    same_rep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew:
    """The contract of a customer ends on that day: their lead is offered anew."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    deal: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """Marketing corrects what a rep found wrong, and sends the lead back to them. `told` is facts by path."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})
    by: str
    rejection: str
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A manager answers a dispute: the rejection stands, or the lead goes back to the rep."""

    needs: ClassVar = frozenset({Need.TEAM})
    by: str
    rejection: str
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetStand:
    """The time to answer a dispute is over."""

    needs: ClassVar = NOTHING
    rejection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Marketing's time to answer a rejection is over."""

    needs: ClassVar = NOTHING
    rejection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A date has come: that the lead was sent back until, or of a meeting with it."""

    needs: ClassVar = frozenset({Need.TOUCHES, Need.OFFERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """The timer of a handoff that waits has fired: do what the ladder says is due."""

    needs: ClassVar = frozenset({Need.TEAM})
    handoff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The owner says when the next step is: until then nothing is stalled. A meeting agreed upon is a contact too."""

    needs: ClassVar = NOTHING
    by: str
    at: datetime
    meeting: bool = False
    on: date | None = None  # the day as it was chosen: work may begin later, and on another one in UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """The person is removed; what is counted stays. `asked`: somebody did, else the time for keeping is over."""

    needs: ClassVar = NOTHING
    asked: bool = False


Command = (
    Arrive
    | Hear
    | Convert
    | Shown
    | Release
    | Keep
    | HandOver
    | Accept
    | Reject
    | Undo
    | Take
    | Contact
    | NoAnswer
    | HandBack
    | HandOn
    | Give
    | ShareOut
    | Excuse
    | EndCover
    | FallBack
    | OfferInTurn
    | Join
    | Thank
    | Follow
    | Dispute
    | Recycle
    | Revive
    | Renew
    | Mend
    | Judge
    | LetStand
    | Lapse
    | Return
    | Rise
    | Snooze
    | StopReminding
    | Grant
    | Plan
    | Erase
)
