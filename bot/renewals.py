"""When a customer's contract ends: in time before that day its deal comes back as a lead."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.agreement import Agreement
from bot.arrivals import LeadArrival
from bot.deals import Deal, DealState
from bot.jobs import Due, RenewDeal

SOURCE: Final = "renewal"
# What a feed may call the day; the first that is told counts.
NAMES: Final = ("renewal", "renewal_date", "renews_on", "renewal_on", "contract_end")
TOMORROW: Final = timedelta(days=1)


def ends_on(deal: Deal) -> date | None:
    """The last day of a won deal's contract; None: nobody told, or it is no date."""
    if deal.state is not DealState.WON:
        return None
    told = next((value for name in NAMES if (value := deal.fields.get(f"facts.{name}"))), None)
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None


def renews_at(deal: Deal, agreement: Agreement) -> datetime | None:
    """When work begins on the day from which there is time to talk about it."""
    day = ends_on(deal)
    if day is None:
        return None
    calendar = agreement.calendar
    begins = datetime.combine(day, time(), tzinfo=calendar.zone) - agreement.settings.retro.renewal_before
    return calendar.next_opening(begins.astimezone(UTC))


def renewal_of(deal: Deal, agreement: Agreement, now: datetime) -> tuple[Due, ...]:
    """The timer of a deal that is to come back; a contract that has ended does not."""
    at, day = renews_at(deal, agreement), ends_on(deal)
    if at is None or day is None or day < now.astimezone(agreement.calendar.zone).date():
        return ()
    return (Due(job=RenewDeal(deal=deal.id), at=max(at, now)),)


def as_lead(deal: Deal, day: date) -> LeadArrival:
    """A deal without a lead of its own comes back as a new one, by its name."""
    fields = {
        "source": SOURCE,
        "company.name": deal.name or deal.external_id,
        "facts.contract_ends": f"{day}",
    }
    return LeadArrival(
        feed=deal.feed, external_id=f"renewal:{deal.external_id}:{day}", occurred_at=None, fields=fields
    )
