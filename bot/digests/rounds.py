"""A round is the week in which a digest is delivered, 2026-W48; it reports the week before."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.periods import Period, last_week
from bot.settings.kinds import WeeklyTime
from bot.working_time import Calendar

AHEAD: Final = timedelta(hours=14)  # of UTC: where a day begins first
LONGEST_BREAK: Final = 14  # days without work: then it is delivered all the same
ONE_DAY: Final = timedelta(days=1)


def latest_round(now: datetime, at: WeeklyTime) -> str:
    """The round that has begun for the earliest reader on earth."""
    there = now.astimezone(UTC) + AHEAD
    monday = there.date() - ONE_DAY * there.weekday()
    if there < datetime.combine(monday + ONE_DAY * at.weekday, at.time, UTC):
        monday -= timedelta(days=7)
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def reported(told: str) -> Period:
    """The week that this round reports."""
    return last_week(_monday(told))


def begins(told: str, at: WeeklyTime) -> datetime:
    """When the round begins for the earliest reader on earth."""
    return datetime.combine(_monday(told) + ONE_DAY * at.weekday, at.time, UTC) - AHEAD


def delivery(told: str, calendar: Calendar, at: WeeklyTime) -> datetime:
    """That time of the week by the reader's clock; on a day off, the next working day."""
    first = _monday(told) + ONE_DAY * at.weekday
    days = [first + ONE_DAY * each for each in range(LONGEST_BREAK)]
    day = next((each for each in days if calendar.blocks(each)), first)
    return datetime.combine(day, at.time, calendar.zone).astimezone(UTC)


def _monday(told: str) -> date:
    year, _, week = told.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)
