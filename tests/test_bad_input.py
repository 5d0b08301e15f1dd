"""What bad input gets, over the real program: the answer, the exit code, the log, and what is kept."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.__main__ import Clock
from playground.server import Playground
from storage.tables import LEAD, QUARANTINE
from storage.workspace import opened
from tests.program import Desk, desk, signed
from tests.world import acme, lead

pytestmark = pytest.mark.slow
SETTINGS = {
    "channels": {"leads": "#leads"},
    "hours": {"timezone": "Europe/London"},
    "feeds": {"website": {}, "partner": {"auth": "bearer"}},
    "deals": {"stages": ["Demo", "Proposal"]},
}
TEAM = "T0ACME000"
WORDS = "Ring the bell twice"  # in every body, and in no log
now = Clock()


@pytest.fixture
async def at_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more["TRUCE_SECRET_PARTNER"] = "a-bearer-token-of-some-length"
        yield here


async def kept(here: Desk) -> tuple[int, list[int]]:
    """How many leads, and how often each thing in quarantine came."""
    leads = select(func.count()).select_from(LEAD).where(LEAD.c.workspace == TEAM)
    aside = select(QUARANTINE.c.times).where(QUARANTINE.c.workspace == TEAM).order_by(QUARANTINE.c.times)
    with opened(here.environment["DATABASE_URL"]) as db:
        return await db.read(lambda session: (session.scalar(leads) or 0, list(session.scalars(aside))))


async def test_each_bad_webhook_has_its_answer_and_one_line_in_the_log_and_leaves_nothing(
    at_desk: Desk,
) -> None:
    good = json.dumps(lead(facts={"message": WORDS})).encode()
    forged = {**signed(good, "msg_1", now()), "webhook-signature": "v1,bm9uc2Vuc2U="}
    large = good + b" " * 1024 * 1024
    sent: list[tuple[int, str, bytes, dict[str, str]]] = [
        (401, "website", good, forged),
        (401, "website", good, signed(good, "msg_2", now() - timedelta(minutes=10))),
        (401, "website", good, {}),
        (401, "partner", good, {"authorization": "Bearer wrong"}),
        (413, "website", large, signed(large, "msg_3", now())),
        (400, "website", WORDS.encode(), signed(WORDS.encode(), "msg_4", now())),
        (404, "nowhere", good, signed(good, "msg_5", now())),
    ]
    async with at_desk.running(), aiohttp.ClientSession() as http:
        got = []
        for _, feed, body, headers in sent:
            url = f"http://127.0.0.1:{at_desk.port}/intake/{feed}"
            async with http.post(url, data=BytesIO(body), headers=headers) as answer:
                got.append(answer.status)

    assert got == [code for code, *_ in sent]
    assert await kept(at_desk) == (0, [])
    lines = re.findall(r"WARNING intake \w+ refused: (\d+)", at_desk.said)
    assert [int(code) for code in lines] == got
    for secret in (WORDS, "pat@globex.test", "whsec_", "a-bearer-token"):
        assert secret not in at_desk.said


async def test_what_makes_no_sense_is_answered_by_field_and_kept_and_the_same_again_counts_up(
    at_desk: Desk,
) -> None:
    senseless = {"contact": {"email": WORDS}, "score": "high"}
    async with at_desk.running(), aiohttp.ClientSession() as http:
        got = []
        for number, told in enumerate([senseless, senseless, [lead(), senseless]]):
            body = json.dumps(told).encode()
            url = f"http://127.0.0.1:{at_desk.port}/intake/website"
            async with http.post(url, data=body, headers=signed(body, f"msg_{number}", now())) as answer:
                got.append((answer.status, await answer.json()))

    assert [status for status, _ in got] == [422, 422, 207]
    assert [problem["path"] for problem in got[0][1]["problems"]] == ["contact.email", "score"]
    assert [each["code"] for each in got[2][1]["items"]] == [202, 422]
    assert await kept(at_desk) == (1, [3])
    assert WORDS not in at_desk.said


async def test_each_deal_that_makes_no_sense_is_answered_by_field_and_kept_aside(at_desk: Desk) -> None:
    good = {"id": "opp-7", "stage": "Demo", "amount": "12000.00", "currency": "EUR", "name": WORDS}
    wrong: dict[str, dict[str, object]] = {
        "deal.closed_at": {"opened_at": "2026-11-22", "closed_at": "2026-11-21", "stage": "lost"},
        "deal.amount": {"amount": "-1"},
        "deal.currency": {"currency": "XXX"},
        "deal.stage": {"stage": "Nearly there"},
        "deal.people": {"people": [f"p{number}@acme.test" for number in range(500)]},
    }
    told = [{"deal": {**good, **changes}} for changes in wrong.values()]
    body = json.dumps([*told, {"deal": good}]).encode()
    async with at_desk.running(), aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{at_desk.port}/intake/website"
        async with http.post(url, data=body, headers=signed(body, "msg_1", now())) as answer:
            status, got = answer.status, (await answer.json())["items"]

    assert status == 207
    assert [each["code"] for each in got] == [*[422] * len(wrong), 202]
    assert [problem["path"] for each in got[:-1] for problem in each["problems"]] == list(wrong)
    assert await kept(at_desk) == (0, [1] * len(wrong))
    assert WORDS not in at_desk.said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\x14\x00", "This is an Excel workbook. Please save it as CSV UTF-8."),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "This is not a text file. Please save it as CSV UTF-8."),
        (b"Pat,Globex\nKim,Initech\n", "No column looks like an id or an e-mail address."),
        (b'"id\n1\n', "leads.csv has no header: its first line should name the columns."),
    ],
)
async def test_a_csv_that_is_not_what_it_says_is_one_sentence(
    at_desk: Desk, content: bytes, words: str
) -> None:
    await at_desk.has_met(TEAM)
    file = at_desk.folder / "leads.csv"
    file.write_bytes(content)

    code, said = await at_desk.says("import", str(file))

    assert code == 1
    assert said.startswith(f"Error: {words}")
    assert await kept(at_desk) == (0, [])
