"""The weekly message: when it goes to whom, and what it says. Pure."""

from bot.digests.rounds import delivery, latest_round, reported
from bot.digests.told import MOST_NAMED, Audience, Digest, Usual, Waiting, all_late, digest_message

__all__ = [
    "MOST_NAMED", "Audience", "Digest", "Usual", "Waiting",
    "all_late", "delivery", "digest_message", "latest_round", "reported",
]  # fmt: skip
