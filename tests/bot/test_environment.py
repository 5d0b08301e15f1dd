"""The environment: what it may say, and that no error, repr or str ever says a secret."""

import os
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.environment import Environment, read_environment
from bot.settings import SettingsError

SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ"  # base64 of secret-secret-secret, without its padding


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("SLACK_", "TRUCE_", "LOG_")) or name in (
            "DATABASE_URL",
            "PORT",
            "OPS_PORT",
            "PUBLIC_URL",
        ):
            monkeypatch.delenv(name)


def test_nothing_set_gives_the_defaults() -> None:
    environment = read_environment(None)

    assert environment.slack_bot_token is None
    assert environment.slack_api_url == "https://slack.com/api/"
    assert environment.database_url == "sqlite:///truce.db"
    assert (environment.port, environment.ops_port) == (3000, 3001)
    assert environment.public_url is None
    assert environment.lease == timedelta(seconds=60)
    assert environment.call_timeout == timedelta(seconds=8)
    assert environment.clock is None
    assert environment.config == Path("app.yaml")
    assert (environment.log_level, environment.log_format) == ("INFO", "text")


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_SIGNING_SECRET": "shh",
        "SLACK_API_URL": "http://127.0.0.1:4000/api",
        "DATABASE_URL": "postgresql://truce@db/truce",
        "PORT": "80",
        "PUBLIC_URL": "https://truce.acme.test/",
        "OPS_PORT": "0",
        "TRUCE_LEASE": "3s",
        "TRUCE_CALL_TIMEOUT": "0.5s",
        "TRUCE_CLOCK": "clock",
        "TRUCE_CONFIG": "other.yaml",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    environment = read_environment(None)

    assert environment.slack_bot_token
    assert environment.slack_bot_token.get_secret_value() == "xoxb-1"
    assert environment.slack_api_url == "http://127.0.0.1:4000/api/"
    assert environment.database_url == "postgresql://truce@db/truce"
    assert (environment.port, environment.ops_port) == (80, 0)
    assert environment.public_url == "https://truce.acme.test"
    assert environment.lease == timedelta(seconds=3)
    assert environment.call_timeout == timedelta(seconds=0.5)
    assert environment.clock == Path("clock")
    assert environment.config == Path("other.yaml")
    assert (environment.log_level, environment.log_format) == ("DEBUG", "json")


def test_the_real_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        f"PORT=1\nOPS_PORT=2\nTRUCE_SECRET_WEBSITE=file\nTRUCE_SECRET_CRM='file'\nUNKNOWN={SECRET}\n"
    )
    monkeypatch.setenv("PORT", "5")
    monkeypatch.setenv("TRUCE_SECRET_WEBSITE", "real")

    environment = read_environment(dotenv)

    assert (environment.port, environment.ops_port) == (5, 2)
    assert environment.secrets_of("website", "bearer") == (b"real",)
    assert environment.secrets_of("crm", "bearer") == (b"file",)


def test_a_file_that_is_not_there_and_a_line_without_value_say_nothing(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    assert read_environment(dotenv).port == 3000

    dotenv.write_text("PORT=\nSLACK_BOT_TOKEN=\nTRUCE_SECRET_WEBSITE=\n")

    assert read_environment(dotenv).port == 3000
    assert read_environment(dotenv).slack_bot_token is None
    assert read_environment(dotenv).secrets_of("website") == ()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("SLACK_API_URL", "slack.com", "an address that begins with https:// or http://"),
        ("PUBLIC_URL", "ftp://truce.test", "an address that begins with https:// or http://"),
        ("DATABASE_URL", "mysql://truce:hush@db", "an address that begins with sqlite:///, postgresql://"),
        ("PORT", "http", "a whole number up to 65535"),
        ("OPS_PORT", "65536", "a whole number up to 65535"),
        ("OPS_PORT", "3000", "another than PORT"),
        ("TRUCE_LEASE", "1h", "seconds or minutes above zero: 60s, 0.5s, 2m"),
        ("TRUCE_CALL_TIMEOUT", "0s", "seconds or minutes above zero"),
        ("TRUCE_CALL_TIMEOUT", "60", "less than TRUCE_LEASE"),
        ("TRUCE_CLOCK", "clock", "only where SLACK_API_URL is not Slack's own"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR"),
        ("LOG_FORMAT", "xml", "text, json"),
    ],
)
def test_a_wrong_value_is_told_by_its_variable_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        read_environment(None)

    [problem] = refused.value.problems
    assert problem.startswith(f"{name}: ")
    assert f"; allowed: {allowed}" in problem
    assert f"{value!r}" not in problem
    assert refused.value.__context__ is None  # the error underneath knows the value


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("TRUCE_LEASE", "x")

    with pytest.raises(SettingsError) as refused:
        read_environment(None)

    assert [problem.partition(":")[0] for problem in refused.value.problems] == ["PORT", "TRUCE_LEASE"]


