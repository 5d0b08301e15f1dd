"""Deals with the touches that led to them: of all their leads, up to the close, and none of sales' own."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from bot.arrivals import DealArrival, Touch
from bot.attribution import Journey
from bot.figures import Scope
from bot.money import Money
from storage import journeys
from tests.storage.desk import DAY, HOUR, NOW, Desk, arrival, touch

PERIOD = Scope(begin=NOW - 7 * DAY, end=NOW + 7 * DAY)


def deal(number: int, *leads: str, stage: str = "won", **changes: Any) -> DealArrival:
    told = {"stage": stage, "amount": 100_000_000, "currency": "EUR", "leads": leads, **changes}
    closed = {} if stage == "open" else {"closed_at": (NOW + DAY).isoformat()}
    opened = {"opened_at": (NOW - 2 * DAY).isoformat()}
    return DealArrival(
        feed="crm",
        external_id=f"opp-{number}",
        occurred_at=None,
        fields={**opened, **closed, **told},
        raw="{}",
    )


def met(at: timedelta, campaign: str | None, kind: str = "webinar") -> Touch:
    return Touch(kind=kind, at=NOW + at, campaign=campaign)


async def read(desk: Desk, scope: Scope = PERIOD) -> tuple[list[Journey], list[Journey]]:
    def work(session: Session) -> tuple[list[Journey], list[Journey]]:
        found = journeys.in_the_pipeline(session, "T1", scope, NOW + 3 * DAY)
        return list(journeys.won(session, "T1", scope)), list(found)

    return await desk.space.read(work)


async def test_the_touches_of_all_leads_of_a_deal_up_to_its_close_count(desk: Desk) -> None:
    await desk.takes_in(
        arrival(1, touches=(met(-3 * DAY, "Fair"), met(2 * DAY, "Too late"))),
        arrival(2, source="referral", touches=(met(-DAY, None),)),
        arrival(3, touches=(met(-DAY, "Somebody else's"),)),
        now=NOW + HOUR,
    )
    await desk.takes_in(touch("crm-1", at=NOW + HOUR), now=NOW + HOUR)

    await desk.takes_in(deal(1, "crm-1", "crm-2"), now=NOW + 3 * DAY)

    [won], pipeline = await read(desk)
    theirs = ["campaign:Autumn webinar"] * 2  # that they came to us is a touch as well
    assert [each.line for each in won.met] == ["campaign:Fair", "source:referral", *theirs]
    assert [each.source for each in won.met][:2] == ["webinar", "referral"]
    assert (won.handed_at, won.closed_at) == (NOW + HOUR, NOW + DAY)
    assert won.money == Money(currency="EUR", amount=100_000_000)
    assert pipeline == []


async def test_a_deal_without_leads_has_no_touches_and_one_that_is_open_is_in_the_pipeline(
    desk: Desk,
) -> None:
    await desk.takes_in(deal(1), deal(2, stage="Proposal", amount=None, currency=None), deal(3, stage="lost"))

    [won], [open_now] = await read(desk)

    assert (won.met, won.handed_at) == ((), None)
    assert (open_now.money, open_now.closed_at) == (None, NOW + 3 * DAY)


async def test_a_deal_closed_outside_the_period_or_grown_from_other_leads_is_left_out(desk: Desk) -> None:
    await desk.lead(1)
    await desk.takes_in(deal(1, "crm-1"), now=NOW + 3 * DAY)

    assert await read(desk, Scope(begin=NOW + 2 * DAY, end=NOW + 7 * DAY)) == ([], [])
    assert await read(desk, Scope(begin=PERIOD.begin, end=PERIOD.end, campaign="Fair")) == ([], [])
    ours = Scope(begin=PERIOD.begin, end=PERIOD.end, campaign="Autumn webinar")
    assert len((await read(desk, ours))[0]) == 1
