"""Who does what to a lead, and from where: as the log keeps it, and other systems are told."""

from typing import Final

from bot.leads.commands import Arrive, Command, Convert, Erase, Hear, Rise

SLACK: Final = "slack"
TRUCE: Final = "truce"  # nobody: a timer
TERMINAL: Final = "terminal"


def acted(command: Command) -> tuple[str | None, str]:
    """Who of us, if anybody, and the origin: a feed, Slack, the terminal, or Truce itself."""
    if isinstance(command, Arrive):
        return None, command.arrival.feed
    if isinstance(command, Hear | Convert):
        return command.by, command.feed
    if isinstance(command, Erase):
        return None, TERMINAL if command.asked else TRUCE
    by = None if isinstance(command, Rise) else getattr(command, "by", None)
    return by, SLACK if by else TRUCE
