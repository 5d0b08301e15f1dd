"""The weekly message: when it goes to whom, and what it says. Pure."""

from bot.digests.digest import (
    MOST_NAMED,
    Audience,
    Digest,
    FirstDays,
    LookedBack,
    OpenDeal,
    Overdue,
    SecondChance,
    Usual,
    Waiting,
)
from bot.digests.funnel import funnel_picture
from bot.digests.rounds import delivery, latest_round, reported
from bot.digests.switch import SWITCHED, read_switch
from bot.digests.told import all_late, digest_message

__all__ = [
    "MOST_NAMED", "SWITCHED", "Audience", "Digest", "FirstDays", "LookedBack", "OpenDeal", "Overdue", "SecondChance", "Usual",
    "Waiting", "all_late", "delivery", "digest_message", "funnel_picture", "latest_round", "read_switch", "reported",
]  # fmt: skip
