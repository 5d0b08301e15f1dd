"""What a channel is where nothing can, or may, be posted in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final


class Closed(StrEnum):
    """Why a channel takes nothing now; Slack's own codes where it has some."""

    SHARED = "shared"  # with another company: nothing about a person is posted there
    ARCHIVED = "is_archived"
    OUTSIDE = "not_in_channel"  # Truce was removed from it, or never came in
    UNSEEN = "channel_not_found"


HOW_TO_MEND: Final = {
    Closed.SHARED: "is shared with another company, so nothing about people is posted there: all of it waits."
    " End the sharing in Slack, or name another channel in app.yaml.",
    Closed.ARCHIVED: "is archived: what belongs there waits. Bring it back in Slack, or name another in app.yaml.",
    Closed.OUTSIDE: "is without Truce: what belongs there waits. Type /invite @truce there.",
    Closed.UNSEEN: "cannot be seen by Truce: what belongs there waits. Invite it, or correct app.yaml.",
}
# Events by which Slack tells that something about a channel has changed; what it is by then is asked anew.
EVENTS: Final = (
    "channel_archive",
    "channel_unarchive",
    "channel_left",
    "channel_shared",
    "channel_unshared",
    "group_archive",
    "group_left",
    "group_unarchive",
)


def closed_why(shown: Mapping[str, Any]) -> Closed | None:
    """What conversations.info says of it; None: it is open to us."""
    if shown.get("is_archived"):
        return Closed.ARCHIVED
    if not shown.get("is_member"):
        return Closed.OUTSIDE
    return Closed.SHARED if shown.get("is_ext_shared") else None


def told_at_once(event: Mapping[str, Any]) -> Closed | None:
    """What an event says by itself: who is outside must not read what we would post in the meantime."""
    return Closed.SHARED if event.get("type") == "channel_shared" else None
