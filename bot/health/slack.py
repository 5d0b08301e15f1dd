"""What Slack says: of tokens, scopes, channels, people, and what time it is."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.health.finding import Check, Finding, Severity, fine, not_seen
from bot.text import count, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel as the settings name it and as Slack shows it; `code` is Slack's where it shows nothing."""

    setting: str
    roles: Sequence[str]
    found: bool = True
    member: bool = True
    archived: bool = False
    shared: bool = False
    soon_shared: bool = False
    code: str = ""
    history: str = ""  # Slack's code where history may not be read


INSTALL: Final = "Add it under OAuth & Permissions of your Slack app, and install the app again."
HOW_BOT: Final = (
    "Copy the Bot User OAuth Token (xoxb-...) from OAuth & Permissions of your Slack app into .env."
)
HOW_APP: Final = (
    "Make an app-level token (xapp-...) with connections:write under Basic Information of your Slack app,"
    " and put it into .env."
)
UNREACHABLE: Final = "unreachable"  # in the place of a code of Slack's: no answer came

# What each scope of manifest.json is for, and how much is lost without it.
SCOPES: Final[Mapping[str, tuple[Severity, str]]] = {
    "chat:write": (Severity.STOPS, "Truce cannot post anything"),
    "channels:read": (Severity.HURTS, "public channels cannot be found"),
    "groups:read": (Severity.HURTS, "private channels cannot be found"),
    "commands": (Severity.HURTS, "nobody can type /truce"),
    "dnd:read": (Severity.NOTE, "direct messages come although somebody wants no disturbance"),
    "files:read": (
        Severity.NOTE,
        "messages stand without their pictures, and no file that is dropped is read",
    ),
    "files:write": (
        Severity.NOTE,
        "messages stand without their pictures, and refused rows are not given back",
    ),
    "im:write": (Severity.HURTS, "owners cannot be written to directly"),
    "users:read": (Severity.HURTS, "nobody can be recognised, so nobody can accept a lead"),
    "users:read.email": (Severity.HURTS, "people cannot be found by the e-mail that app.yaml names"),
    "usergroups:read": (Severity.NOTE, "user groups that app.yaml names stay empty"),
    "channels:history": (Severity.NOTE, "a post in a public channel whose answer is lost is not sent again"),
    "groups:history": (Severity.NOTE, "a post in a private channel whose answer is lost is not sent again"),
    "im:history": (Severity.NOTE, "a direct message whose answer is lost is not sent again"),
}
TOKEN_CODES: Final[Mapping[str, str]] = {
    "invalid_auth": "Slack does not know {name}",
    "not_authed": "Slack got no token from {name}",
    "token_revoked": "{name} was revoked",
    "token_expired": "{name} has expired",
    "account_inactive": "The app of {name} was removed from the workspace",
    "not_allowed_token_type": "{name} is a token of another kind",
    "missing_scope": "{name} lacks the scope connections:write",
    "forbidden_team": "{name} is of an app that may not be used in this workspace",
}
SKEW_NOTED: Final = timedelta(seconds=10)
SKEW_HURTS: Final = timedelta(seconds=120)  # how far around a lost post it is looked for (handlers/posts.py)


def of_ways_in(*, bot_token: str | None, app_token: str | None, signed: bool) -> Iterator[Finding]:
    """What the tokens look like, before Slack is asked. Only their beginnings are looked at, never shown."""
    if not bot_token:
        yield _token(Severity.STOPS, "SLACK_BOT_TOKEN is not set.", HOW_BOT)
    elif bot_token.startswith("xapp-"):
        yield _token(Severity.STOPS, "SLACK_BOT_TOKEN holds an app-level token (xapp-...).", HOW_BOT)
    if app_token and app_token.startswith("xoxb-"):
        yield _token(Severity.STOPS, "SLACK_APP_TOKEN holds a bot token (xoxb-...).", HOW_APP)
    if not app_token and not signed:
        words = "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set: nothing can come in."
        yield _token(Severity.STOPS, words, f"{HOW_APP} Or, over HTTP, copy the Signing Secret from there.")


def of_token(name: str, code: str) -> Finding:
    """What Slack said to a token; "" is yes."""
    if not code:
        return fine(Check.TOKENS, f"Slack knows {name}.")
    how = HOW_BOT if name == "SLACK_BOT_TOKEN" else HOW_APP
    if code in TOKEN_CODES:
        return _token(Severity.STOPS, f"{TOKEN_CODES[code].format(name=name)} ({code}).", how)
    if code == UNREACHABLE:
        mend = "Is this machine connected, and SLACK_API_URL right (or unset)?"
        return _token(Severity.STOPS, "Slack cannot be reached.", mend)
    return _token(Severity.HURTS, f"Slack does not take {name}: {_code(code)}.", "It may pass by itself.")


