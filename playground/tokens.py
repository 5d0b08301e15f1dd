"""What an app may call with: tokens, the codes that are exchanged for them, and refresh tokens that work once."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from playground.clock import Now
from playground.errors import SlackError

CODE_LIFE = timedelta(minutes=10)
ROTATED_LIFE = timedelta(hours=12)  # of a token, where the manifest turns on rotation
Kind = Literal["bot", "user", "app"]
Scopes = frozenset[str] | None  # None: all of them


@dataclass(kw_only=True)
class Token:
    """One token; `dead` is the code that it is refused with, once it is."""

    text: str
    kind: Kind
    scopes: Scopes
    person: str = ""
    expires: datetime | None = None
    dead: str = ""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a person allowed; the app has its code and fetches the tokens with it, once."""

    person: str
    scopes: frozenset[str]
    user_scopes: frozenset[str]
    redirect_uri: str
    expires: datetime


class Tokens:
    """Every token and code that was handed out."""

    def __init__(self, now: Now) -> None:
        self.now = now
        self._known: dict[str, Token] = {}
        self._codes: dict[str, Grant] = {}
        self._used: set[str] = set()
        self._refresh: dict[str, str] = {}  # refresh token -> the token that it renews
        self._numbers = itertools.count(1)

    def keep(self, token: Token) -> Token:
        self._known[token.text] = token
        return token

    def check(self, text: str) -> Token:
        """Give the token, or refuse it as Slack does."""
        if not text:
            raise SlackError("not_authed")
        token = self._known.get(text)
        if token is None:
            raise SlackError("invalid_auth")
        if token.dead:
            raise SlackError(token.dead)
        if token.expires is not None and self.now() >= token.expires:
            raise SlackError("token_expired")
        return token

    def make(self, kind: Kind, scopes: Scopes, person: str, *, rotated: bool) -> Token:
        prefix = ("xoxe." if rotated else "") + ("xoxb-" if kind == "bot" else "xoxp-")
        expires = self.now() + ROTATED_LIFE if rotated else None
        text = f"{prefix}playground-{next(self._numbers)}"
        return self.keep(Token(text=text, kind=kind, scopes=scopes, person=person, expires=expires))

    def of(self, kind: Kind) -> list[Token]:
        """Give the tokens of this kind that still work."""
        return [one for one in self._known.values() if one.kind == kind and not one.dead]

    def end_all(self) -> None:
        """Let every bot and user token be refused from now on: the app was taken out."""
        for token in [*self.of("bot"), *self.of("user")]:
            token.dead = "account_inactive" if token.kind == "bot" else "token_revoked"

    def revive(self) -> None:
        """Let what was refused because the app was taken out work again."""
        for token in self._known.values():
            token.dead = "" if token.dead == "account_inactive" else token.dead

    # --- codes

    def code(
        self, *, person: str, scopes: frozenset[str], user_scopes: frozenset[str], redirect_uri: str
    ) -> str:
        text = f"code-{next(self._numbers)}"
        self._codes[text] = Grant(
            person=person,
            scopes=scopes,
            user_scopes=user_scopes,
            redirect_uri=redirect_uri,
            expires=self.now() + CODE_LIFE,
        )
        return text

    def redeem(self, code: str, redirect_uri: str) -> Grant:
        """Take the code, once, within ten minutes, with the address that it was asked for with."""
        grant = self._codes.get(code)
        if grant is None:
            raise SlackError("invalid_code")
        if code in self._used:
            raise SlackError("code_already_used")
        if self.now() > grant.expires:
            raise SlackError("code_expired")
        if redirect_uri != grant.redirect_uri:
            raise SlackError("bad_redirect_uri")
        self._used.add(code)
        return grant

    # --- rotation

    def refresh_for(self, token: Token) -> str:
        text = f"xoxe-1-playground-{next(self._numbers)}"
        self._refresh[text] = token.text
        return text

    def renew(self, refresh: str) -> Token:
        """Exchange a refresh token, once, for a new token with the same rights."""
        old = self._known.get(self._refresh.pop(refresh, ""))
        if old is None or old.dead:
            raise SlackError("invalid_refresh_token")
        return self.make(old.kind, old.scopes, old.person, rotated=True)
