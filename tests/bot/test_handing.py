"""The message for leads that wait together: when the next share of them is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.handing import next_share_at
from bot.working_time import Calendar, Week

LONDON = Calendar(ZoneInfo("Europe/London"), Week.parse({"mon-fri": "09:00-17:30"}))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T09:00", "2026-11-24T09:00"),  # Monday, in time
        ("2026-11-23T15:10", "2026-11-24T09:00"),  # Monday, late: Tuesday's is not
        ("2026-11-27T09:00", "2026-11-30T09:00"),  # over the weekend
        ("2026-03-27T09:00", "2026-03-30T08:00"),  # and over a change of the clocks
    ],
)
def test_the_next_share_is_due_when_the_next_working_day_begins(now: str, due: str) -> None:
    told = next_share_at(LONDON, datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert told == datetime.fromisoformat(due).replace(tzinfo=UTC)
