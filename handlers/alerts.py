"""Telling the operator what needs a hand: a line in the log and a direct message to the admins, once for each matter."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.agreement import Agreement
from bot.alerts import alert_note
from bot.jobs import Sight
from bot.posts import Posting
from storage.alerts import Alerts
from storage.db import Space

log = logging.getLogger(__name__)
Renderer = Callable[[str, datetime], Awaitable[Posting | None]]


@dataclass(frozen=True, slots=True)
class AlertJobs:
    alerts: Alerts
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "AlertJobs":
        return cls(Alerts(space, agreement), now)

    def renderers(self) -> Mapping[Sight, Renderer]:
        return {Sight.ALERT: self.alert}

    async def look(self) -> None:
        """Called every minute."""
        for words in await self.alerts.tell(self.now()):
            log.error("%s", words)

    async def alert(self, about: str, now: datetime) -> Posting | None:
        """All that needs a hand when it is read, not when it was asked for."""
        _, _, person = about.partition("|")
        message = alert_note(await self.alerts.matters(now))
        return message and Posting(channel=person, message=message)
