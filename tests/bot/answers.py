"""Marketing answers a rejection, a manager a second look: the cases of tests/bot/grid.txt, and what is shown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from bot import asking, bundles, campaigns, disputes, erasing, recycling, voices
from bot.asking import Asked
from bot.blocks import Message
from bot.cards import Sighted, lead_card
from bot.feedback import Standing
from bot.intake.values import clean
from bot.leads.commands import (
    Accept,
    Dispute,
    Erase,
    Follow,
    Grant,
    Join,
    Judge,
    Keep,
    Lapse,
    LetStand,
    Mend,
    Recycle,
    Reject,
    Release,
    Renew,
    Return,
    Revive,
    StopReminding,
    Take,
    Undo,
)
from bot.leads.decision import Decision
from bot.leads.lead import Back, Disputed, Handoff, Lead, Loss, Rejection, Whose
from tests.bot.examples import ACME, DAY, HOUR, MINUTE, NOW, TEAM, disputed, does, rejected, sent_back, team

Case = Callable[[Lead], Decision]
SOON: Final = NOW + 15 * MINUTE


def last_rejection(lead: Lead) -> str:
    known = None if lead.handoff is None else lead.handoff.rejection
    return known.id if known else f"{lead.id}-1r1"


def on(make: Callable[[], Lead], then: Case) -> Case:
    """The case for a lead that came to its state in this way."""
    return lambda _lead: then(make())


def _dispute(lead: Lead, by: str = "UEVA", rejection: str = "", **changes: Any) -> Decision:
    command = Dispute(by=by, rejection=rejection or last_rejection(lead), words="She has a budget.")
    return does(lead, command, changes.pop("at", SOON), **{"team": TEAM, **changes})


def recycle(lead: Lead, days: int = 0, by: str = "UEVA", rejection: str = "", **changes: Any) -> Decision:
    until = NOW + days * DAY if days else None
    command = Recycle(by=by, rejection=rejection or last_rejection(lead), until=until, **changes)
    return does(lead, command, SOON)


def revive(lead: Lead, days: int = 0, by: str = "UEVA", *, lost: bool = True, **changes: Any) -> Decision:
    command = Revive(by=by, deal="deal-7", until=NOW + days * DAY if days else None, **changes)
    return does(lead, command, SOON, lost=Loss(at=NOW - 3 * DAY) if lost else None)


def mend(lead: Lead, by: str = "UEVA", rejection: str = "", phone: str = "+442079460001") -> Decision:
    command = Mend(by=by, rejection=rejection or last_rejection(lead), told=(("contact.phone", phone),))
    return does(lead, command, SOON)


def _judge(lead: Lead, by: str = "UHAL", *, stands: bool = True, rejection: str = "") -> Decision:
    command = Judge(by=by, rejection=rejection or last_rejection(lead), stands=stands)
    return does(lead, command, SOON + HOUR, team=TEAM)


def _let_stand(lead: Lead, rejection: str = "") -> Decision:
    return does(lead, LetStand(rejection=rejection or last_rejection(lead)), NOW + 3 * DAY)


def _judged(*, stands: bool) -> Lead:
    return _judge(disputed(), stands=stands).lead


def _rejected_after_a_second_look() -> Lead:
    return does(_judged(stands=False), Reject(by="UAMY", reason="no_budget"), SOON).lead


def _sent_again_and_accepted() -> Lead:
    return does(recycle(rejected()).lead, Accept(by="UAMY"), SOON + MINUTE).lead


def _come_back(lead: Lead) -> Decision:
    return does(lead, Return(), NOW + 31 * DAY)


def _taken_back() -> Lead:
    return _undo(rejected()).lead


def _undo(lead: Lead) -> Decision:
    return does(lead, Undo(by="UAMY"), SOON)


def _take(lead: Lead) -> Decision:
    return does(lead, Take(by="UBEN"), SOON)


def _lapse(lead: Lead) -> Decision:
    return does(lead, Lapse(rejection=last_rejection(lead)), NOW + 8 * DAY)


USUAL_ANSWERS: Final[Mapping[type, Case]] = {
    Follow: lambda lead: does(lead, Follow(by="UEVA"), SOON),
    Dispute: _dispute,
    Judge: _judge,
    Recycle: recycle,
    Revive: revive,
    Renew: lambda lead: does(lead, Renew(deal="deal-7", ends=NOW + 90 * DAY), SOON),
    Mend: mend,
    LetStand: _let_stand,
    Release: lambda lead: does(lead, Release(by="UEVA"), SOON),
    Keep: lambda lead: does(lead, Keep(by="UEVA"), SOON),
    Join: lambda lead: does(lead, Join(handoff=f"{lead.id}-1"), SOON),
    StopReminding: lambda lead: does(lead, StopReminding(by="UAMY"), SOON),
    Grant: lambda lead: does(lead, Grant(by="UHAL"), SOON, team=TEAM),
    Erase: lambda lead: does(lead, Erase(asked=True), SOON),
}
ANSWERS: Final[Mapping[tuple[str, str], Case]] = {
    ("Follow", "by somebody who is no marketer"): lambda lead: does(lead, Follow(by="UAMY"), SOON),
    ("Follow", "twice"): lambda lead: does(does(lead, Follow(by="UEVA")).lead, Follow(by="UEVA"), SOON),
    ("Dispute", "by somebody who is no marketer"): partial(_dispute, by="UAMY"),
    ("Dispute", "of an older rejection"): partial(_dispute, rejection="1ead-1r0"),
    ("Dispute", "a reason that does not count"): on(partial(rejected, "not_now"), _dispute),
    ("Dispute", "taken back by then"): on(_taken_back, _dispute),
    ("Dispute", "after five working days"): partial(_dispute, at=NOW + 8 * DAY),
    ("Dispute", "nobody is there who could judge"): partial(_dispute, team=team(managers=())),
    ("Dispute", "by the only manager"): partial(_dispute, by="UHAL"),
    ("Dispute", "it was asked for and stands"): on(partial(_judged, stands=True), _dispute),
    ("Dispute", "it was asked for in this handoff before"): on(_rejected_after_a_second_look, _dispute),
    ("Judge", "back to the rep"): partial(_judge, stands=False),
    ("Judge", "by the rep"): partial(_judge, by="UAMY"),
    ("Judge", "by who asked"): partial(_judge, by="UEVA"),
    ("Judge", "of an older rejection"): partial(_judge, rejection="1ead-1r0"),
    ("Judge", "it stands already"): on(partial(_judged, stands=True), _judge),
    ("Judge", "it is back with the rep already"): on(
        partial(_judged, stands=False), partial(_judge, rejection="1ead-1r1")
    ),
    ("Recycle", "to a date"): partial(recycle, days=30),
    ("Recycle", "to a day that has passed"): partial(recycle, days=-3),
    ("Recycle", "by somebody who is no marketer"): partial(recycle, by="UAMY"),
    ("Recycle", "of an older rejection"): partial(recycle, rejection="1ead-1r0"),
    ("Recycle", "sent back by sales"): on(sent_back, recycle),
    ("Recycle", "sent back by sales, to a date"): on(sent_back, partial(recycle, days=30)),
    ("Recycle", "sent again and accepted meanwhile"): on(_sent_again_and_accepted, recycle),
    ("Revive", "to a date"): partial(revive, days=30),
    ("Revive", "to a day that has passed"): partial(revive, days=-3),
    ("Revive", "by somebody who is no marketer"): partial(revive, by="UAMY"),
    ("Revive", "of its deals one is open or won"): partial(revive, lost=False),
    ("Revive", "to whose turn it is"): partial(revive, same_rep=False),
    ("Mend", "contact data wrong"): on(partial(rejected, "bad_data"), mend),
    ("Mend", "contact data wrong, and nothing is corrected"): on(
        partial(rejected, "bad_data"), partial(mend, phone="")
    ),
    ("Mend", "contact data wrong, five days ago"): on(partial(sent_back, "bad_data"), mend),
    ("Mend", "wrong person"): on(partial(rejected, "wrong_person"), mend),
    ("Mend", "by somebody who is no marketer"): on(partial(rejected, "bad_data"), partial(mend, by="UAMY")),
    ("Return", "marketing chose the day, and it has come"): on(
        lambda: recycle(sent_back(), days=30).lead, _come_back
    ),
    ("LetStand", "of an older rejection"): partial(_let_stand, rejection="1ead-1r0"),
    ("Undo", "it was disputed and stands"): on(partial(_judged, stands=True), _undo),
    ("Take", "it was disputed and stands"): on(partial(_judged, stands=True), _take),
    ("Lapse", "it was disputed and stands"): on(partial(_judged, stands=True), _lapse),
}


def disputes_of(no: Rejection) -> Iterator[Rejection]:
    """The rejection with marketing's words about it, in each state of a second look."""
    asked = Disputed(at=NOW, by="UEVA", words=no.words, whom=("UHAL",))
    yield replace(no, dispute=asked)
    yield replace(no, dispute=replace(asked, stands=True, answered_at=NOW))
    yield replace(no, dispute=replace(asked, stands=True, answered_at=NOW, answered_by="UHAL"))
    overturned = replace(asked, stands=False, answered_at=NOW, answered_by="UHAL")
    yield replace(no, dispute=overturned, taken_back_at=NOW, taken_back_by="UHAL")


