"""Stories of what other systems are told, and of what they do with it: nothing is lost, and nothing goes in circles."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import Again, Held
from bot.out.addresses import Address
from bot.out.sending import SendEvent
from bot.settings import Out as Terms
from handlers.out import OutJobs, Private, PublicHosts
from storage.db import Database
from storage.out import Out
from storage.tables import EVENT
from storage.upsert import insert_new
from tests.receiver import CUT, NEVER, OUT_SECRET, Receiver
from tests.removals import is_removed
from tests.storage.desk import NOW
from tests.world import PEOPLE, World, lead, person_called, settings_with

ALL = ["decision", "owner", "contact", "next_step", "rejection", "retro"]
ALIASES = {**PEOPLE, "reps": [{"amy@acme.test": ["amy.jones@crm.test"]}, "ben@acme.test", "chi@acme.test"]}


@pytest.fixture
async def crm() -> AsyncIterator[Receiver]:
    async with Receiver.open() as crm:
        yield crm


@pytest.fixture
def settings(crm: Receiver) -> dict[str, Any]:
    return settings_with(people=ALIASES, out=[{"url": crm.url, "events": ALL}])


async def failed(world: World) -> list[str]:
    return [each.error for each in await world.truce.jobs.failed(10)]


@pytest.mark.postgres
async def test_what_happens_to_a_lead_is_told_in_order_signed_and_with_who_and_where(
    world: World, crm: Receiver
) -> None:
    card = await world.offers()

    await world.clicks("amy", "Accept", card)
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.rejects("amy", world.dm("amy"), "No budget", words="Next year.")

    assert crm.kinds == ["decision", "owner", "contact", "decision", "owner", "rejection"]
    amy = {"email": "amy@acme.test", "aliases": ["amy.jones@crm.test"]}
    first = crm.told()[0]
    assert first["lead"]["known_as"] == [{"feed": "website", "id": "crm-991"}]
    assert (first["verdict"], first["status"], first["origin"]) == ("accepted", "accepted", "slack")
    assert {name: first["by"][name] for name in amy} == amy
    assert crm.told("rejection")[0]["words"] == "Next year."
    assert len(set(crm.ids)) == len(crm.ids)


async def test_what_is_not_taken_comes_again_the_same_and_what_is_behind_it_waits_another_lead_does_not(
    world: World, crm: Receiver
) -> None:
    card = await world.offers()
    crm.broken.add("crm-991")
    await world.clicks("amy", "Accept", card)
    await world.crm_sends(person_called("Kim Lee"))
    await world.clicks("ben", "Accept", world.cards()[-1])
    told = [(body["type"], body["data"]["owner"]["email"]) for _, body in crm.came]
    assert ("owner", "amy@acme.test") not in told
    assert ("owner", "ben@acme.test") in told

    crm.broken.clear()
    await world.time_passes(minutes=1)

    amys = [n for n, (_, body) in enumerate(crm.came) if body["data"]["by"]["email"] == "amy@acme.test"]
    assert [crm.kinds[n] for n in amys][-2:] == ["decision", "owner"]
    assert len({crm.ids[n] for n in amys[:-1]}) == 1
    assert len({crm.bodies[n] for n in amys[:-1]}) == 1
    assert len(amys) >= 3
    assert await failed(world) == []


async def test_what_nobody_takes_for_a_day_is_shown_as_failed_and_sent_when_it_is_tried_again(
    world: World, crm: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    card = await world.offers()
    crm.broken.add("crm-991")
    await world.clicks("amy", "Accept", card)
    for _ in range(20):
        await world.time_passes(hours=2)

    assert set(await failed(world)) == {"127.0.0.1 answered 500."}
    assert "a-secret-of-theirs" not in caplog.text
    crm.broken.clear()
    dead = await world.truce.jobs.failed(10)
    before = len(crm.came)
    await world.truce.jobs.retry([each.id for each in dead], world.now())
    await world.settles()

    assert crm.kinds[before:] == ["decision", "owner"]
    assert await failed(world) == []


async def test_a_system_that_wants_no_more_is_not_asked_again(world: World, crm: Receiver) -> None:
    card = await world.offers()
    crm.answers += [410, 410]

    await world.clicks("amy", "Accept", card)
    await world.time_passes(hours=25)

    assert len(crm.came) == 2
    assert set(await failed(world)) == {
        "127.0.0.1 answered 410: it wants no more. Take it out of `out` in app.yaml."
    }


async def test_a_line_that_is_cut_after_the_work_was_done_brings_the_same_id_again(
    world: World, crm: Receiver
) -> None:
    card = await world.offers()
    crm.answers.append(CUT)

    await world.clicks("amy", "Accept", card)
    await world.time_passes(minutes=1)

    assert crm.kinds == ["decision", "decision", "owner"]
    assert crm.ids[0] == crm.ids[1] != crm.ids[2]


async def test_who_asks_for_time_is_given_it_for_every_lead(world: World, crm: Receiver) -> None:
    card = await world.offers()
    await world.crm_sends(person_called("Kim Lee"))
    crm.answers.append(429)
    crm.more["retry-after"] = "900"

    await world.clicks("amy", "Accept", card)
    await world.clicks("ben", "Accept", world.cards()[-1])
    await world.time_passes(minutes=10)
    assert len(crm.came) == 1
    await world.time_passes(minutes=6)

    assert crm.kinds.count("owner") == 2


async def test_a_redirect_is_not_followed(world: World, crm: Receiver) -> None:
    card = await world.offers()
    crm.answers.append(302)
    crm.more["location"] = crm.url

    await world.clicks("amy", "Accept", card)

    assert crm.methods == {"POST"}
    assert crm.kinds == ["decision", "decision", "owner"]


async def test_of_who_is_removed_nothing_more_is_told(world: World, crm: Receiver) -> None:
    card = await world.offers()
    crm.broken.add("crm-991")
    await world.clicks("amy", "Accept", card)
    came = len(crm.came)

    await is_removed(world, "pat@globex.test")
    crm.broken.clear()
    await world.time_passes(hours=1)

    assert len(crm.came) == came
    assert world.count("event") == 0
    assert await failed(world) == []


async def test_what_a_feed_says_is_told_to_others_with_its_name(world: World, crm: Receiver) -> None:
    await world.crm_sends(lead(owner="amy.jones@crm.test", status="working"), feed="crm")

    assert crm.kinds == ["decision", "owner", "contact"]
    assert {each["origin"] for each in crm.told()} == {"crm"}
    assert crm.told("owner")[0]["owner"]["email"] == "amy@acme.test"
    await world.crm_sends(lead(owner="amy@acme.test", status="working"), feed="crm")
    assert len(crm.came) == 3


class TestTwoSystems:
    """A CRM that writes down whatever it is told, and tells whatever was written down, at once."""

    @pytest.fixture
    def settings(self, crm: Receiver) -> dict[str, Any]:
        return settings_with(people=PEOPLE, out=[{"url": crm.url, "events": ["owner"], "feed": "crm"}])

    async def test_do_not_go_in_circles(self, world: World, crm: Receiver) -> None:
        echoes: list[dict[str, Any]] = []

        async def write_down(body: dict[str, Any]) -> None:
            owner = body["data"]["owner"]
            echoes.append(lead(owner=owner and owner["email"], occurred_at=world.now().isoformat()))

        crm.then = write_down
        await world.crm_sends(lead(), feed="crm")
        await world.clicks("amy", "Accept", world.card())
        await world.clicks("hal", "Give to...", world.card())
        await world.chooses("hal", "Give to", "ben")
        await world.sends_the_form("hal")
        told = len(crm.came)
        for _ in range(6):  # late: Amy's comes when Ben has it
            for echo in echoes[:1]:
                echoes.remove(echo)
                await world.crm_sends(echo, feed="crm")

        assert [each["owner"]["email"] for each in crm.told()] == ["amy@acme.test", "ben@acme.test"]
        assert (told, len(crm.came)) == (2, 2)
        assert "Ben" in world.card().text


@pytest.mark.slow
async def test_a_look_back_is_told_as_far_as_it_is(world: World, crm: Receiver) -> None:
    deal = {
        "id": "opp-7",
        "stage": "lost",
        "leads": ["crm-991"],
        "owner": "amy@acme.test",
        "reason": "competitor",
    }
    await world.crm_sends(lead())
    await world.clicks("amy", "Accept", world.card())
    await world.crm_sends({"deal": deal})
    await world.time_passes(minutes=31)

    [told] = crm.told("retro")
    assert (told["state"], told["outcome"], told["by"], told["action"]) == ("open", "lost", None, None)
    assert told["deal"] == {"feed": "website", "id": "opp-7"}
    assert told["leads"][0]["known_as"] == [{"feed": "website", "id": "crm-991"}]


# --- one call


async def calling(
    db: Database, url: str, wait: float = 30.0, private: tuple[str, ...] = ("127.0.0.1",)
) -> OutJobs:
    """What tells one address of one event."""
    terms = Terms.model_validate({"url": url, "events": ["owner"]})
    space, address = db.of("T1"), Address.of(terms)
    row = {
        "workspace": "T1",
        "id": "evt_1",
        "about": "1ead",
        "at": NOW,
        "body": {"type": "owner", "data": {}},
    }
    await space.write(lambda session: insert_new(session, EVENT, [row]))
    secrets = {address.host: [OUT_SECRET]}
    return OutJobs(Out(space), [address], secrets, private, timedelta(seconds=wait), now)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - who verifies it looks at the real time


async def tries(jobs: OutJobs, event: str = "evt_1") -> str:
    """Why it was not taken; empty: it was."""
    try:
        await jobs.send(
            SendEvent(event=event, to=jobs.addresses[0].name, about="1ead"), now() + timedelta(minutes=1)
        )
    except (Again, Held) as why:
        return f"{type(why).__name__}: {why}".partition(" in ")[0]
    return ""


async def test_who_is_slow_is_not_waited_for_and_rests_a_little(db: Database, crm: Receiver) -> None:
    jobs = await calling(db, crm.url, wait=0.3)
    crm.answers.append(NEVER)

    assert await tries(jobs) == "Again: 127.0.0.1 did not answer"
    assert await tries(jobs) == "Held: again"
    assert len(crm.came) <= 1  # it may not even have come to it


async def test_nothing_is_sent_where_the_lease_would_not_last(db: Database, crm: Receiver) -> None:
    jobs = await calling(db, crm.url, wait=60)

    assert await tries(jobs) == "Held: again"
    assert crm.came == []


async def test_what_is_kept_no_more_is_done_with(db: Database, crm: Receiver) -> None:
    jobs = await calling(db, crm.url)

    assert await tries(jobs, "evt_gone") == ""
    assert crm.came == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_our_own_network_is_spoken_to_only_where_it_is_named(
    db: Database, crm: Receiver, host: str
) -> None:
    url = f"http://{host}:{crm.port}/"

    assert "leads into a network of our own" in await tries(await calling(db, url, private=()))
    assert crm.methods == set()
    assert await tries(await calling(db, url, private=(host,))) == ""
    assert len(crm.came) == 1


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0177.0.0.1", "0x7f000001", "127.0.0.1.", "0", "LocalHost", "169.254.169.254",
     "[::1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[fe80::1]", "[fd00::1]"],
)  # fmt: skip
async def test_however_an_address_of_our_own_network_is_written_nothing_is_sent_there(
    db: Database, crm: Receiver, host: str
) -> None:
    assert "leads into a network of our own" in await tries(
        await calling(db, f"https://{host}:{crm.port}/", private=())
    )


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.1.2.3"], ["2606:4700::1111", "::1"]])
async def test_a_name_that_leads_into_our_own_network_is_not_spoken_to_though_one_of_its_addresses_is_not(
    db: Database, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    async def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        assert host == "crm.example.com"
        return [(socket.AF_UNSPEC, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    jobs = await calling(db, "https://crm.example.com/hooks", private=())
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)

    assert "leads into a network of our own" in await tries(jobs)


async def test_a_host_is_given_only_with_addresses_that_were_checked() -> None:
    for written in ("localhost", "0x7f.1", "2130706433"):  # as some resolvers take them
        with pytest.raises((Private, OSError)):
            await PublicHosts([]).resolve(written, 443)
    with pytest.raises(Private):
        PublicHosts([]).check("::1")

    [found, *_] = await PublicHosts(["localhost"]).resolve("localhost", 443)

    assert found["host"] in ("127.0.0.1", "::1")


async def test_who_is_not_there_or_speaks_no_http_is_named_by_the_host_alone(db: Database) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Good morning!\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    jobs = await calling(db, f"http://127.0.0.1:{port}/hush")

    babbled = await tries(jobs)
    server.close()
    await server.wait_closed()
    gone = await tries(await calling(db, f"http://127.0.0.1:{port}/hush"))

    assert babbled.startswith("Again: 127.0.0.1 ")
    assert gone == "Again: 127.0.0.1 cannot be reached."
    assert "hush" not in babbled + gone