def of_scopes(granted: Collection[str] | None) -> Iterator[Finding]:
    """What the installed app may not do. None: Slack did not say."""
    if granted is None:
        yield not_seen(Check.SCOPES, "Slack did not say which scopes the app has.")
        return
    missing = [scope for scope in SCOPES if scope not in granted]
    for scope in missing:
        severity, follows = SCOPES[scope]
        words = f"The app lacks the scope {scope}: {follows}."
        yield Finding(check=Check.SCOPES, severity=severity, words=words, mend=INSTALL)
    if not missing:
        yield fine(Check.SCOPES, "The app has every scope of manifest.json.")


def of_clock(skew: timedelta | None) -> Iterator[Finding]:
    """How far this machine's clock is before Slack's (or behind: below zero)."""
    if skew is None:
        yield not_seen(Check.CLOCK, "Slack did not say what time it is.")
        return
    seconds = round(abs(skew).total_seconds())
    if abs(skew) < SKEW_NOTED:
        yield fine(Check.CLOCK, "The clock agrees with Slack's.")
        return
    words = f"The clock here is {count(seconds, 'second')} {'before' if skew > timedelta() else 'behind'} Slack's."
    if abs(skew) >= SKEW_HURTS:
        words += " Signed requests may be refused, and a post may appear twice."
    severity = Severity.HURTS if abs(skew) >= SKEW_HURTS else Severity.NOTE
    yield Finding(
        check=Check.CLOCK, severity=severity, words=words, mend="Let it be set over the network (NTP)."
    )


def not_found(setting: str) -> str:
    """The sentence for a channel that Slack does not show us."""
    return f"The channel {setting} was not found: create it, or correct app.yaml; invite the bot if it is private."


def of_place(place: Place) -> Iterator[Finding]:
    """What is wrong with a channel of the settings; the leads channel is needed, the others are replaced by it."""
    needed, name = "leads" in place.roles, place.setting
    if place.code and place.found:
        yield not_seen(Check.CHANNELS, f"Slack did not show the channel {name}: {_code(place.code)}.")
    elif not place.found:
        words = not_found(name)
        instead = "" if needed else " Until then the leads channel is used in its place."
        severity = Severity.STOPS if needed else Severity.NOTE
        yield Finding(check=Check.CHANNELS, severity=severity, words=words + instead)
    elif place.archived:
        yield _channel(
            f"{name} is archived: what belongs there waits.", "Bring it back, or name another in app.yaml."
        )
    elif not place.member:
        yield _channel(
            f"Truce is not in {name}: what belongs there waits.", f"Type /invite @truce in {name}."
        )
    elif not place.shared:
        yield fine(Check.CHANNELS, f"Truce is in {name} ({', '.join(place.roles)}).")
    yield from _of_sharing(place)
    yield from _of_history(place)


def _of_sharing(place: Place) -> Iterator[Finding]:
    mend = "Name a channel in app.yaml that is this workspace's own."
    if place.shared:
        words = f"{place.setting} is shared with another company, whose people can read what is posted there."
        yield _channel(words, mend)
    elif place.soon_shared:
        words = f"Another company is invited to {place.setting}, and will read what is posted there."
        yield Finding(check=Check.CHANNELS, severity=Severity.NOTE, words=words, mend=mend)


def _of_history(place: Place) -> Iterator[Finding]:
    if place.history == "missing_scope":
        follows = "a post there whose answer is lost is not sent again, and may be missing"
        words = f"The history of {place.setting} may not be read: {follows}."
        mend = f"The scopes are channels:history, groups:history and im:history. {INSTALL}"
        yield Finding(check=Check.HISTORY, severity=Severity.NOTE, words=words, mend=mend)
    elif place.history:
        yield not_seen(
            Check.HISTORY, f"The history of {place.setting} was not shown: {_code(place.history)}."
        )


def of_people(named: Iterable[str], present: Collection[str], gone: Collection[str]) -> Iterator[Finding]:
    """Who of `named` (e-mails, ids, @groups) is not among those whom Slack knows, or has left."""
    missing = False
    for name in dict.fromkeys(named):
        if name in present or name.lower() in present:
            continue
        missing = True
        left = name in gone or name.lower() in gone
        words = f"{name} of app.yaml {'has left the workspace' if left else 'is not known to Slack'}."
        yield Finding(check=Check.PEOPLE, severity=Severity.NOTE, words=words, mend="Correct app.yaml.")
    if not missing:
        yield fine(Check.PEOPLE, "Slack knows everybody whom app.yaml names.")


def scopes_told(headers: Mapping[str, str]) -> set[str] | None:
    """The scopes of a token, as Slack's answer tells them; None: it does not."""
    told = headers.get("x-oauth-scopes")
    return None if told is None else {scope.strip() for scope in told.split(",")}


def skew(headers: Mapping[str, str], sent: datetime, came: datetime) -> timedelta | None:
    """How far our clock is before Slack's, whose header has whole seconds."""
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return sent + (came - sent) / 2 - (theirs + timedelta(seconds=0.5))


def _token(severity: Severity, words: str, mend: str) -> Finding:
    return Finding(check=Check.TOKENS, severity=severity, words=words, mend=mend)


def _channel(words: str, mend: str) -> Finding:
    return Finding(check=Check.CHANNELS, severity=Severity.HURTS, words=words, mend=mend)


def _code(code: str) -> str:
    return one_line(code)[:80]
