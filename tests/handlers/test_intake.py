"""Stories of what comes in over HTTP: what is taken, what is refused and how, and what it does."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Route

from bot.intake.schema import json_schema
from tests.asgi import get
from tests.world import BEARER, ONE_CHANNEL, World, lead, person_called, settings_with

SECRET_WORDS = "Ring the bell twice"
HOSTILE = "<!channel> <@UBEN00000> <http://evil.test|good> *bold* `code` :tada: \u202egnp\u200f \x00😀 &amp; "
LONG = HOSTILE + "A" * 4000


def told_lead(**changes: Any) -> dict[str, Any]:
    return lead(facts={"message": SECRET_WORDS}, **changes)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged from a warning on, as it would be written."""
    formatter = logging.Formatter("%(levelname)s %(message)s")
    return [formatter.format(record) for record in caplog.records if record.levelno >= logging.WARNING]


UNSEEN = ("value", "block_id", "private_metadata", "metadata")  # what nobody is shown


def texts(part: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text that is shown, with what it is: mrkdwn and a message's own text are live, the rest is not."""
    if isinstance(part, str):
        yield key, part
    elif isinstance(part, list):
        for each in part:
            yield from texts(each, key)
    elif isinstance(part, dict):
        kind = str(part.get("type", "live"))
        for name, each in part.items():
            if name not in UNSEEN:
                yield from texts(each, kind if name == "text" else name)


def assert_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """No body and no secret in any line of the log, traces included."""
    written = caplog.text
    for secret in (SECRET_WORDS, "pat@globex.test", "7946", "whsec_", BEARER, "v1,"):
        assert secret not in written


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"webhook_signature": "v1,bm9uc2Vuc2U="}, "no signature fits"),
        ({"webhook_signature": "nonsense"}, "no signature fits"),
        ({"webhook_signature": ""}, "webhook-signature is missing"),
        ({"webhook_timestamp": "1795424000"}, "webhook-timestamp is more than 300 s off"),
        ({"webhook_timestamp": "yesterday"}, "webhook-timestamp is not a number"),
        ({"webhook_timestamp": "9" * 5000}, "webhook-timestamp is not a number"),
        ({"webhook_timestamp": ""}, "webhook-timestamp is missing"),
    ],
)
async def test_who_cannot_prove_who_they_are_gets_401_and_nothing_is_kept(
    world: World, caplog: pytest.LogCaptureFixture, headers: dict[str, str], why: str
) -> None:
    status, told = await world.crm_sends(told_lead(), **headers)

    assert (status, told["words"]) == (401, "The signature does not fit.")
    assert lines(caplog) == [f"WARNING intake website refused: 401 {why}"]
    assert_quiet(caplog)
    assert world.cards() == []
    assert world.count("lead") == world.count("quarantine") == 0


async def test_a_body_that_was_changed_on_its_way_gets_401(world: World) -> None:
    before = json.dumps(told_lead()).encode()
    status, _ = await world.feed_posts(before)
    assert status == 202
    signed = {"webhook_id": "msg_x", "webhook_signature": "v1,AAAA"}

    status, _ = await world.feed_posts(before.replace(b"Pat", b"Pit"), **signed)

    assert status == 401


async def test_more_than_a_mebibyte_gets_413(world: World, caplog: pytest.LogCaptureFixture) -> None:
    status, _ = await world.feed_posts(b'"' + b"x" * 1024 * 1024 + b'"')

    assert status == 413
    assert lines(caplog) == [
        "WARNING intake website refused: 413 At most 1,048,576 bytes are taken at a time."
    ]


async def test_a_body_that_lies_about_its_length_gets_413_too(world: World) -> None:
    status, _ = await world.feed_posts(b'"' + b"x" * 1024 * 1024 + b'"', content_length="12")

    assert status == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe{}", b"name=Pat", b"NaN", b"[" * 100_000, b'{"id": "\xc3"}']
)
async def test_what_is_not_json_gets_400(world: World, caplog: pytest.LogCaptureFixture, body: bytes) -> None:
    status, told = await world.feed_posts(body)

    assert status == 400
    assert told["words"].startswith("This is not JSON") or "nested" in told["words"]
    assert len(lines(caplog)) == 1
    assert world.count("quarantine") == 0


