"""Stories of a file of leads that is dropped on the bot: told what it would do, brought in on a yes."""

from datetime import timedelta

import pytest

from playground.things import Message
from tests.world import PEOPLE, SIGNING_SECRET, WITH_ROLES, World, settings_with

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])
HEAD = "Name,Email,Company,Campaign\n"
GOOD = f"{HEAD}Pat Doe,pat@globex.test,Globex,Autumn webinar\nRobin Roe,robin@initech.test,Initech,Fair\n"


async def drops(world: World, person: str, content: str | bytes, name: str = "autumn.csv") -> Message:
    """Into their direct message with the bot; answers what they are told there of it."""
    await world.slack.drops(person, "dm", name, content if isinstance(content, bytes) else content.encode())
    await world.settles()
    return of_file(world, person)


async def drops_unheard(world: World, person: str, content: str, name: str = "autumn.csv") -> None:
    """They drop a file, and what Slack tells of it is lost."""
    heard = world.slack.desk.outbound._to

    async def lost(_body: bytes, _headers: dict[str, str]) -> tuple[int, str, bytes]:
        return 200, "", b""

    world.slack.deliver_to(lost, signing_secret=SIGNING_SECRET)
    await world.slack.drops(person, "dm", name, content.encode())
    world.slack.deliver_to(heard, signing_secret=SIGNING_SECRET)
    assert not [each for each in world.dms(person) if each.bot_id]


def of_file(world: World, person: str) -> Message:
    """The bot's message about the newest file."""
    return next(each for each in reversed(world.dms(person)) if each.bot_id and not each.files)


@pytest.mark.postgres
@with_roles
async def test_a_file_is_told_of_first_and_brought_in_on_a_yes(world: World) -> None:
    told = await drops(world, "eva", GOOD)

    assert told.text.startswith("autumn.csv: 2 rows. Column Campaign is campaign, Email is contact.email")
    assert world.count("lead") == 0
    await world.clicks("eva", "Bring it in", told)

    assert of_file(world, "eva").text == "autumn.csv is in: 2 new, 0 changed, 0 unchanged, 0 refused."
    assert "Pat Doe" in await world.says("amy", "/truce find pat")
    assert "brought in 2 rows of autumn.csv: 2 new" in world.dm("hal").text


@pytest.mark.postgres
@with_roles
async def test_rows_that_make_no_sense_come_back_as_a_file_with_their_reasons(world: World) -> None:
    told = await drops(world, "hal", f"{GOOD}Nobody,not an address,Nowhere,\n=1+1,,,\n")

    assert "2 rows would be refused and given back to you" in told.text
    await world.clicks("hal", "Bring it in", told)

    text = of_file(world, "hal").text
    assert (
        "is in: 2 new, 0 changed, 0 unchanged, 2 refused. The refused rows are in autumn.rejected.csv" in text
    )
    [back] = [each for each in world.dms("hal") if each.files and each.bot_id]
    assert back.text.startswith("2 rows of autumn.csv could not be brought in")
    given = world.slack.desk.store.files[back.files[0]["id"]]
    lines = (given.content or b"").decode("utf-8-sig").splitlines()
    assert lines[0] == "rejected_line,rejected_reason,Name,Email,Company,Campaign"
    assert lines[1].startswith("4,")
    assert lines[1].endswith("Nobody,not an address,Nowhere,")
    assert "'=1+1" in lines[2]
    assert world.count("dropped", "rejects <> ''") == 0


@with_roles
async def test_the_same_file_again_changes_nothing(world: World) -> None:
    for _ in range(2):
        await world.clicks("eva", "Bring it in", await drops(world, "eva", GOOD))

    assert "0 new, 0 changed, 2 unchanged, 0 refused" in of_file(world, "eva").text


@with_roles
async def test_a_file_that_nobody_wants_is_left_alone(world: World) -> None:
    told = await drops(world, "eva", GOOD)

    await world.clicks("eva", "Leave it", told)
    await world.clicks("eva", "Bring it in", told)

    assert of_file(world, "eva").text == "autumn.csv was left alone: nothing of it was kept."
    assert world.count("lead") == 0


@with_roles
@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("leads.xlsx", b"PK\x03\x04", "It is no CSV file. A spreadsheet can save one"),
        ("leads.csv", b"", "The file is empty."),
        ("leads.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "This is not a text file. Please save it as CSV UTF-8."),
        ("leads.csv", "Name;City\nPat;Leeds\n".encode("utf-16"), "The columns are: Name, City."),
        ("leads.csv", b"x" * 10_000_001, "It is larger than 10 MB."),
    ],
)
async def test_what_is_no_file_of_leads_is_answered_with_one_sentence(
    world: World, name: str, content: bytes, why: str
) -> None:
    told = await drops(world, "eva", content, name)

    assert f"{name} was not brought in." in told.text
    assert why in told.text
    assert "--" not in told.text


