"""What the doctor says of each fact: its weight, its words, and how to mend it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import health
from bot.alerts import Troubles, matters
from bot.errors import Hopeless
from bot.health import SCOPES, Check, Finding, Place, Schema, Severity, Work

LEADS = {"setting": "#leads", "roles": ["leads", "feedback"]}


def place(**shown: Any) -> list[Finding]:
    return list(health.of_place(Place(**{**LEADS, **shown})))


def told(findings: list[Finding]) -> list[tuple[Severity, str]]:
    return [(each.severity, each.sentence) for each in findings]


@pytest.mark.parametrize(
    ("tokens", "severities", "words"),
    [
        ({"bot_token": "xoxb-1", "app_token": "xapp-1", "signed": False}, [], ""),
        ({"bot_token": "xoxb-1", "app_token": None, "signed": True}, [], ""),
        (
            {"bot_token": None, "app_token": "xapp-1", "signed": False},
            [Severity.STOPS],
            "SLACK_BOT_TOKEN is not set",
        ),
        (
            {"bot_token": "xapp-1", "app_token": "xapp-1", "signed": False},
            [Severity.STOPS],
            "an app-level token",
        ),
        ({"bot_token": "xoxb-1", "app_token": "xoxb-1", "signed": False}, [Severity.STOPS], "a bot token"),
        (
            {"bot_token": "xoxb-1", "app_token": None, "signed": False},
            [Severity.STOPS],
            "nothing can come in",
        ),
    ],
)
def test_tokens_are_looked_at_before_slack_is_asked(
    tokens: Any, severities: list[Severity], words: str
) -> None:
    found = list(health.of_ways_in(**tokens))

    assert [each.severity for each in found] == severities
    assert all(words in each.words for each in found)
    assert all("-1" not in each.sentence for each in found)


@pytest.mark.parametrize(
    "code", ["invalid_auth", "token_revoked", "account_inactive", "not_allowed_token_type"]
)
@pytest.mark.parametrize(("name", "kind"), [("SLACK_BOT_TOKEN", "xoxb-"), ("SLACK_APP_TOKEN", "xapp-")])
def test_a_token_that_slack_does_not_take_stops_and_says_where_to_get_another(
    code: str, name: str, kind: str
) -> None:
    finding = health.of_token(name, code)

    assert finding.severity is Severity.STOPS
    assert name in finding.words
    assert code in finding.words
    assert kind in finding.mend


def test_an_answer_to_a_token_that_may_pass_by_itself_does_not_stop_the_start() -> None:
    finding = health.of_token("SLACK_BOT_TOKEN", "internal_error")

    assert finding.severity is Severity.HURTS
    assert "internal_error" in finding.words


def test_every_scope_that_is_missing_is_named_with_what_follows() -> None:
    found = list(health.of_scopes(set()))

    assert len(found) == len(SCOPES)
    assert [each.words for each in found] == [
        f"The app lacks the scope {scope}: {follows}." for scope, (_, follows) in SCOPES.items()
    ]
    assert [each.severity for each in health.of_scopes(SCOPES.keys())] == [Severity.FINE]
    assert [each.severity for each in health.of_scopes(None)] == [Severity.UNSEEN]


@pytest.mark.parametrize(
    ("seconds", "severity", "words"),
    [
        (0, Severity.FINE, "agrees"),
        (-9, Severity.FINE, "agrees"),
        (60, Severity.NOTE, "60 seconds before"),
        (-60, Severity.NOTE, "60 seconds behind"),
        (120, Severity.HURTS, "may be refused"),
        (-3600, Severity.HURTS, "3,600 seconds behind"),
    ],
)
def test_a_clock_that_is_off_hurts_from_two_minutes_on(seconds: int, severity: Severity, words: str) -> None:
    [finding] = health.of_clock(timedelta(seconds=seconds))

    assert finding.severity is severity
    assert words in finding.words


def test_only_the_leads_channel_stops_where_it_is_missing() -> None:
    assert told(place(found=False)) == [
        (
            Severity.STOPS,
            "The channel #leads was not found: create it, or correct app.yaml; invite the bot if it is private.",
        )
    ]
    [other] = place(setting="#retros", roles=["retros"], found=False)
    assert other.severity is Severity.NOTE
    assert "the leads channel is used in its place" in other.words


@pytest.mark.parametrize(
    ("shown", "severity", "words"),
    [
        ({}, Severity.FINE, "Truce is in #leads (leads, feedback)."),
        ({"member": False}, Severity.HURTS, "Type /invite @truce in #leads."),
        ({"archived": True, "member": False}, Severity.HURTS, "Bring it back"),
        ({"shared": True}, Severity.HURTS, "shared with another company"),
        ({"code": "missing_scope"}, Severity.UNSEEN, "missing_scope"),
    ],
)
def test_a_channel_says_what_is_wrong_with_it(shown: Any, severity: Severity, words: str) -> None:
    [finding] = place(**shown)

    assert finding.severity is severity
    assert words in finding.sentence


def test_a_company_that_is_only_invited_is_a_note() -> None:
    assert [each.severity for each in place(soon_shared=True)] == [Severity.FINE, Severity.NOTE]


def test_where_history_may_not_be_read_what_follows_is_said() -> None:
    [_, history] = place(history="missing_scope")

    assert (history.check, history.severity) == (Check.HISTORY, Severity.NOTE)
    assert "is not sent again" in history.words
    assert "channels:history" in history.mend


def test_people_are_found_by_whatever_the_settings_call_them() -> None:
    present, gone = {"amy@acme.test", "U1", "@sales"}, {"old@acme.test"}

    assert [each.severity for each in health.of_people(["Amy@acme.test", "U1", "@sales"], present, gone)] == [
        Severity.FINE
    ]
    found = list(health.of_people(["no@acme.test", "old@acme.test", "no@acme.test"], present, gone))
    assert [each.words for each in found] == [
        "no@acme.test of app.yaml is not known to Slack.",
        "old@acme.test of app.yaml has left the workspace.",
    ]
    assert {each.severity for each in found} == {Severity.NOTE}


def test_a_feed_without_a_secret_says_what_to_put_where() -> None:
    fine, without = health.of_feeds({"website": True, "crm": False})

    assert fine.severity is Severity.FINE
    assert without.severity is Severity.NOTE
    assert "TRUCE_SECRET_CRM=whsec_" in without.mend


@pytest.mark.parametrize(
    ("schema", "severity", "words"),
    [
        (Schema(place="truce.db", has="2", newest="2"), Severity.FINE, "newest version, 2"),
        (Schema(place="truce.db", exists=False), Severity.FINE, "made at the first start"),
        (Schema(place="truce.db", has="1", newest="2"), Severity.NOTE, "brings it to 2"),
        (Schema(place="truce.db", has="9", newest="2", known=False), Severity.STOPS, "by a later Truce"),
        (Schema(place="truce.db", trouble="nobody answers there"), Severity.STOPS, "DATABASE_URL"),
    ],
)
def test_the_database_says_whether_it_can_be_used(schema: Schema, severity: Severity, words: str) -> None:
    finding = health.of_schema(schema)

    assert finding.severity is severity
    assert words in finding.sentence


def test_a_port_is_free_ours_or_in_use() -> None:
    def of_port(*, free: bool, ours: bool) -> Severity:
        return health.of_port("PORT", 3000, free=free, ours=ours).severity

    assert of_port(free=True, ours=False) is Severity.FINE
    assert of_port(free=False, ours=True) is Severity.FINE
    assert of_port(free=False, ours=False) is Severity.STOPS


def test_what_waits_for_the_operator_is_counted() -> None:
    since = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    found = list(health.of_work(Work(failed=1, stuck={"post:C1": since}, quarantined=2)))

    assert [each.words for each in found] == [
        "1 job was given up.",
        "What is posted in C1 waits since 2026-11-23 09:30 UTC and does not get on.",
        "2 events made no sense and are kept.",
    ]
    assert list(health.of_work(Work())) == []


def test_the_start_ends_with_the_first_that_stops_and_warns_of_the_rest() -> None:
    hurts, stops = place(member=False), place(found=False)
    fine, unseen = place(), list(health.unseen([Check.PEOPLE], "that is mended"))

    assert health.weigh([*fine, *hurts, *unseen]) == [each.sentence for each in hurts]
    with pytest.raises(Hopeless, match=r"#leads was not found"):
        health.weigh([*hurts, *stops])


def test_the_report_has_a_line_for_each_with_how_to_mend_it_below_and_the_sum() -> None:
    found = [*place(member=False), *place(found=False), *health.of_feeds({"crm": False})]

    assert health.report(found).splitlines()[:2] == [
        "  mend  channels    Truce is not in #leads: what belongs there waits.",
        "                    Type /invite @truce in #leads.",
    ]
    assert "2 things to mend. Truce does not start before" in health.report(found)
    assert health.report(place()).endswith("All is well.")
    assert health.as_data(found)["ok"] is False
    assert health.as_data([*place(), *health.of_feeds({"crm": False})])["ok"] is True


def test_an_address_that_is_told_needs_a_secret_and_a_host_of_the_internet() -> None:
    variable = "TRUCE_OUT_SECRET_CRM_TEST"
    told = [health.of_out("crm.test", variable, signs=signs) for signs in (True, False)]
    told += [
        health.of_host("crm.test", found, private=False)
        for found in ({"8.8.8.8"}, {"8.8.8.8", "10.0.0.1"}, ())
    ]
    told.append(health.of_host("crm.intern", {"10.0.0.1"}, private=True))

    assert [each.severity.value for each in told] == ["fine", "hurts", "fine", "hurts", "hurts", "fine"]
    assert f"Put {variable}=whsec_" in told[1].mend
    assert "TRUCE_OUT_PRIVATE" in told[3].mend
    assert "not found" in told[4].words


def test_an_address_that_does_not_get_on_is_named_by_its_host() -> None:
    lane, since = "out:crm.test/12ab34cd", datetime(2026, 11, 23, 10, tzinfo=UTC)

    [finding] = health.of_work(Work(stuck={lane: since}))
    [matter] = matters(Troubles(stuck=[lane])).values()

    assert (
        finding.words == "What crm.test is to be told waits since 2026-11-23 10:00 UTC and does not get on."
    )
    assert finding.mend == "truce jobs list says what it answers."
    assert matter.startswith("What crm.test is to be told waits for over ten minutes")