@pytest.mark.parametrize(
    "url", ["https://slack.com/api", "https://acme.slack.com/api/", "https://SLACK.COM/api/"]
)
def test_time_cannot_be_moved_where_slack_is_slack(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TRUCE_CLOCK", "clock")
    monkeypatch.setenv("SLACK_API_URL", url)

    with pytest.raises(SettingsError, match="TRUCE_CLOCK"):
        read_environment(None)


def test_a_feed_has_one_secret_or_two_while_they_are_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (f"whsec_{b64encode(secret).decode()}" for secret in (b"old", b"new"))
    monkeypatch.setenv("TRUCE_SECRET_WEBSITE", new)
    monkeypatch.setenv("TRUCE_SECRET_MY_CRM", f"{old} {new}")

    environment = read_environment(None)

    assert environment.secrets_of("website") == (b"new",)
    assert environment.secrets_of("my_crm") == (b"old", b"new")
    assert environment.secrets_of("unknown") == ()


def test_a_bearer_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUCE_SECRET_CRM", "plain whsec_x")

    assert read_environment(None).secrets_of("crm", "bearer") == (b"plain", b"whsec_x")


@pytest.mark.parametrize(
    "secret", [SECRET, f"whsec_{SECRET}", "whsec_", "whsec_é", "whsec_YQ== plain", "a b c"]
)
def test_a_secret_that_cannot_sign_is_refused_without_being_said(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("TRUCE_SECRET_WEBSITE", secret)

    with pytest.raises(SettingsError, match=r"^TRUCE_SECRET_WEBSITE: does not fit; allowed: ") as refused:
        read_environment(None).secrets_of("website")

    assert SECRET not in str(refused.value)
    assert "plain" not in str(refused.value)


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "TRUCE_SECRET_WEBSITE"]
    for name in names:
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://truce:{SECRET}@db/truce")

    environment = read_environment(None)

    assert SECRET not in repr(environment) + str(environment) + repr(environment.__dict__["slack_bot_token"])


def test_the_environment_never_changes() -> None:
    environment: Environment = read_environment(None)

    with pytest.raises(ValidationError, match="frozen"):
        environment.port = 1  # type: ignore[misc] # that is the point


def test_what_is_told_is_signed_with_the_secrets_of_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUCE_OUT_SECRET_MY_CRM_TEST", f"whsec_{b64encode(b'out').decode()}")
    monkeypatch.setenv("TRUCE_OUT_SECRET_BAD_TEST", SECRET)
    monkeypatch.setenv("TRUCE_OUT_PRIVATE", "crm.intern  LOCALHOST")

    environment = read_environment(None)

    assert environment.secrets_to("my-crm.test") == (b"out",)
    assert environment.secrets_to("x.test") == ()
    assert environment.private_hosts == {"crm.intern", "localhost"}
    with pytest.raises(SettingsError, match=r"^TRUCE_OUT_SECRET_BAD_TEST: does not fit") as refused:
        environment.secrets_to("bad.test")
    assert SECRET not in str(refused.value)
