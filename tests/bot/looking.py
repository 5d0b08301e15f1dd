"""What is looked up, or asked of one rep: every window of it, and a Home with every part as long as it can be."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot import asking, finding, home, new_leads
from bot.blocks import Message
from bot.cards import Sighted
from bot.health import Work
from bot.intake.values import clean
from bot.jobs import Sight
from bot.leads.lead import Handoff
from bot.leads.together import MOST_ASKED
from bot.timeline import Entry, History, Told, timeline
from bot.voices import Theme
from tests.bot.examples import NOW, PEOPLE


def looked_for(seen: Sighted) -> Iterator[Message]:
    """What is told to who asks, a line for each lead."""
    for number in (0, 1, finding.MOST_FOUND + 1):
        yield finding.found_note(clean(seen.lead.campaign), [seen] * number)
    for number in (0, home.PAGE):
        yield home.yours_note(home.Page(leads=_numbered(seen, number), more=True))


def _numbered(seen: Sighted, number: int) -> list[Sighted]:
    return [replace(seen, lead=replace(seen.lead, id=f"{seen.lead.id}{n}")) for n in range(number)]


def asked_of(seen: Sighted, handoff: Handoff, person: str) -> Iterator[Message]:
    """Of one lead, as it was offered or thought of by somebody, and of as many of its company as there may be."""
    several = []
    for number in range(MOST_ASKED + 3):
        own = replace(handoff, id=f"{seen.lead.id}-{number}", to=person, named_by="UAMY" if number else None)
        several.append(asking.Asked(replace(seen, lead=replace(seen.lead, handoff=own)), own))
    for together in (several[:1], several[1:2], several[:2], several):
        yield asking.ask_note(together, person)


def looked_up(seen: Sighted) -> Iterator[dict[str, Any]]:
    lead = seen.lead
    entries = [
        Entry(at=NOW, what=what, by="UAMY", origin="slack", detail={"reason": "no_need"})
        for what in ("arrive", "accept", "reject", "handover", "thank", "hear") * 20
    ]
    told = [Told(at=NOW, sight=sight, person="UAMY") for sight in (Sight.OWNER, Sight.REJECTION)]
    for person in PEOPLE.values():
        for judged in (True, False):
            yield finding.lead_window(finding.Opened(seen, person, may_reach=judged, judged=judged))
    yield finding.reach_window(seen)
    yield whole_home(seen)
    yield new_leads.new_form(new_leads.told_in(f"{seen.lead.campaign} <mailto:pat.doe@globex.test|pat>"))
    history = History(lead=lead, touches=seen.touches, entries=entries, messages=told, who=seen.who)
    for page in range(4):
        yield timeline(history, seen.agreement, page)


def whole_home(seen: Sighted) -> dict[str, Any]:
    """With every part, and each of its lists as long as it can be."""
    campaign = f"campaign:{clean(seen.lead.campaign)[:255]}"
    line = home.Line(line=campaign, handed_over=9, accepted=3, rejected=2, waiting=4)
    seen = replace(seen, now=NOW)
    leads = _numbered(seen, home.PAGE)
    return home.draw(
        home.Home(
            pages={part: home.Page(leads=leads, number=1, more=True) for part in home.Part},
            week=home.Week(accepted=3, passed=1),
            lines=[line] * home.NAMED,
            loads=[home.Load(name=seen.lead.campaign, leads=3, new=1)] * home.NAMED,
            changes=[
                home.Change(retro=f"{number:032}", title=campaign[:100], what=campaign, due=NOW.date())
                for number in range(home.PAGE + 1)
            ],
            heard=[Theme(theme=campaign[:60], number=12, words=campaign)] * 5,
            work=Work(due=3, oldest_due=NOW, failed=1, stuck={"post:C1": NOW}, quarantined=2),
        )
    )
