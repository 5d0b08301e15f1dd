"""The environment: secrets and addresses, read once, checked whole. No error ever says a value: it may be a secret.

How Truce behaves is in app.yaml, never here.
"""

import os
import re
from base64 import b64decode
from datetime import timedelta
from hmac import digest
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.links import Links
from bot.out.addresses import PREFIX as OUT_PREFIX
from bot.out.addresses import variable_of
from bot.settings import SettingsError

FEED_PREFIX: Final = "TRUCE_SECRET_"
PREFIXES: Final = (FEED_PREFIX, OUT_PREFIX)
SIGNING: Final = "whsec_"  # how Standard Webhooks mark a secret
AT_MOST: Final = 2  # secrets of one feed: the old and the new, while they are exchanged
AN_ADDRESS: Final = "an address that begins with https:// or http://"
DATABASES: Final = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


def _duration(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(s|m)?", str(written))
    if match is None or not float(match[1]):
        raise ValueError
    return timedelta(minutes=float(match[1])) if match[2] == "m" else timedelta(seconds=float(match[1]))


def _address(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    return written.rstrip("/")


def _database(written: str) -> str:
    if not written.startswith(DATABASES):
        raise ValueError
    _ = urlsplit(written).port  # raises ValueError where it is no number
    return written


def _upper(written: object) -> str:
    return str(written).upper()


# The description of each says what is allowed; it is all that an error tells.
Duration = Annotated[
    timedelta, BeforeValidator(_duration), Field(description="seconds or minutes above zero: 60s, 0.5s, 2m")
]
Address = Annotated[str, AfterValidator(_address)]
Port = Annotated[
    int, Field(ge=0, le=65535, description="a whole number up to 65535, or 0 for any that is free")
]


class Environment(BaseSettings):
    """What the environment says; `read_environment` is the way in. Variables are named like the fields."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Annotated[Address, AfterValidator(lambda address: f"{address}/")] = Field(
        default="https://slack.com/api/", description=AN_ADDRESS
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite:///truce.db",
        repr=False,  # may hold a password
        description=f"an address that begins with {', '.join(DATABASES)}",
    )
    port: Port = 3000
    public_url: Address | None = Field(default=None, description=AN_ADDRESS)
    ops_port: Port = 3001
    lease: Duration = Field(default=timedelta(seconds=60), validation_alias="TRUCE_LEASE")
    call_timeout: Duration = Field(default=timedelta(seconds=8), validation_alias="TRUCE_CALL_TIMEOUT")
    clock: Path | None = Field(default=None, validation_alias="TRUCE_CLOCK")
    out_private: str = Field(default="", validation_alias="TRUCE_OUT_PRIVATE", description="names of hosts")
    config: Path = Field(default=Path("app.yaml"), validation_alias="TRUCE_CONFIG")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", description="DEBUG, INFO, WARNING, ERROR"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="text, json")
    _feed_secrets: dict[str, SecretStr] = PrivateAttr(default_factory=dict)

    @classmethod
    def read(cls, dotenv: Path | None) -> Self:
        """Read the environment, and from the file what is not in it."""
        environment = cls(_env_file=dotenv)
        everything = {**(dotenv_values(dotenv) if dotenv else {}), **os.environ}
        environment._feed_secrets.update(
            {
                name: SecretStr(value)
                for name, value in everything.items()
                if name.startswith(PREFIXES) and value
            }
        )
        return environment

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.call_timeout >= self.lease:
            raise ValueError("TRUCE_CALL_TIMEOUT: does not fit; allowed: less than TRUCE_LEASE")
        if self.clock and self._is_slack_itself():
            raise ValueError(
                "TRUCE_CLOCK: moves the time; allowed: only where SLACK_API_URL is not Slack's own"
            )
        if self.port == self.ops_port != 0:
            raise ValueError("OPS_PORT: does not fit; allowed: another than PORT")
        return self

    def _is_slack_itself(self) -> bool:
        host = urlsplit(self.slack_api_url).hostname or ""
        return host in ("slack.com", "slack-gov.com") or host.endswith((".slack.com", ".slack-gov.com"))

    @property
    def links(self) -> Links:
        """Where browsers reach us. Links are signed with the bot's token: all our processes have it, a new one ends them."""
        token = "" if self.slack_bot_token is None else self.slack_bot_token.get_secret_value()
        return Links(url=self.public_url, key=digest(token.encode(), b"links to figures", "sha256"))

    def secrets_of(self, feed: str, auth: Literal["signature", "bearer"] = "signature") -> tuple[bytes, ...]:
        """Answer the secrets of a feed, decoded; none where its variable is not set.

        Raises SettingsError, which names the variable, where they are not what `auth` needs.
        """
        return self._secrets(f"{FEED_PREFIX}{feed.upper()}", auth)

    def secrets_to(self, host: str) -> tuple[bytes, ...]:
        """Answer the secrets by which we sign what goes to this host, as `secrets_of` does for a feed."""
        return self._secrets(variable_of(host), "signature")

    @property
    def private_hosts(self) -> frozenset[str]:
        """The hosts that we may send to although they are of this machine or its network."""
        return frozenset(self.out_private.lower().split())

    def _secrets(self, variable: str, auth: Literal["signature", "bearer"]) -> tuple[bytes, ...]:
        secret = self._feed_secrets.get(variable)
        words = secret.get_secret_value().split() if secret else []
        if len(words) > AT_MOST:
            raise SettingsError(f"{variable}: does not fit; allowed: one secret, or two separated by a space")
        return tuple(word.encode() if auth == "bearer" else _decoded(word, variable) for word in words)


def _decoded(word: str, variable: str) -> bytes:
    try:
        secret = b64decode(word.removeprefix(SIGNING), validate=True) if word.startswith(SIGNING) else b""
    except ValueError:
        secret = b""
    if not secret:
        raise SettingsError(
            f"{variable}: does not fit; allowed: {SIGNING} and base64, or two of them with a space between"
        )
    return secret


def read_environment(dotenv: Path | None) -> Environment:
    """Read the environment, and a .env file for what is not in it; raise SettingsError with every problem."""
    try:
        return Environment.read(dotenv)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors(include_url=False, include_input=False)]
    raise SettingsError(*problems)  # outside of `except`: the error there knows the values


def _problem(details: ErrorDetails) -> str:
    if not details["loc"]:
        return str(details["ctx"]["error"])
    name = str(details["loc"][0])
    fields = {field.validation_alias or each: field for each, field in Environment.model_fields.items()}
    return f"{name.upper()}: does not fit; allowed: {fields[name].description}"