@pytest.mark.parametrize("feed", ["nobody", "web site", "%0AERROR%20all%20is%20lost", "..%2F..%2Fhealthz"])
async def test_an_unknown_feed_gets_404_in_one_line_of_the_log(
    world: World, caplog: pytest.LogCaptureFixture, feed: str
) -> None:
    status, _ = await world.crm_sends(told_lead(), feed=feed)

    assert status == 404
    assert all("\n" not in line for line in lines(caplog))
    assert len(lines(caplog)) <= 1


async def test_a_feed_with_a_bearer_token_takes_it_and_nothing_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    good, _ = await world.crm_sends(told_lead(), feed="partner", authorization=f"Bearer {BEARER}")
    wrong, _ = await world.crm_sends(told_lead(), feed="partner", authorization="Bearer guess")
    none, _ = await world.crm_sends(told_lead(), feed="partner")

    assert (good, wrong, none) == (202, 401, 401)
    assert_quiet(caplog)


async def test_a_signed_feed_takes_no_bearer_token(world: World) -> None:
    status, _ = await world.crm_sends(told_lead(), authorization=f"Bearer {BEARER}", webhook_signature="")

    assert status == 401


async def test_nonsense_gets_422_with_every_problem_by_its_path(world: World) -> None:
    status, told = await world.crm_sends(
        lead(
            contact={"email": "not an address", "name": 7},
            score="high",
            touches=[{"kind": "webinar"}, {"at": "2026-11-20T15:00:00Z"}],
        )
    )

    assert (status, told["status"]) == (422, "refused")
    assert sorted(problem["path"] for problem in told["problems"]) == [
        "contact.email",
        "contact.name",
        "score",
        "touches.0.at",
        "touches.1.kind",
    ]
    assert "not an address" not in json.dumps(told)
    assert world.cards() == []


@pytest.mark.postgres
async def test_nonsense_is_kept_in_quarantine_and_counted_up(world: World) -> None:
    for _ in range(3):
        await world.crm_sends({"contact": {"name": "Nobody"}})
    await world.crm_sends({"contact": {"name": "Somebody else"}})

    assert world.count("quarantine") == 2
    assert world.count("quarantine", "times = 3") == 1


async def test_of_an_array_the_good_ones_are_kept_and_each_has_its_status(world: World) -> None:
    status, told = await world.crm_sends(lead(), {"contact": {"email": 7}}, person_called("Robin Roe"))

    assert status == 207
    assert [each["code"] for each in told["items"]] == [202, 422, 202]
    assert [problem["path"] for problem in told["items"][1]["problems"]] == ["contact.email", "id"] or (
        told["items"][1]["problems"][0]["path"] == "contact.email"
    )
    assert len(world.cards()) == 2


async def test_an_array_of_good_ones_gets_202(world: World) -> None:
    status, told = await world.crm_sends(lead(), person_called("Robin Roe"))

    assert (status, [each["status"] for each in told["items"]]) == (202, ["new", "new"])


async def test_an_empty_array_gets_202(world: World) -> None:
    assert await world.feed_posts(b"[]") == (202, {"items": []})


async def test_more_than_a_hundred_at_once_are_refused_together(world: World) -> None:
    status, told = await world.feed_posts(json.dumps([lead()] * 101).encode())

    assert status == 422
    assert "at most 100 items" in told["problems"][0]["words"]
    assert world.count("lead") == 0


async def test_a_delivery_that_made_no_sense_may_come_again_corrected(world: World) -> None:
    first, _ = await world.crm_sends(lead(score="high"), webhook_id="msg_1")
    second, _ = await world.crm_sends(lead(score=90), webhook_id="msg_1")

    assert (first, second) == (422, 202)


