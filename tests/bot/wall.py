"""Working time as the plainest possible count has it: look at the clock on the wall, minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays as public_holidays
from hypothesis import assume, settings
from hypothesis import strategies as st

from bot.working_time import Block, Calendar, Clock, Stop, Week

MINUTE = timedelta(minutes=1)
OFFICE = Week.parse({"mon-fri": "09:00-17:30"})
SIESTA = Week.parse({"mon-thu": ["09:00-12:00", "13:00-17:30"], "fri": "09:00-13:00"})
NIGHTS = Week.parse({"sat-sun": ["00:00-06:00", "22:00-24:00"], "wed": "01:15-02:45"})
ALWAYS = Week.parse({"mon-sun": "00:00-24:00"})
BERLIN, LONDON, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London"), ZoneInfo("America/New_York")

# Half hours, quarters, both hemispheres, a change of half an hour, changes at midnight, and none at all.
ZONES = [
    BERLIN, LONDON, NEW_YORK, ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Chatham"), ZoneInfo("America/Havana"), ZoneInfo("Asia/Beirut"),
    ZoneInfo("America/Santiago"), ZoneInfo("Africa/Casablanca"), ZoneInfo("Pacific/Kiritimati"),
    ZoneInfo("Pacific/Pago_Pago"), ZoneInfo("Asia/Tehran"), ZoneInfo("Africa/Cairo"), ZoneInfo("Asia/Gaza"),
    ZoneInfo("Asia/Tokyo"), ZoneInfo("America/St_Johns"), ZoneInfo("Europe/Dublin"),
]  # fmt: skip

steady = settings(derandomize=True, deadline=None, max_examples=20)


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold)  # type: ignore[arg-type, misc] # the parts are years to minutes, not a zone


@cache
def public(holiday: date | str) -> public_holidays.HolidayBase | tuple[()]:
    country, _, part = str(holiday).partition("-")
    return () if isinstance(holiday, date) else public_holidays.country_holidays(country, subdiv=part or None)


@cache
def day_off(holidays: frozenset[date | str], day: date) -> bool:
    return any(day == holiday or day in public(holiday) for holiday in holidays)


def wall_says_open(hours: Calendar | Clock, moment: datetime) -> bool:
    """The definition, and the only thing these tests believe."""
    if isinstance(hours, Clock):
        stopped = any(begin <= moment < end for begin, end in hours.stops)
        return not stopped and wall_says_open(hours.calendar, moment)
    own = week_says_open(hours, moment) or any(begin <= moment < end for begin, end in hours.besides)
    return (own and not any(begin <= moment < end for begin, end in hours.closed)) or any(
        wall_says_open(member, moment) for member in hours.members
    )


def week_says_open(calendar: Calendar, moment: datetime) -> bool:
    wall = moment.astimezone(calendar.zone)
    if day_off(calendar.holidays, wall.date()):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(block.opens <= minute < block.closes for block in calendar.week.days[wall.weekday()])


def counted(hours: Calendar | Clock, start: datetime, end: datetime, step: timedelta = MINUTE) -> timedelta:
    """Working time, step by step; exact where everything lies on whole steps."""
    steps = int((end - start) / step)
    return sum(wall_says_open(hours, start + step * n) for n in range(steps)) * step


def has_open_time(hours: Calendar, day: date) -> bool:
    """Whether some minute of this local day is open."""
    begin = datetime.combine(day, time(), hours.zone).astimezone(UTC) - timedelta(hours=2)
    moments = (begin + MINUTE * n for n in range(28 * 60))  # the day, however the clocks change around it
    return any(
        moment.astimezone(hours.zone).date() == day and wall_says_open(hours, moment) for moment in moments
    )


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    days = []
    for _ in range(7):
        edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
        pairs = [
            Block(opens * 15, closes * 15) for opens, closes in zip(edges[::2], edges[1::2], strict=False)
        ]
        days.append(tuple(pairs))
    assume(any(days))
    return Week(tuple(days))


dates_off = st.frozensets(st.dates(date(2021, 1, 1), date(2030, 12, 31)), max_size=5)
codes = st.sampled_from([(), ("DE-BY",), ("GB",), ("US", "IL")]).map(frozenset)
moments = st.datetimes(
    datetime(2021, 1, 1),  # noqa: DTZ001 - hypothesis wants them naive
    datetime(2030, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))
some_calendar = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.sampled_from([OFFICE, SIESTA, NIGHTS, ALWAYS]) | weeks(),
    st.builds(frozenset.union, dates_off, codes),
)
# Around a change of the clocks, where the mistakes are.
changes = st.sampled_from(
    [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 9, 5, 16, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    ]
)
near_changes = st.builds(lambda change, n: change + timedelta(minutes=n), changes, st.integers(-2000, 2000))

several = st.builds(Calendar.anyone, st.sampled_from(ZONES), st.lists(some_calendar, min_size=1, max_size=3))
lengths = st.integers(1, 3000).map(lambda length: timedelta(minutes=length))
longer = st.builds(
    lambda calendar, begin, length: calendar.also(begin, begin + length),
    some_calendar | several,
    minutes | near_changes,
    lengths,
)
shorter = st.builds(
    lambda calendar, begin, length: calendar.without((begin, begin + length)),
    some_calendar | longer,
    minutes | near_changes,
    lengths,
)
any_calendar = some_calendar | several | longer | shorter


@st.composite
def near(draw: st.DrawFn, moment: datetime) -> datetime:
    """A minute within some weeks."""
    return moment + timedelta(minutes=draw(st.integers(-20_000, 40_000)))


@st.composite
def clocks(draw: st.DrawFn, start: datetime) -> Clock:
    """Clocks whose stops lie around `start`, overlap, and come in any order; some are empty."""
    stops = [
        Stop(begin, begin + timedelta(minutes=draw(st.integers(0, 4000))))
        for begin in draw(st.lists(near(start), max_size=6))
    ]
    return Clock(calendar=draw(any_calendar), stops=tuple(stops))
