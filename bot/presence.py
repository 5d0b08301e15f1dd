"""What people say of their own hours and absences, and what follows: each word of /truce is a function here.

Told is what is kept of a person so far; the answer holds what is kept from now on, and a sentence for them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import moments
from bot.errors import Refused
from bot.people import Person
from bot.statuses import Status
from bot.teams import ONE_DAY, Presence, Why
from bot.text import plain
from bot.working_time import Calendar, Stop, Week

RESET: Final = frozenset({"team", "team's", "reset", "default", "usual"})
NONE: Final = frozenset({"none", "clear", "reset"})
ENDS: Final = frozenset({"off", "stop", "end", "no", "none"})
MOST_PAST: Final = 60  # absences: what a clock that still runs can have met
MOST_DAYS_OFF: Final = 60  # what somebody's calendar is made of is looked at with every reminder
WEEKDAY: Final = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?")
HOURS_LIKE: Final = "Say it like `/truce hours mon-wed 9-15`, or `/truce hours mon-thu 9-12 13-17, fri 9-13`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who says something of themselves: what is kept of them, and the calendar of their team."""

    person: Person
    told: Presence
    common: Calendar
    own: Calendar
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.own.zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is kept of them from now on, and the sentence they are told."""

    told: Presence
    words: str


Word = Callable[[str, Asker], Reply]


def hours(words: str, asker: Asker) -> Reply:
    """`hours`, `hours mon-wed 9-15`, `hours team`. Raises Refused for hours that cannot be."""
    if not words:
        return Reply(told=asker.told, words=_your_hours(asker.told, asker))
    week = None if words.lower() in RESET else read_week(words)
    told = replace(asker.told, week=week)
    return Reply(told=told, words=_your_hours(told, asker))


def hot(words: str, asker: Asker) -> Reply:
    """`hot until 21:00`, today; `hot off`."""
    if words.lower() in ENDS:
        told = replace(asker.told, hot_until=None)
        return Reply(told=told, words="From now on hot leads keep your hours as well.")
    if not words:
        raise Refused("Until when may hot leads reach you today? Say it like `/truce hot until 21:00`.")
    tonight = moments.stretch("today", asker.now, asker.zone).end
    said = words.lower().removeprefix("until").strip()
    until = tonight if said == "midnight" else moments.moment(words, asker.now, asker.zone)
    if until > tonight:
        raise Refused("This is for today only: please give a time like `/truce hot until 21:00`.")
    return Reply(told=replace(asker.told, hot_until=until), words=_hot_until(until, asker))


def _hot_until(until: datetime, asker: Asker) -> str:
    tonight = moments.stretch("today", asker.now, asker.zone).end
    when = "midnight" if until == tonight else moments.said(until, asker.now, asker.zone)
    return f"Hot leads may reach you until {when}{' today' if until <= tonight else ''}."


def off(words: str, asker: Asker) -> Reply:
    """`off`, `off 24 Dec`, `off 24 Dec - 2 Jan, 6 Jan`, `off none`: days on which they do not work."""
    today = asker.now.astimezone(asker.zone).date()
    known = {day for day in asker.told.days_off if day >= today}
    if words.lower() in NONE:
        known = set()
    elif words:
        known |= set(moments.days(words, asker.now, asker.zone))
    if len(known) > MOST_DAYS_OFF:
        raise Refused(
            f"That would be more than {MOST_DAYS_OFF} days off: use `/truce away until ...` for a long time."
        )
    listed = ", ".join(moments.said_day(day) for day in sorted(known))
    said = (
        f"Your days off: {listed}. `/truce off none` clears them."
        if listed
        else "You have no days off of your own. Say them like `/truce off 24 Dec - 2 Jan`."
    )
    return Reply(told=replace(asker.told, days_off=tuple(sorted(known))), words=said)


def away(words: str, asker: Asker) -> Reply:
    """`away until Friday`, `away for 2 weeks`, `away tomorrow`."""
    if not words:
        raise Refused(
            "Until when? Say it like `/truce away until Friday`, `/truce away today` or `/truce away for 2 weeks`."
        )
    found = moments.stretch(words, asker.now, asker.zone)
    told = _absent(asker.told, Stop(found.begin, found.end), Why.SAID, asker.now)
    whole, *others = sorted(told.absences(), key=lambda each: not each.begin <= found.begin < each.end)
    others = [each for each in others if each.end > asker.now]
    besides = "".join(f" You are also away {_said(each, asker)}." for each in others)
    return Reply(
        told=told,
        words=f"You are away {_said(whole, asker)}.{besides} What you have open goes to your manager in one message;"
        " the rest waits for you. `/truce back` when you are here again.",
    )


def back(_words: str, asker: Asker) -> Reply:
    """`back`: here again, whatever was said and whatever their status says."""
    if not is_absent(asker.told, asker.now):
        return Reply(told=asker.told, words="You are not away: leads come to you.")
    told = _ended(asker.told, asker.now)
    here = "Welcome back" if asker.told.away(asker.now) else "That one is called off"
    planned = [each for each in sorted(told.absences()) if each.end > asker.now]
    besides = "".join(f" You are still away {_said(each, asker)}." for each in planned)
    return Reply(told=told, words=f"{here}: leads come to you again.{besides}")


def noticed(status: Status, asker: Asker) -> Presence:
    """What is kept after a look at somebody's status.

    One that says holiday, sick or out of office is an absence to its end, else to the end of the working
    day, unless they said something themselves; another holds messages back to its end, if it has one.
    """
    told, now = asker.told, asker.now
    quiet = replace(told, quiet_from=None, quiet_until=None)
    if status.ended(now):
        by_status = told.why is Why.STATUS and is_absent(told, now)
        return replace(_ended(quiet, now) if by_status else quiet, status=None)
    if not status.says_away():
        by_status = told.why is Why.STATUS and is_absent(told, now)
        kept = _ended(quiet, now) if by_status else quiet
        begins = told.quiet_from if told.quiet_until == status.until and told.quiet_from else now
        held = kept if status.until is None else replace(kept, quiet_from=begins, quiet_until=status.until)
        return replace(held, status=None)
    return _away_by_status(status, replace(quiet, status=status.mark()), asker)


def _away_by_status(status: Status, kept: Presence, asker: Asker) -> Presence:
    told, now = asker.told, asker.now
    if told.why is Why.SAID and told.away(now):
        return kept
    if told.status == kept.status and told.why is None:
        return kept  # they said that they are back in spite of it
    until = status.until or _end_of_working_day(asker)
    planned = _Known.of(told, now).planned
    if planned:  # what they said themselves begins there, and lasts though the status ends
        until = min(until, planned[0].begin)
    return _absent(kept, Stop(now, until), Why.STATUS, now)


def _absent(told: Presence, stretch: Stop, why: Why, now: datetime) -> Presence:
    """Away for this stretch too. With an absence that lasts, and touches it, it becomes one.

    One that begins now goes on to the end of those it touches; one that is to come takes the place of such.
    """
    known = _Known.of(told, now)
    begin, until = stretch
    touches = [each for each in known.planned if each.begin <= until and begin <= each.end]
    touched = touches if why is Why.SAID else []
    planned = [each for each in known.planned if each not in touched]
    if begin <= now:
        until = max([until, *(each.end for each in touched)])
    here, its = known.here, told.why
    if here is not None and begin <= here.end:
        here, its = Stop(here.begin, until if begin <= now else max(until, here.end)), why
    elif begin <= now:
        here, its = Stop(begin, until), why
    else:
        planned, its = sorted([*planned, stretch]), its if here is not None or its is None else Why.SAID
    return _Known(here=here, planned=planned, past=known.past).kept(told, its)


def following(told: Presence, now: datetime) -> Presence:
    """The absence that is over gives its place to the next one that was planned, or begins as it ends."""
    known = _Known.of(told, now)
    if told.away(now):
        return replace(told, why=told.why or Why.SAID)
    if known.here is None and not known.planned:
        return told
    return known.kept(told, Why.SAID if known.here is not None or told.why is not None else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Every absence of somebody that is known: the one that lasts, those to come, and those that were."""

    here: Stop | None
    planned: Sequence[Stop]  # the next one first
    past: Sequence[Stop]

    @classmethod
    def of(cls, told: Presence, now: datetime) -> "_Known":
        known = sorted(told.absences())
        return cls(
            here=next((each for each in known if each.begin <= now < each.end), None),
            planned=[each for each in known if each.begin > now],
            past=[each for each in known if each.end <= now],
        )

    def kept(self, told: Presence, why: Why | None) -> Presence:
        """`told` with these: the one that lasts, else the next one, and all others around it."""
        around = [self.here, *self.planned] if self.here is not None else [*self.planned]
        first, rest = around[0], around[1:]
        past = (*self.past[-MOST_PAST:], *rest)
        return replace(told, away_from=first.begin, away_until=first.end, why=why, past=past)