async def test_only_what_is_committed_gets_202(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with world.without("handoff"):
        status, _ = await world.crm_sends(told_lead(), webhook_id="msg_1")

    assert status == 500
    assert world.count("lead") == world.count("identity") == 0
    status, told = await world.crm_sends(told_lead(), webhook_id="msg_1")
    assert (status, told["status"]) == (202, "new")


async def test_two_feeds_know_a_person_by_their_own_ids(world: World) -> None:
    await world.crm_sends(lead(id="7"))
    await world.crm_sends(person_called("Robin Roe", id="7"), feed="crm")

    assert len(world.cards()) == 2


@pytest.mark.parametrize("settings", [settings_with(), ONE_CHANNEL])
@pytest.mark.postgres
async def test_a_hostile_lead_does_no_harm_anywhere(world: World) -> None:
    contact = {"name": LONG, "email": "pat@globex.test", "title": LONG, "phone": HOSTILE}
    company = {"name": LONG, "industry": LONG}
    hostile = lead(
        source=HOSTILE,
        campaign=HOSTILE,
        contact=contact,
        company=company,
        facts={HOSTILE: LONG},
        url="https://crm.test/|x&!channel",
        touches=[{"kind": HOSTILE, "at": "2026-11-20T15:00:00Z", "campaign": HOSTILE, "detail": LONG}],
    )

    status, _ = await world.crm_sends(hostile)
    assert status == 202
    card = world.card()
    await world.clicks("amy", "Timeline", card)
    await world.clicks("amy", "Accept", card)
    await world.clicks("ben", "Accept", card)
    await world.crm_sends(
        {"touch": {"lead": "crm-991", "kind": HOSTILE, "at": "2026-11-23T09:00:00Z", "campaign": HOSTILE}}
    )
    await world.rejects("amy", world.dm("amy"), "Other", words=LONG[:2000])
    await world.crm_sends(
        lead(id="n-1", contact={"name": LONG}, company=company, campaign=HOSTILE, source=HOSTILE)
    )

    refused = [call for call in world.slack.calls() if call.error]
    assert refused == []
    shown = list(texts(world.everything_given()))
    live = [words for kind, words in shown if kind in ("mrkdwn", "live")]
    assert len(live) > 20
    for harm in ("<!channel", "<http://evil", "> <@UBEN00000>", "*bold*", "`code`", ":tada:"):
        assert [words for words in live if harm in words] == []
    assert [words for _, words in shown if set("\u202e\u200f\x00") & set(words)] == []
    assert all(answer.status == 200 for answer in world.slack.answers())


async def test_a_hostile_lead_found_by_a_search_does_no_harm(world: World) -> None:
    await world.crm_sends(person_called("Robin Roe") | {"company": {"name": LONG}})
    await world.clicks("amy", "Reject", await world.offers())
    await world.chooses("amy", "Reason", "Already known")

    [found] = await world.slack.suggestions("amy", "Which record is it?", "robin")

    assert found["text"]["type"] == "plain_text"
    assert len(found["text"]["text"]) <= 75
    assert "\u202e" not in found["text"]["text"]


async def test_healthz_says_nothing_but_ok(world: World) -> None:
    status, told = await world.feed_posts(b"", feed="../healthz")

    assert status == 404
    assert told == "Not Found"


async def test_every_feed_tells_everybody_what_it_takes(world: World) -> None:
    status, headers, body = await get(world.truce.web, "/intake/website/schema")

    assert (status, headers["content-type"]) == (200, "application/schema+json")
    assert json.loads(body) == json_schema("website")
    assert (await get(world.truce.web, "/intake/nobody/schema"))[0] == 404


async def test_outside_reaches_the_door_of_slack_the_intake_and_one_word_of_health(world: World) -> None:
    routes = [route.path for route in world.truce.web.routes if isinstance(route, Route)]

    assert len(routes) == len(world.truce.web.routes)
    assert [
        path for path in routes if not path.startswith(("/slack/", "/intake/")) and path != "/healthz"
    ] == []
    assert (await get(world.truce.web, "/healthz"))[::2] == (200, b"ok")
    for path in ("/", "/openapi.json", "/metrics", "/docs", "/intake", "/intake/website/more"):
        assert (await get(world.truce.web, path))[0] == 404