@with_roles
async def test_dates_that_can_be_read_in_two_ways_are_asked_for(world: World) -> None:
    told = await drops(world, "eva", "Email,Created at\npat@globex.test,03/04/2026\n")

    assert "can be read in two ways (03/04/2026 in line 2)" in told.text
    await world.clicks("eva", "Day first", told)
    await world.clicks("eva", "Bring it in", of_file(world, "eva"))

    assert "1 new" in of_file(world, "eva").text
    assert world.count("lead", "occurred_at > '2026-04-01' AND occurred_at < '2026-05-01'") == 1


@with_roles
async def test_reps_and_guests_bring_in_no_file_and_in_channels_none_is_looked_at(world: World) -> None:
    told = await drops(world, "amy", GOOD)
    await world.slack.drops("eva", "leads", "autumn.csv", GOOD.encode())
    await world.settles()

    assert "Files of leads are for managers, marketers and admins." in told.text
    assert world.dms("eva") == []
    assert world.count("lead") == 0


@pytest.mark.parametrize("settings", [settings_with(people={**PEOPLE, "admins": ["ben@acme.test"]})])
async def test_over_a_thousand_rows_an_admin_confirms(world: World) -> None:
    told = await drops(world, "eva", HEAD + "Nobody,,,\n" * 1001)
    await world.clicks("eva", "Bring it in", told)

    assert "an admin confirms files of more than 1,000 rows" in of_file(world, "eva").text
    assert "asks to bring in 1,001 rows of autumn.csv" in world.dm("ben").text
    await world.clicks("ben", "Allow", world.dm("ben"))

    assert "0 new, 0 changed, 0 unchanged, 1,001 refused" in of_file(world, "eva").text
    assert world.dm("ben").text.endswith("allowed it.")


@pytest.mark.parametrize(
    "settings", [settings_with(people={**PEOPLE, "marketers": ["eva@acme.test", "gus@guest.test"]})]
)
async def test_a_marketer_brings_in_no_leads_of_a_colleagues_campaign(world: World) -> None:
    await world.offers()
    await world.says("eva", "/truce campaigns")
    await world.clicks("eva", "Edit...", world.slack.ephemerals("eva")[-1])
    await world.chooses("eva", "Whose is it?", "eva")
    await world.sends_the_form("eva")

    await world.clicks("gus", "Bring it in", await drops(world, "gus", GOOD))

    assert "1 new, 0 changed, 0 unchanged, 1 refused" in of_file(world, "gus").text


@with_roles
async def test_a_file_that_was_taken_away_is_said_so(world: World) -> None:
    told = await drops(world, "eva", GOOD)
    world.slack.desk.store.files.clear()

    await world.clicks("eva", "Bring it in", told)

    assert "It is not in Slack any more. Drop it again." in of_file(world, "eva").text


@pytest.mark.postgres
@with_roles
async def test_a_file_that_nobody_told_us_of_is_found_within_the_hour_and_brought_in_once(
    world: World,
) -> None:
    await drops_unheard(world, "eva", GOOD)

    await world.time_passes(hours=1)
    await world.truce.ensure()
    await world.settles()
    await world.clicks("eva", "Bring it in", of_file(world, "eva"))
    await world.time_passes(hours=1)
    await world.truce.ensure()
    await world.settles()

    assert of_file(world, "eva").text == "autumn.csv is in: 2 new, 0 changed, 0 unchanged, 0 refused."
    assert world.count("dropped") == 1


@with_roles
async def test_files_that_were_dropped_while_truce_was_down_are_found_at_its_start(world: World) -> None:
    await drops(world, "hal", GOOD, "before.csv")
    await drops_unheard(world, "eva", GOOD)
    await drops_unheard(world, "amy", GOOD)
    told = len(world.dms("hal"))

    world.time.tick(timedelta(days=3))
    await world.truce.recurring.begin()
    await world.settles()

    assert of_file(world, "eva").text.startswith("autumn.csv: 2 rows.")
    assert "Files of leads are for managers, marketers and admins." in of_file(world, "amy").text
    assert len(world.dms("hal")) == told


@with_roles
async def test_of_files_in_channels_and_those_that_we_gave_back_none_is_looked_at_at_a_start(
    world: World,
) -> None:
    await world.clicks(
        "hal", "Bring it in", await drops(world, "hal", f"{GOOD}Nobody,not an address,Nowhere,\n")
    )
    await world.slack.drops("eva", "leads", "autumn.csv", GOOD.encode())

    await world.truce.recurring.begin()
    await world.settles()

    assert world.count("dropped") == 1
    assert world.dms("eva") == []