def about_campaigns(line: str, words: str) -> Iterator[Message]:
    """What marketing says of a campaign, and how it stands."""
    counts = Standing(handed_over=9, accepted=3, waiting=2, rejected={"spam": 3, "no_need": 1})
    told = campaigns.Campaign(line=line, owner="UEVA", starts=NOW.date(), for_sales=words[:150] or None)
    seen = [campaigns.Seen(campaign=told, standing=counts)] * campaigns.MOST_SHOWN
    yield campaigns.campaigns_note(seen, 3, lambda _: words, ACME)
    yield campaigns.campaigns_note((), 0, lambda _: words, ACME)
    yield campaigns.campaigns_note((), 0, lambda _: words, ACME, words)
    said = voices.Voice(at=NOW, by="UEVA", kind="wish", theme=words[:60], words=words, called=words)
    yield voices.voices_note(words, [said] * voices.MOST_SHOWN, 3, lambda _: words)
    noes = [bundles.No(called=words or "Somebody", reason="no_need", words=words or None)] * 9
    rows = [bundles.Row(line=line, handed_over=9, accepted=3, contacted=2, rejected={"spam": 3})] * 12
    day = NOW.date()
    for some in (rows, rows[:1]):
        bundle = bundles.Bundle(begin=day - 3 * DAY, end=day, rows=some, noes=noes, noes_in_all=9)
        yield bundles.bundle_note(bundle, ACME) or Message(text="", blocks=[])
    back = erasing.Comeback(person="ab" * 16, removed_at=NOW, feed=words[:60] or "crm", at=NOW, times=2)
    yield erasing.comeback_note(back)
    yield erasing.comeback_note(replace(back, answered_by="UHAL", admitted=False))


