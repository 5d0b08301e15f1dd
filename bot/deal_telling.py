"""What one of us may tell of a deal in Slack, and what is said of a deal in a line. Pure.

It ends in the same news as a feed's (bot/deals.py); only who may say so, and what comes too late, is decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.agreement import Agreement
from bot.arrivals import DealArrival
from bot.deals import CLOSED, Deal, DealState, state_of
from bot.errors import Refused
from bot.jobs import Due
from bot.leads.lead import Lead
from bot.people import Person, Role
from bot.text import mention, on_day, plain

# Why a deal is lost, by code; a feed's reason may be any words.
LOST_REASONS: Final = {
    "competitor": "A competitor has it",
    "price": "Price",
    "no_decision": "No decision was made",
    "in_house": "They build it themselves",
    "no_contact": "They no longer answer",
    "timing": "Not the right time",
    "fit": "The product does not fit",
    "other": "Other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DealSight:
    """What a form about a deal is drawn from: the lead that it grows from, its deals, and those of who asks."""

    by: Person
    agreement: Agreement
    lead: Lead | None = None
    deals: tuple[Deal, ...] = ()  # of the lead, else the open ones of who asks; the newest news first
    jobs: tuple[Due, ...] = ()  # what is drawn anew where the click came too late


def need_right(person: Person, agreement: Agreement, leads: Sequence[Lead], deal: Deal | None = None) -> None:
    """Raises Refused where this person may not tell of this deal of these leads: owners and managers may."""
    if not agreement.has(person, *Role):
        agreement.roles.need(person, *Role)
    known = None if deal is None or not deal.fields_at else deal
    mine = [known.owner] if known else []
    mine += [lead.owner for lead in leads]
    if {person.slack_id, person.email}.intersection(filter(None, mine)):
        return
    if (not leads and known is None) or agreement.has(person, Role.MANAGER, Role.ADMIN):
        return
    owner = next((lead.owner for lead in leads if lead.owner), None)
    if owner:
        raise Refused(f"{mention(owner)} has this lead, and tells of its deals.")
    if leads:
        raise Refused("Nobody has this lead yet. Who takes it can tell of its deal.")
    raise Refused("This deal is somebody else's. Who has it, or a manager, can tell of it.")


def open_ones(deals: Sequence[Deal]) -> list[Deal]:
    return [deal for deal in deals if deal.state is DealState.OPEN]


def need_open(sight: DealSight) -> None:
    """Raises Refused, with what became of it, where all the deals of a lead are closed already."""
    if sight.deals and not open_ones(sight.deals):
        raise Refused(closed_already(sight.deals[0]), jobs=sight.jobs)


def need_news(before: Deal, item: DealArrival) -> None:
    """Raises Refused where the deal has been told won or lost so before."""
    stage = item.fields.get("stage")
    if stage in CLOSED and before.state == stage and before.stages[-1].by != item.by:
        raise Refused(closed_already(before))


def closed_already(deal: Deal) -> str:
    """Who closed it and when, to who comes too late."""
    last = deal.stages[-1] if deal.stages else None
    who = f"{mention(last.by)} told so" if last and last.by else f"So it stands in {plain(deal.feed, 40)}"
    when = f" since {on_day(last.since)}" if last else ""
    why = f", {plain(label(last.reason), 80)}" if last and last.reason else ""
    return f"{called(deal)} is {deal.state}{when}{why}. {who}. Nothing for you to do."


def called(deal: Deal) -> str:
    return plain(deal.name or "", 80) or "This deal"


def deal_line(deal: Deal) -> str:
    """A deal in a few words: its name, stage and amount."""
    stage = str(deal.state) if deal.state is not DealState.OPEN else str(deal.fields.get("stage") or "open")
    told = [plain(stage, 60), str(deal.money) if deal.money else ""]
    return f"{plain(deal.name or '', 80) or 'Deal'}: {', '.join(filter(None, told))}"


def kept(news: DealArrival) -> str:
    """What somebody is told who has told of a deal."""
    told = Deal(id="", feed=news.feed, external_id=news.external_id, fields=news.fields)
    return f"Kept. {deal_line(replace(told, state=state_of(news.fields)))}."


def label(reason: str) -> str:
    """A reason in words, whether it was chosen here or told by a feed."""
    return LOST_REASONS.get(reason, reason)


def why_lost(fields: Mapping[str, Any]) -> str:
    """Why a deal was lost and to whom, as far as it was told; words from outside."""
    reason = label(str(fields.get("reason") or ""))
    told = (reason, str(fields.get("competitor") or ""))
    return ": ".join(each for each in told if each)
