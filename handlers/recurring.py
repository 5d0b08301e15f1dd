"""What is to be done again and again, whoever does or does not press a button: added once, never lost."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.agreement import Agreement
from bot.digests import latest_round
from bot.jobs import (
    Due,
    EndRetention,
    FindFiles,
    ForgetOld,
    FreezePeriods,
    LearnMembers,
    LearnPeople,
    PlanBundles,
    PlanDigests,
)
from bot.retros.months import month_note
from bot.working_time import words
from storage.jobs import Jobs
from storage.standstills import Standstills

A_WHILE: Final = timedelta(hours=2)  # that we look back for what Slack may not have told us
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """`look` sees after what goes wrong."""

    jobs: Jobs
    standstills: Standstills
    agreement: Agreement
    look: Callable[[], Awaitable[Any]]
    now: Callable[[], datetime]

    async def begin(self) -> None:
        """The time since Truce last ran was nobody's working time."""
        down = await self.standstills.begin(self.now())
        again = [
            Due(job=LearnMembers(channel=channel), at=self.now()) for channel in self.agreement.every_channel
        ]
        await self.jobs.add([*again, self._find_files(down + A_WHILE)])  # meanwhile nobody told us anything
        if down:
            log.info("Truce was down for %s: clocks stood still.", words(down))

    async def look_back(self) -> None:
        """The way to Slack was shut: what it told meanwhile, nobody heard."""
        await self.jobs.add([self._find_files(A_WHILE)])

    async def ensure(self) -> None:
        """Add what is due every day and was not added yet. Called every minute; a day is never lost."""
        at = self.now()
        await self.standstills.beat(at)
        await self.standstills.note_closed(self.agreement, at)
        await self.jobs.sweep()
        await self.look()
        await self.jobs.add_once(self._due(at), at)

    def _due(self, at: datetime) -> dict[str, list[Due]]:
        """What is due by now of what comes by the hour, the day, the week and the month, by its name."""
        today = f"{at:%Y-%m-%d}"
        daily = (LearnPeople(), ForgetOld(), EndRetention(), FreezePeriods())
        members = {
            f"learn_members:{channel}:{today}": [Due(job=LearnMembers(channel=channel), at=at)]
            for channel in self.agreement.every_channel
        }
        day = f"{at.astimezone(self.agreement.calendar.zone):%Y-%m-%d}"
        month, note = month_note(self.agreement, at)
        week = latest_round(at, self.agreement.settings.digest.at)
        return {
            **{f"{kind.kind}:{today}": [Due(job=kind, at=at)] for kind in daily},
            **members,
            f"find_files:{at:%Y-%m-%dT%H}": [self._find_files(A_WHILE)],
            f"bundles:{day}": [Due(job=PlanBundles(), at=at)],
            month: [note],
            f"digests:{week}": [Due(job=PlanDigests(week=week), at=at)],
        }

    def runners(self) -> Mapping[type, Any]:
        return {ForgetOld: self._forget_old}

    def _find_files(self, back: timedelta) -> Due:
        return Due(job=FindFiles(since=(self.now() - back).isoformat()), at=self.now(), key=FindFiles.kind)

    async def _forget_old(self, _job: ForgetOld, _until: datetime) -> None:
        await self.jobs.forget_old(self.now())
