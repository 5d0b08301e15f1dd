"""What must happen later: each is a plain record, stored with the change that caused it.

Jobs carry names, never content: whoever runs a job reads the present state, so a job that runs twice,
late, or out of order does no harm. Never rename a kind or a field: they are kept in databases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from bot.out.sending import SendEvent
from bot.retros.jobs import AskBack as AskBack  # noqa: PLC0414 - every kind of job is found here
from bot.retros.jobs import FollowDeal as FollowDeal  # noqa: PLC0414 - as above
from bot.retros.jobs import ReadReplies as ReadReplies  # noqa: PLC0414 - as above
from bot.retros.jobs import RenewDeal as RenewDeal  # noqa: PLC0414 - as above
from bot.retros.jobs import TendRetro as TendRetro  # noqa: PLC0414 - as above
from bot.sights import Sight as Sight  # noqa: PLC0414 - a job and what it shows are imported together


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Make Slack show this: post it if it is not there yet, else bring it up to date."""

    kind: ClassVar = "show"
    sight: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redraw:
    """Bring what is there already up to date; post nothing."""

    kind: ClassVar = "redraw"
    sight: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """Redraw although we believe that it is up to date: somebody clicked on an old copy of it."""

    kind: ClassVar = "refresh"
    sight: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPicture:
    """Draw the picture of this message and hand it to Slack; then the message is shown with it."""

    kind: ClassVar = "draw_picture"
    sight: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFile:
    """Have Slack delete this file of ours: no message shows it any more."""

    kind: ClassVar = "remove_file"
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteShown:
    """Tell the lead that its card can be seen: its clock starts."""

    kind: ClassVar = "note_shown"
    lead: str
    handoff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRejection:
    """The time in which marketing could answer is over: the rejected lead goes where its reason sends it."""

    kind: ClassVar = "lapse_rejection"
    lead: str
    rejection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDispute:
    """No manager has answered a dispute in time: the rejection stands."""

    kind: ClassVar = "end_dispute"
    lead: str
    rejection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLead:
    """A date has come: that a lead was sent back until, or of a meeting with it."""

    kind: ClassVar = "return_lead"
    lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferNext:
    """Work begins: offer the lead to the rep whose turn it is."""

    kind: ClassVar = "offer_next"
    lead: str
    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowCard:
    """Another lead of its company waits on a newer card: this one goes there too, if it waits still."""

    kind: ClassVar = "follow_card"
    lead: str
    handoff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndHandOn:
    """A colleague has not taken what was handed on to them: it goes back."""

    kind: ClassVar = "end_hand_on"
    lead: str
    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHeld:
    """Offer the day's share of the leads that wait behind one message."""

    kind: ClassVar = "release_held"
    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHeld:
    """Hand the leads that wait behind one message back to marketing, some at a time."""

    kind: ClassVar = "keep_held"
    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """The timer of a handoff that waits: see which rung of the ladder is due."""

    kind: ClassVar = "climb"
    lead: str
    handoff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Tell a person what they are to be reminded of, together."""

    kind: ClassVar = "gather"
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Something has happened to a handoff: every reminder of it shows so. `by`: who acted; empty: nobody did."""

    kind: ClassVar = "settle"
    handoff: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attend:
    """Somebody's hours changed, or their absence begins or ends: see to what is open with them."""

    kind: ClassVar = "attend"
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeLadders:
    """Hours or a pause have changed: look anew at what waits on this person, or on this team; `after` goes on."""

    kind: ClassVar = "wake_ladders"
    person: str = ""
    team: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAll:
    """What is open with somebody who is away or gone is shared out; `by` said so."""

    kind: ClassVar = "share_all"
    person: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAll:
    """What is open with somebody who is away or gone goes to a colleague; `by` said so."""

    kind: ClassVar = "give_all"
    person: str
    to: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDigests:
    """This week's digests: each reader's, at their time; `after` goes on behind that reader."""

    kind: ClassVar = "plan_digests"
    week: str
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnPeople:
    """Read from Slack who is in the workspace, a page at a time."""

    kind: ClassVar = "learn_people"
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryQuarantine:
    """Read again what made no sense, some at a time: under other settings it may."""

    kind: ClassVar = "retry_quarantine"
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFile:
    """A file that somebody dropped: look at it, or bring it in, as it stands."""

    kind: ClassVar = "take_file"
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindFiles:
    """Look for files that were dropped while nobody told us: those from `since` on, a moment with its zone."""

    kind: ClassVar = "find_files"
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnMembers:
    """Read from Slack who is in a channel."""

    kind: ClassVar = "learn_members"
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawHome:
    """Bring one person's Home up to date, if they have opened it."""

    kind: ClassVar = "draw_home"
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawHomes:
    """Something has changed that many may see: bring every Home up to date that is looked at."""

    kind: ClassVar = "draw_homes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBundles:
    """Today's messages to those who own campaigns."""

    kind: ClassVar = "plan_bundles"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePeriods:
    """Keep the figures of the periods that ended two weeks ago."""

    kind: ClassVar = "freeze_periods"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOld:
    """Clear what has been kept long enough: deliveries seen, jobs that failed."""

    kind: ClassVar = "forget_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRetention:
    """Remove the people who were kept as long as the agreement allows, some at a time."""

    kind: ClassVar = "end_retention"