def is_absent(told: Presence, now: datetime) -> bool:
    """Away, or going to be."""
    return told.away_from is not None and (told.away_until is None or now < told.away_until)


def read_week(text: str) -> Week:
    """Read "mon-thu 9-12 13-17, fri 9-13", "monday to friday 9am-5pm", "weekdays 9-17". Raises Refused."""
    week: dict[str, list[str]] = {}
    days: list[str] = []
    fresh = False
    for word in _week_words(text):
        if "/" in word:
            raise Refused(
                f"Hours are those of the time zone in your Slack profile: please leave out “{plain(word, 40)}”."
                f" {HOURS_LIKE}"
            )
        if word[0].isdecimal():
            if not days:
                raise Refused(f"On which days? {HOURS_LIKE}")
            for day in days:
                week.setdefault(day, []).append(_clock_words(word))
            fresh = False
        else:
            if WEEKDAY.fullmatch(word) is None:
                raise Refused(f"“{plain(word, 40)}” is no day of the week. {HOURS_LIKE}")
            days = [*(days if fresh else []), word]
            fresh = True
    if not week or fresh:
        raise Refused(f"At what hours? {HOURS_LIKE}")
    try:
        return Week.parse(week)
    except ValueError as problem:
        what, _, _ = str(problem).partition("; allowed")
        night = " A night is two: `mon-fri 0-6 22-24`." if "end before" in what else ""
        raise Refused(f"These hours cannot be: {plain(what)}.{night} {HOURS_LIKE}") from None


