"""app.yaml, read once, checked whole, never changed: how Truce behaves. Secrets are in the environment, never here."""

from bot.settings.kinds import Person, WeeklyTime
from bot.settings.models import (
    Channels,
    Digest,
    Feed,
    Heads,
    Hours,
    Ladder,
    Leads,
    Out,
    People,
    Retro,
    Rungs,
)
from bot.settings.reading import SettingsError, Unfit, load
from bot.settings.settings import Settings, Team
from bot.settings.written import Written, settings_of, written

__all__ = [
    "Channels",
    "Digest",
    "Feed",
    "Heads",
    "Hours",
    "Ladder",
    "Leads",
    "Out",
    "People",
    "Person",
    "Retro",
    "Rungs",
    "Settings",
    "SettingsError",
    "Team",
    "Unfit",
    "WeeklyTime",
    "Written",
    "load",
    "settings_of",
    "written",
]
