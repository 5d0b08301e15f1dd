"""A version of the agreement: what it says, since when, by whom, and what it changed. Versions are only added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from bot.agreement import Agreement
from bot.jobs import (
    DrawHomes,
    Due,
    LearnMembers,
    LearnPeople,
    RetryQuarantine,
    Sight,
    WakeLadders,
    redraw,
    show,
)
from bot.settings import Settings, Written, settings_of
from bot.settings.written import different
from bot.text import day, one_line

# What was begun under the version before is over by then, so that no timer is set by it afterwards: a click has
# 2.5 seconds, and every process takes a new version within a quarter of one.
ALL_HAVE_IT: Final = timedelta(seconds=3)


class Change(NamedTuple):
    """A key's value before and after; None: the default."""

    was: Any
    now: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """It holds from `at` until the next one. `by` None: app.yaml said so."""

    number: int
    at: datetime
    by: str | None
    written: Written
    changes: Mapping[str, Change] = field(default_factory=dict)  # by key; of the first version: none

    def settings(self) -> Settings:
        """Raises Unfit where another Truce kept it, which knew other keys."""
        return settings_of(self.written)

    def named(self) -> set[str]:
        """Whom its changes of teams name, by e-mail or id; groups aside."""
        return {
            person.name.lower() if "@" in person.name else person.name
            for team in self.settings().teams
            for task, people in (("reps", team.reps), ("managers", team.managers))
            for person in people or ()
            if f"teams.{team.name}.{task}" in self.changes and not person.name.startswith("@")
        }

    def next(self, written: Written, by: str | None, now: datetime) -> "Version":
        """The version after this one."""
        changes = {
            key: Change(self.written.get(key), written.get(key)) for key in different(self.written, written)
        }
        return Version(number=self.number + 1, at=now, by=by, written=written, changes=changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A key in which Slack goes before the file: what holds, what app.yaml says, and who said otherwise, when."""

    key: str
    holds: str
    says: str
    by: str
    at: datetime

    @property
    def sentence(self) -> str:
        who = f"{one_line(self.by)} said in Slack on {day(self.at)}"
        return f"{self.key}: {self.holds} holds, as {who}; app.yaml says {self.says}."


def sides(agreement: Agreement) -> tuple[str, ...]:
    """The channels in which both sides are told: sales in those of the teams, marketing where it has its feedback."""
    teams = (agreement.channel_of(team) for team in agreement.settings.teams_in_force)
    return tuple(sorted({*teams, agreement.channels.feedback}))


def what_follows(version: Version, agreement: Agreement) -> list[Due]:
    """Both sides are told, what they were told before is put right, and what waits is looked at anew."""
    at, before = version.at, version.number - 1
    people = any(key.startswith(("people.", "teams")) for key in version.changes)
    return [
        *(
            redraw(Sight.AGREEMENT, f"{before}|{each}", at + ALL_HAVE_IT, channel=each)
            for each in sides(agreement)
        ),
        *(
            [Due(job=LearnPeople(), at=at + ALL_HAVE_IT)] if people else []
        ),  # groups that were not asked for yet
        *(show(Sight.AGREEMENT, f"{version.number}|{each}", at, channel=each) for each in sides(agreement)),
        *(Due(job=LearnMembers(channel=each), at=at) for each in agreement.every_channel),
        Due(job=WakeLadders(), at=at + ALL_HAVE_IT),
        Due(job=RetryQuarantine(), at=at + ALL_HAVE_IT),
        Due(job=DrawHomes(), at=at + ALL_HAVE_IT),
    ]