def answer_forms(seen: Sighted) -> Iterator[dict[str, Any]]:
    """The windows in which marketing answers."""
    told = campaigns.Campaign(line=f"source:{clean(seen.lead.source)[:200]}", owner="UEVA", starts=NOW.date())
    yield campaigns.campaign_form(told)
    yield voices.heard_form()
    no = None if seen.lead.handoff is None else seen.lead.handoff.rejection
    if no is not None:
        yield disputes.dispute_form(seen.lead, no.id)
        yield recycling.recycle_form(seen, no)
        yield recycling.fix_form(seen, no)


def about_answers(seen: Sighted, handoff: Handoff) -> Iterator[Message]:
    """What is said by direct message of a rejection that marketing answers, if there was one."""
    lead, no = seen.lead, handoff.rejection
    yield disputes.news_note(seen, handoff)
    for whose in (Whose.RECYCLED, Whose.FIXED):
        back = Back(at=NOW, by="UAMY", reason="no_need", since=handoff.note or "demo_request", since_at=NOW)
        sent = replace(back, sent_by="UEVA", fixed=("contact.phone",) if whose is Whose.FIXED else ())
        again = replace(handoff, to="UAMY", whose=whose, back=sent)
        yield asking.ask_note([Asked(replace(seen, lead=replace(lead, handoff=again)), again)], "UAMY")
        yield lead_card(replace(seen, lead=replace(lead, handoff=again)), again)
    for each in () if no is None else disputes_of(no):
        yield disputes.dispute_note(seen, each, handoff)
        yield disputes.ruling_note(seen, each)
        asked = replace(handoff, to="UAMY", named_by="UHAL", whose=Whose.DISPUTED, rejection=each)
        yield asking.ask_note([Asked(replace(seen, lead=replace(lead, handoff=asked)), asked)], "UAMY")