def _week_words(text: str) -> list[str]:
    """Days, ranges of days and blocks of hours: "mon-fri", "9-17"."""
    short = re.sub(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*", r"\1", text.lower())
    short = re.sub(r"\b(weekdays|every weekday|workdays)\b", "mon-fri", short)
    short = re.sub(r"\b(daily|every day|everyday)\b", "mon-sun", short)
    short = re.sub(r"\s*(?:[-\u2013\u2014]|\bto\b|\btill\b|\buntil\b)\s*", "-", short)
    short = re.sub(r"(\d)\s+(am|pm)\b", r"\1\2", short)
    return [word for word in re.split(r"[\s,;&+]+", short) if word not in {"", "and", "from", "on", "at"}]


def _clock_words(block: str) -> str:
    """A block by a clock of 24 hours: "9am-5pm" is "9-17"."""

    def hour(match: re.Match[str]) -> str:
        on_the_clock = int(match[1]) % 12 + 12 * (match[3] == "pm")
        return f"{on_the_clock}{match[2] or ''}"

    return re.sub(r"(\d{1,2})(:\d{2})?(am|pm)", hour, block)


def _your_hours(told: Presence, asker: Asker) -> str:
    week = told.week or asker.common.week
    written = "; ".join(f"{days} {', '.join(blocks)}" for days, blocks in week.written().items())
    whose = "Your own hours" if told.week else "Your hours are the team's"
    days_off = [
        moments.said_day(day) for day in told.days_off if day >= asker.now.astimezone(asker.zone).date()
    ]
    lines = [f"{whose}: {written} ({asker.zone} time)."]
    if asker.person.tz and asker.person.tz != str(asker.zone):
        lines.append(
            f"Slack says you are in {plain(asker.person.tz, 60)}, a time zone I do not know: the team's counts."
        )
    if days_off:
        lines.append(f"Days off: {', '.join(days_off)}.")
    if told.hot_until is not None and asker.now < told.hot_until:
        lines.append(_hot_until(told.hot_until, asker))
    absences = [each for each in sorted(told.absences()) if each.end > asker.now]
    lines += [f"You are away {_said(each, asker)}." for each in absences]
    return " ".join(lines)


def _said(absence: Stop, asker: Asker) -> str:
    end = moments.said(absence.end, asker.now, asker.zone)
    if absence.begin <= asker.now:
        return f"until {end}"
    return f"from {moments.said(absence.begin, asker.now, asker.zone)} until {end}"


def _ended(told: Presence, now: datetime) -> Presence:
    """Here from now on; what was is remembered, because clocks stood still in it. Else the next one is called off."""
    known = _Known.of(told, now)
    here = known.here
    planned = known.planned if here is not None else known.planned[1:]
    over = [] if here is None or here.begin == now else [Stop(here.begin, now)]
    if planned:  # without a reason until it begins: so a status that stands does not send them away again
        why = Why.SAID if here is None else None
        return _Known(here=None, planned=planned, past=[*known.past, *over]).kept(told, why)
    if here is not None and over:
        return replace(told, away_from=here.begin, away_until=now, why=None, past=tuple(known.past))
    return replace(told, away_from=None, away_until=None, why=None, past=tuple(known.past))


def _end_of_working_day(asker: Asker) -> datetime:
    """The end of the working day that runs, else of the next."""
    opens = asker.own.next_opening(asker.now)
    return asker.own.end_of_next_working_day(opens - ONE_DAY)
