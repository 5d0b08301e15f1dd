"""The agreement that both sides signed, as rules read it: the settings, with channels and people found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.people import Roles
from bot.reasons import REASONS
from bot.settings import LeadsSettings, Settings
from bot.working_time import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Channel ids; the others are the leads channel where the settings do not name them."""

    leads: str
    feedback: str
    retros: str
    managers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    settings: Settings
    channels: Channels
    calendar: Calendar
    roles: Roles

    @property
    def leads(self) -> LeadsSettings:
        return self.settings.leads

    @property
    def one_channel(self) -> bool:
        """Leads and feedback share a channel: marketing hears under the card."""
        return self.channels.leads == self.channels.feedback

    def label(self, code: str) -> str:
        """A reason in the agreement's own words."""
        return self.settings.reasons.get(code, REASONS[code].label)

    def recycle_after(self, code: str) -> timedelta | None:
        """How long a lead stays with marketing after this reason; None: until marketing acts."""
        return self.leads.recycle.get(code)

    def score_scale(self, feed: str) -> float | None:
        """Full marks of this feed's own score; None: its score does not count."""
        terms = self.settings.feeds.get(feed)
        return None if terms is None else terms.score_scale

    def week(self, moment: datetime) -> str:
        """The ISO week of a moment in the team's zone: 2026-W47."""
        year, week, _ = moment.astimezone(self.calendar.zone).isocalendar()
        return f"{year}-W{week:02}"