Job = (
    Show
    | Redraw
    | Refresh
    | DrawPicture
    | RemoveFile
    | NoteShown
    | LapseRejection
    | EndDispute
    | ReturnLead
    | OfferNext
    | FollowCard
    | EndHandOn
    | ReleaseHeld
    | KeepHeld
    | Climb
    | Gather
    | Settle
    | Attend
    | WakeLadders
    | ShareAll
    | GiveAll
    | PlanDigests
    | LearnPeople
    | LearnMembers
    | TakeFile
    | FindFiles
    | RetryQuarantine
    | FollowDeal
    | RenewDeal
    | TendRetro
    | AskBack
    | ReadReplies
    | DrawHome
    | DrawHomes
    | FreezePeriods
    | PlanBundles
    | SendEvent
    | ForgetOld
    | EndRetention
)
KINDS: Final[Mapping[str, type[Job]]] = {kind.kind: kind for kind in Job.__args__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A job and the moment from which it may run.

    `lane` carries order and pace: the channel for what is posted, else the job's kind. Of the jobs that
    wait under one `key` there is only one, due at the earliest moment asked for; equal jobs share a key
    unless `key` says otherwise.
    """

    job: Job
    at: datetime
    lane: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if not self.lane:
            object.__setattr__(self, "lane", self.job.kind)
        if not self.key:
            object.__setattr__(
                self,
                "key",
                ":".join([self.job.kind, *(getattr(self.job, name) for name in self.job.__slots__)]),
            )


def to_person(about: str, person: str) -> str:
    """What a direct message is about: the same thing, told to different people, is different messages."""
    return f"{about}|{person}"


def show(sight: Sight, about: str, at: datetime, *, channel: str) -> Due:
    """Post in `channel`, in its turn."""
    return Due(job=Show(sight=sight, about=about), at=at, lane=f"post:{channel}")


def draw_home(person: str, at: datetime) -> Due:
    """In a lane of their own: one slow answer holds up nobody else's."""
    return Due(job=DrawHome(person=person), at=at, lane=f"home:{person}")


def redraw(sight: Sight, about: str, at: datetime, *, channel: str, key: str = "") -> Due:
    """Update what stands in `channel`; it does not wait behind that channel's posts."""
    return Due(job=Redraw(sight=sight, about=about), at=at, lane=f"redraw:{channel}", key=key)


def climb(lead: str, handoff: str, at: datetime) -> Due:
    """Look at that moment, or before, which rung of the ladder is due: of a handoff's timers there is one."""
    return Due(job=Climb(lead=lead, handoff=handoff), at=at, key=f"climb:{handoff}")


def refresh(sight: Sight, about: str, at: datetime, *, channel: str) -> Due:
    return Due(job=Refresh(sight=sight, about=about), at=at, lane=f"redraw:{channel}")
