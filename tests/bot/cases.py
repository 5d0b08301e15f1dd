"""The cases of tests/bot/grid.txt: what is done to a lead in a state, by whom and when."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from bot.arrivals import Touch
from bot.leads.commands import (
    Accept,
    Arrive,
    Contact,
    Convert,
    EndCover,
    Excuse,
    FallBack,
    Give,
    Grant,
    HandBack,
    HandOn,
    HandOver,
    Hear,
    Keep,
    Lapse,
    NoAnswer,
    OfferInTurn,
    Plan,
    Reject,
    Release,
    Return,
    Rise,
    ShareOut,
    Shown,
    Snooze,
    Take,
    Thank,
    Undo,
)
from bot.leads.decision import Decision, with_handoff
from bot.leads.lead import Back, Lead, State
from bot.leads.transitions import decide
from bot.leads.wait import Rung, Stage, Wait
from tests.bot.answers import ANSWERS, SOON, USUAL_ANSWERS, Case, last_rejection, on
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
    closed,
    disputed,
    does,
    facts,
    rejected,
    sent_back,
    told,
    touched,
    working,
)

FULL: Final[dict[str, Any]] = {"offers": 20}
ELSEWHERE: Final[dict[str, Any]] = {"owner": "UBEN", "status": "accepted"}


def _asks(lead: Lead, **changes: Any) -> Decision:
    asked_at = changes.pop("at", SOON)
    return does(lead, _hear("demo_request", asked_at), SOON, **changes)


def _hear(kind: str, at: Any = SOON, by: str | None = None) -> Hear:
    return Hear(touch=touched(kind, at), feed="crm", by=by)


def _news(lead: Lead, **changes: Any) -> Decision:
    """The feed tells of the lead again, with this in it."""
    offers = changes.pop("offers", 0)
    return does(lead, arrives(told(SOON, **changes)), SOON, offers=offers)


def _first(_lead: Lead, **changes: Any) -> Decision:
    offers, at = changes.pop("offers", 0), changes.pop("at", NOW)
    return does(blank(at), arrives(told(at, **changes)), offers=offers)


def _only_an_id(_lead: Lead) -> Decision:
    return does(blank(), arrives(replace(told(), fields={})))


def _disqualified(lead: Lead) -> Decision:
    return _asks(lead, agreement=agreement(leads={"disqualify": {"countries": ["GB"]}}))


def _after(reason: str, then: Case) -> Case:
    """The case for a lead that was rejected, or is closed, for this reason."""
    made = {State.CLOSED: closed, State.DISPUTED: disputed}
    return lambda lead: then(made.get(lead.state, rejected)(reason))


def _undo(lead: Lead, by: str = "UAMY", at: Any = SOON) -> Decision:
    return does(lead, Undo(by=by), at)


def _reject(lead: Lead, reason: str = "no_budget", by: str = "UAMY", **answers: Any) -> Decision:
    return does(lead, Reject(by=by, reason=reason, **answers), SOON)


def _take(lead: Lead, at: Any = SOON, **changes: Any) -> Decision:
    return does(lead, Take(by="UBEN"), at, **changes)


def _lapse(lead: Lead, rejection: str = "") -> Decision:
    return does(lead, Lapse(rejection=rejection or last_rejection(lead)), NOW + 8 * DAY)


def _hand_over(lead: Lead, by: str = "UEVA", note: str = "She called me.") -> Decision:
    return does(lead, HandOver(by=by, note=note), SOON)


def _hand_back(lead: Lead, by: str = "UAMY", reason: str = "load") -> Decision:
    return does(lead, HandBack(by=by, reason=reason), SOON)


def _hand_on(lead: Lead, by: str = "UAMY", to: str = "UBEN", note: str = "She wants a demo.") -> Decision:
    return does(lead, HandOn(by=by, colleague=to, note=note), SOON)


def _give(lead: Lead, by: str = "UHAL", to: str = "UBEN") -> Decision:
    return does(lead, Give(by=by, colleague=to), SOON)


def _end_cover(lead: Lead, whom: str = "UAMY") -> Decision:
    return does(lead, EndCover(whom=whom), NOW + 3 * DAY)


def _asked_whose(lead: Lead) -> Lead:
    """Its first contact is late, or that after a new question of the lead, and the manager was told."""
    wait = Wait(stage=Stage.CONTACT, since=NOW, sent=(Rung.FIRST_CONTACT, Rung.STILL_YOURS))
    return with_handoff(lead, wait=wait)


def _covered(make: Callable[[], Lead] = accepted) -> Lead:
    return does(make(), Give(by="UHAL", colleague="UBEN", cover_for="UAMY"), SOON).lead


def _fall_back(lead: Lead, number: int = 2) -> Decision:
    return does(lead, FallBack(offer=f"{lead.id}-1#{number}"), NOW + 3 * DAY)


def _handed_on(make: Callable[[], Lead] = accepted) -> Lead:
    return _hand_on(make()).lead


def _handed_on_twice() -> Lead:
    return _hand_on(_fall_back(_handed_on()).lead, to="UCHI").lead


def _given() -> Lead:
    return _give(accepted()).lead


def _thank(lead: Lead, by: str = "UEVA", rejection: str = "") -> Decision:
    return does(lead, Thank(by=by, rejection=rejection or last_rejection(lead)), SOON)


def _return(lead: Lead, days: int = 61, offers: int = 0) -> Decision:
    return does(lead, Return(), NOW + days * DAY, offers=offers)


def _meets(lead: Lead) -> Decision:
    meeting = Touch(kind="meeting", at=NOW + 2 * DAY, by="UAMY")
    return does(lead, Return(), NOW + 3 * DAY, touches=(meeting,))


def _stirs(lead: Lead, offers: int = 0) -> Decision:
    at = NOW + 200 * DAY
    return does(lead, _hear("pricing_page", at), at, offers=offers)


def _tried() -> Lead:
    return does(accepted(), NoAnswer(by="UAMY"), NOW + 6 * MINUTE).lead


def _moved_elsewhere() -> Lead:
    return _news(accepted(), **ELSEWHERE).lead


def _held_again() -> Lead:
    return _return(sent_back("not_now"), offers=20).lead


def _taken_back() -> Lead:
    return _undo(rejected()).lead


def _for_the_third_time() -> Lead:
    lead = rejected()
    assert lead.handoff is not None
    back = Back(at=NOW, by="UAMY", reason="no_budget", times=2)
    return replace(lead, handoff=replace(lead.handoff, back=back))


USUAL: Final[Mapping[type, Case]] = {
    Arrive: partial(_news, contact__title="Chief Operations Officer", contact__email="", contact__phone=""),
    Hear: lambda lead: does(lead, _hear("pricing_page"), SOON),
    Convert: lambda lead: does(lead, Convert(feed="crm", deal="opp-7", owner="UBEN"), SOON),
    Shown: lambda lead: does(lead, Shown(handoff=f"{lead.id}-1"), SOON),
    HandOver: _hand_over,
    Accept: lambda lead: does(lead, Accept(by="UBEN"), SOON),
    Reject: _reject,
    Undo: _undo,
    Take: _take,
    Contact: lambda lead: does(lead, Contact(by="UAMY"), SOON),
    NoAnswer: lambda lead: does(lead, NoAnswer(by="UAMY"), SOON),
    HandBack: _hand_back,
    HandOn: _hand_on,
    Give: _give,
    EndCover: _end_cover,
    Excuse: lambda lead: does(lead, Excuse(whom="UBEN"), SOON),
    ShareOut: lambda lead: does(lead, ShareOut(by="UHAL"), SOON, team=TEAM),
    FallBack: _fall_back,
    OfferInTurn: lambda lead: does(lead, OfferInTurn(offer=f"{lead.id}-1#1"), SOON),
    Thank: _thank,
    **USUAL_ANSWERS,
    Lapse: _lapse,
    Return: _return,
    Rise: lambda lead: does(lead, Rise(handoff=f"{lead.id}-1"), NOW + 30 * DAY, team=TEAM),
    Snooze: lambda lead: does(lead, Snooze(by="UAMY", until=SOON + 30 * MINUTE), SOON),
    Plan: lambda lead: does(lead, Plan(by="UAMY", at=NOW + 7 * DAY), SOON),
}

_ARRIVES_ASKING: Final = partial(_news, source="demo_request")
_BEFORE: Final = NOW - 2 * HOUR

# By command and case; where only some states know a case by these words, it is meant for them.
CASES: Final[Mapping[tuple[str, str], Case]] = {
    ("Arrive", "first: ready for sales"): _first,
    ("Arrive", "first: nothing is known but an id"): _only_an_id,
    ("Arrive", "first: no e-mail and no phone"): partial(_first, contact__email="", contact__phone=""),
    ("Arrive", "first: older than 7 days"): partial(_first, at=NOW - 8 * DAY),
    ("Arrive", "first: the 21st in ten minutes"): partial(_first, offers=20),
    ("Arrive", "first: the 21st in ten minutes, but asks for us"): partial(
        _first, offers=20, source="contact_us"
    ),
    ("Arrive", "first: owned elsewhere"): partial(_first, owner="UBEN"),
    ("Arrive", "first: contacted elsewhere"): partial(_first, owner="UBEN", status="working"),
    ("Arrive", "first: rejected elsewhere"): partial(_first, status="rejected", reason="no_need"),
    ("Arrive", "first: rejected elsewhere as spam"): partial(_first, status="rejected", reason="spam"),
    ("Arrive", "first: kept with marketing elsewhere"): partial(_first, status="nurture"),
    ("Arrive", "first: closed elsewhere"): partial(_first, status="closed"),
    ("Arrive", "first: has a deal elsewhere"): partial(_first, owner="UBEN", status="converted"),
    ("Arrive", "can be reached now"): _news,
    ("Arrive", "can be reached now, but the channel is full"): partial(_news, **FULL),
    ("Arrive", "owned elsewhere"): partial(_news, **ELSEWHERE),
    ("Arrive", "owned by another elsewhere"): partial(_news, **ELSEWHERE),
    ("Arrive", "taken by somebody elsewhere"): partial(_news, **ELSEWHERE),
    ("Arrive", "contacted elsewhere"): partial(_news, owner="UBEN", status="working"),
    ("Arrive", "rejected elsewhere"): partial(_news, status="rejected", reason="no_budget"),
    ("Arrive", "the other system says so too"): partial(_news, status="rejected", reason="no_budget"),
    ("Arrive", "passed to somebody else elsewhere"): partial(_news, status="rejected", reason="not_mine"),
    ("Arrive", "closed elsewhere"): partial(_news, status="closed"),
    ("Arrive", "has a deal elsewhere"): partial(_news, owner="UBEN", status="converted"),
    ("Arrive", "asks for us"): _ARRIVES_ASKING,
    ("Arrive", 'asks for us, after "spam"'): _after("spam", _ARRIVES_ASKING),
    ("Arrive", 'asks for us, after "not our kind of customer"'): _after("not_icp", _ARRIVES_ASKING),
    ("Convert", "by a deal of nobody here"): lambda lead: does(lead, Convert(feed="crm", deal="opp-7"), SOON),
    ("Hear", "asks for us"): _asks,
    ("Hear", 'asks for us, after "not our kind of customer"'): _after("not_icp", _asks),
    ("Hear", "asks for us, but is disqualified by now"): _disqualified,
    ("Hear", "asked for us before it was offered, told late"): partial(_asks, at=_BEFORE),
    ("Grant", "the owner was asked whether it is still theirs"): lambda lead: does(
        _asked_whose(lead), Grant(by="UHAL"), SOON, team=TEAM
    ),
    ("Plan", "a meeting agreed on"): lambda lead: does(
        lead, Plan(by="UAMY", at=NOW + 7 * DAY, meeting=True), SOON
    ),
    ("Hear", "sent back; a visit of our pages"): on(sent_back, USUAL[Hear]),
    ("Hear", "sent back; asks for us"): on(sent_back, _asks),
    ("Hear", "sent back; its days are over, a visit of our pages"): on(sent_back, _stirs),
    ("Hear", "sent back; its days are over, the channel is full"): on(sent_back, partial(_stirs, offers=20)),
    ("Hear", "one of us called"): lambda lead: does(lead, _hear("call", by="UAMY"), SOON),
    ("Hear", "one of us tried in vain"): lambda lead: does(lead, _hear("no_answer", by="UAMY"), SOON),
    ("Release", "the day's share"): lambda lead: does(lead, Release(by=None), SOON),
    ("Release", "by somebody who is no marketer"): lambda lead: does(lead, Release(by="UAMY"), SOON),
    ("Keep", "by somebody who is no marketer"): lambda lead: does(lead, Keep(by="UAMY"), SOON),
    ("HandOver", "without a word why"): partial(_hand_over, note=" "),
    ("HandOver", "by somebody who is no marketer"): partial(_hand_over, by="UAMY"),
    ("Accept", "by who takes no leads here"): lambda lead: does(lead, Accept(by="UEVA"), SOON),
    ("Accept", "by a rep with too many uncontacted leads"): lambda lead: does(
        lead, Accept(by="UBEN"), SOON, load=3, agreement=agreement(leads={"cap": 3})
    ),
    ("Accept", "by a person Slack has not told us about"): lambda lead: decide(
        lead, Accept(by="UBEN"), facts(SOON)
    ),
    ("Accept", "by its owner"): lambda lead: does(lead, Accept(by="UAMY"), SOON),
    ("Reject", "without a reason"): partial(_reject, reason=""),
    ("Reject", "by who takes no leads here"): partial(_reject, by="UEVA"),
    ("Reject", "by a colleague"): partial(_reject, by="UBEN"),
    ("Reject", "by a manager"): partial(_reject, by="UHAL"),
    ("Reject", '"not mine"'): partial(_reject, reason="not_mine"),
    ("Reject", '"not mine", of somebody who takes no leads'): partial(
        _reject, reason="not_mine", colleague="UEVA"
    ),
    ("Reject", '"I cannot take it now"'): partial(_reject, reason="no_capacity"),
    ("Reject", '"other" in a word'): partial(_reject, reason="other", words="No."),
    ("Reject", '"unreachable" after one attempt'): partial(
        _reject, reason="unreachable", attempts=(touched("no_answer"),)
    ),
    ("Reject", '"not now" with no month'): partial(_reject, reason="not_now"),
    ("Accept", "handed on to a colleague, by them"): on(
        _handed_on, lambda lead: does(lead, Accept(by="UBEN"), SOON)
    ),
    ("Accept", "handed on to a colleague, by another"): on(
        _handed_on, lambda lead: does(lead, Accept(by="UCHI"), SOON)
    ),
    ("Reject", "handed on to a colleague, who cannot take it now"): on(
        _handed_on, partial(_reject, reason="no_capacity", by="UBEN")
    ),
    ("Reject", 'handed on after a contact, "not mine"'): on(
        partial(_handed_on, working), partial(_reject, reason="not_mine", by="UBEN")
    ),
    ("Reject", "handed on to a colleague, by another"): on(_handed_on, partial(_reject, by="UCHI")),
    ("Reject", "handed on to a colleague, who has no need of it"): on(
        _handed_on, partial(_reject, reason="no_need", by="UBEN")
    ),
    ("FallBack", "handed on, its time is over"): on(_handed_on, _fall_back),
    ("FallBack", "handed on after a contact, its time is over"): on(partial(_handed_on, working), _fall_back),
    ("FallBack", "handed on, its time is over, handed on once more"): on(_handed_on_twice, _fall_back),
    ("EndCover", "looked after by a colleague"): on(_covered, _end_cover),
    ("EndCover", "looked after by a colleague who has been in touch"): on(
        partial(_covered, working), _end_cover
    ),
    ("Excuse", "handed on to who is away now"): on(
        _handed_on, lambda lead: does(lead, Excuse(whom="UBEN"), SOON)
    ),
    ("Excuse", "handed on after a contact to who is away now"): on(
        partial(_handed_on, working), lambda lead: does(lead, Excuse(whom="UBEN"), SOON)
    ),
    ("ShareOut", "by a rep"): lambda lead: does(lead, ShareOut(by="UAMY"), SOON),
    ("Give", "by a rep"): partial(_give, by="UAMY"),
    ("Give", "to somebody who takes no leads"): partial(_give, to="UEVA"),
    ("Give", "to nobody"): partial(_give, to=""),
    ("Give", "to who has it"): partial(_give, to="UAMY"),
    ("HandBack", "by a manager"): partial(_hand_back, by="UHAL"),
    ("HandBack", "by a colleague"): partial(_hand_back, by="UBEN"),
    ("HandBack", "without a reason"): partial(_hand_back, reason=""),
    ("HandBack", "given by a manager"): on(_given, partial(_hand_back, by="UBEN")),
    ("HandOn", "to themselves"): partial(_hand_on, to="UAMY"),
    ("HandOn", "without a line"): partial(_hand_on, note=" "),
    ("HandOn", "to somebody who takes no leads"): partial(_hand_on, to="UEVA"),
    ("HandOn", "by a colleague"): partial(_hand_on, by="UBEN"),
    ("Undo", "given by a manager"): on(_given, partial(_undo, by="UHAL")),
    ("Undo", "by a colleague"): partial(_undo, by="UBEN"),
    ("Undo", "after twenty minutes"): partial(_undo, at=NOW + 40 * MINUTE),
    ("Undo", "after an attempt to reach them"): on(_tried, _undo),
    ("Undo", "owned by another elsewhere since"): on(_moved_elsewhere, _undo),
    ("Undo", "a colleague had said no before"): on(
        lambda: does(rejected(), Take(by="UBEN"), SOON).lead, partial(_undo, by="UBEN")
    ),
    ("Undo", "it was accepted before"): on(partial(rejected, after=accepted), _undo),
    ("Undo", "it was in work before"): on(partial(rejected, after=working), _undo),
    ("Undo", "rejected elsewhere"): on(
        lambda: _news(accepted(), owner="UAMY", status="rejected").lead, _undo
    ),
    ("Take", "at the end of the next working day"): partial(_take, at=NOW.replace(day=24, hour=17)),
    ("Take", "the day after that"): partial(_take, at=NOW.replace(day=25)),
    ("Take", "by a rep with too many uncontacted leads"): partial(
        _take, load=3, agreement=agreement(leads={"cap": 3})
    ),
    ("Contact", "by a colleague"): lambda lead: does(lead, Contact(by="UBEN"), SOON),
    ("NoAnswer", "by a colleague"): lambda lead: does(lead, NoAnswer(by="UBEN"), SOON),
    ("Thank", "sent back"): on(sent_back, _thank),
    ("Thank", "sent back, and held on its way to sales again"): on(_held_again, _thank),
    ("Thank", "taken back by then"): on(_taken_back, _thank),
    ("Thank", "for an older rejection"): partial(_thank, rejection="1ead-1r0"),
    ("Thank", "by somebody who is no marketer"): partial(_thank, by="UAMY"),
    **ANSWERS,
    ("Lapse", "of an older rejection"): partial(_lapse, rejection="1ead-1r0"),
    ("Lapse", '"not our kind of customer"'): on(partial(rejected, "not_icp"), _lapse),
    ("Lapse", '"no budget" for the third time'): on(_for_the_third_time, _lapse),
    ("Return", "sent back for a date that has come"): on(partial(sent_back, "not_now"), _return),
    ("Return", "sent back for a date that is still to come"): on(
        partial(sent_back, "not_now"), partial(_return, days=59)
    ),
    ("Return", "sent back for a date, the channel is full"): on(
        partial(sent_back, "not_now"), partial(_return, offers=20)
    ),
    ("Return", "a meeting with it has taken place"): _meets,
    ("Return", "its date has come"): on(partial(rejected, "not_now"), _return),
    ("Return", "its date has come, the channel is full"): on(
        partial(rejected, "not_now"), partial(_return, offers=20)
    ),
}
