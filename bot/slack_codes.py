"""What Slack's error codes mean for us: it heals by itself, a person must mend it, or it never heals."""

from collections.abc import Mapping
from typing import Final

# The work may have been done although the answer says otherwise, or did not come: nobody knows.
UNKNOWN: Final = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)

# Somebody has to do something; until then what is behind it waits.
MENDED_BY_A_PERSON: Final[Mapping[str, str]] = {
    "channel_not_found": "Truce cannot see the channel: invite the bot to it, or correct app.yaml.",
    "not_in_channel": "Truce is not in the channel: type /invite @truce there.",
    "is_archived": "The channel is archived: bring it back, or name another in app.yaml.",
    "shared": "The channel is shared with another company: nothing about people is posted there. End the sharing.",
    "restricted_action": "Who may post in the channel is restricted: allow the bot to post.",
    "missing_scope": "The app lacks a scope: compare it with manifest.json and install it again.",
    "no_permission": "The app lacks a permission: compare it with manifest.json and install it again.",
    "invalid_auth": "Slack does not know the token: put a new SLACK_BOT_TOKEN into .env.",
    "not_authed": "No token was sent: put SLACK_BOT_TOKEN into .env.",
    "token_revoked": "The token was revoked: install the app again and put its token into .env.",
    "token_expired": "The token has expired: install the app again and put its token into .env.",
    "account_inactive": "The app was removed from the workspace: install it again.",
    "message_limit_exceeded": "The workspace has reached its limit of messages.",
}

# Those of them that mean us altogether: Slack takes nothing from us at all.
NOT_KNOWN: Final = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"}
)

# The person or the message is not there any more.
GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
NOBODY_THERE: Final = frozenset(
    {"user_not_found", "user_disabled", "cannot_dm_bot", "user_is_bot", "not_allowed"}
)


def not_opened(code: str) -> str:
    """What who asked for a window is told."""
    if code in MENDED_BY_A_PERSON or code == "unknown_method":
        return "Slack does not let me open this. Whoever runs Truce finds in the log how to mend it."
    return "Slack was too slow to open this. Please click once more."
