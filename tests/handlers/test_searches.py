"""Stories of looking for leads with /truce: find, lead, log; told to who asks alone, and only what they may see."""

import pytest

from bot.cards import Sighted
from bot.errors import Refused
from handlers.payloads import Click
from storage.searches import Searches
from tests.handlers.test_campaigns import says_of_the_campaign
from tests.handlers.test_voices import hears
from tests.world import PEOPLE, WITH_ROLES, World, lead, leads, person_called, settings_with

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])
DACH = {
    "name": "dach",
    "channel": "#leads-dach",
    "reps": ["ben@acme.test"],
    "managers": ["chi@acme.test"],
    "when": {"country": ["DE"]},
}
TEAMS = settings_with(
    people={**PEOPLE, "managers": ["rep00@acme.test"]}, teams=[DACH, {"name": "all", "channel": "#leads"}]
)


@pytest.mark.postgres
@with_roles
@pytest.mark.parametrize(
    "line",
    [
        "/truce find globex",
        "/truce find PAT glob",
        "/truce search doe",
        "/truce find +44 20 7946",
        "/truce find (020) 7946-0000",
    ],
)
async def test_a_lead_is_found_by_the_beginnings_of_its_words(world: World, line: str) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))

    told = await world.says("amy", line)

    assert told.startswith("1 lead found for")
    assert "• Pat Doe at Globex: Waiting for an answer" in told
    assert "Robin" not in told
    assert world.told("ben") == []


@with_roles
async def test_what_is_found_opens_in_a_window_with_its_timeline(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.says("ben", "/truce find pat")

    await world.clicks("ben", "Open", world.slack.ephemerals("ben")[-1])
    window = world.form("ben")
    await world.clicks("ben", "Timeline", window)

    assert "Amy took this" in window.words
    assert "Industry: Logistics" in window.words
    assert "pat@globex.test" not in window.words
    assert "Accepted, Amy (in Slack)" in world.form("ben").words


@with_roles
@pytest.mark.parametrize(
    "named",
    ["pat@globex.test", "crm-991", "+442079460000", "020 7946 0000", "PAT@globex.test", "pat doe"],
)
async def test_one_lead_is_shown_by_whatever_it_is_known(world: World, named: str) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))

    await world.says("amy", f"/truce lead {named}")
    assert "Pat Doe at Globex" in world.form("amy").words
    await world.slack.close_modal("amy")
    await world.says("amy", f"/truce log {named}")

    assert "Told of (website)" in world.form("amy").words


@with_roles
async def test_a_name_that_several_have_is_answered_with_a_list(world: World) -> None:
    await world.crm_sends(person_called("Robin Roe"), person_called("Robin Poe", 2))

    told = await world.says("amy", "/truce log robin")

    assert told.startswith("2 leads found for “robin”")
    assert world.slack.modal("amy") is None


@with_roles
async def test_nothing_found_and_nothing_asked_are_one_kind_sentence(world: World) -> None:
    assert "I found no lead for “nobody”" in await world.says("amy", "/truce find nobody")
    assert "What are you looking for?" in await world.says("amy", "/truce find")
    assert "Which lead? `/truce lead pat@globex.test`" in await world.says("amy", "/truce lead")
    assert "Which lead? `/truce log pat@globex.test`" in await world.says("amy", "/truce log")
    assert "&lt;!channel&gt;" in await world.says("amy", "/truce find <!channel>")


@with_roles
async def test_of_very_many_the_first_are_shown(world: World) -> None:
    await world.crm_sends(*leads(15))

    told = await world.says("amy", "/truce find lead")

    assert told.startswith("The first 10 leads found")
    assert told.endswith("There are more: one more word finds them.")


@with_roles
async def test_who_has_no_part_in_handovers_finds_nothing(world: World) -> None:
    await world.crm_sends(lead())

    told = await world.says("gus", "/truce find pat")

    assert "Pat Doe" not in told
    assert "Ask hal@acme.test" in told


@pytest.mark.parametrize("settings", [TEAMS])
async def test_a_rep_finds_nothing_of_another_team(world: World) -> None:
    await world.crm_sends(lead(company={"name": "Globex", "country": "DE", "employees": 250}))

    assert "I found no lead" in await world.says("amy", "/truce find pat")
    assert "I found no lead" in await world.says("amy", "/truce lead pat@globex.test")
    for person in ("ben", "chi", "eva"):
        assert "Pat Doe" in await world.says(person, "/truce find pat")


@with_roles
async def test_a_changed_name_is_found_and_the_old_one_is_not(world: World) -> None:
    await world.crm_sends(lead())
    await world.time_passes(minutes=5)
    later = world.now().isoformat()

    await world.crm_sends(
        lead(contact={"name": "Patricia Smith", "email": "pat@globex.test"}, occurred_at=later)
    )

    assert "Patricia Smith" in await world.says("amy", "/truce find smith")
    assert "I found no lead" in await world.says("amy", "/truce find doe")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "settings",
    [settings_with(people={**PEOPLE, "reps": ["@sales"], "marketers": ["eva@acme.test", "gus@guest.test"]})],
)
async def test_a_marketer_finds_and_opens_nothing_of_a_colleagues_campaign(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe", campaign="Fair"))
    await says_of_the_campaign(world)
    card, fair = world.cards()
    await hears(world, "amy", "Setup time")
    await world.chooses("amy", "Who said it?", "Pat Doe at Globex", typed="globex")
    await world.sends_the_form("amy")

    assert "I found no lead" in await world.says("gus", "/truce find pat")
    assert "I found no lead" in await world.says("gus", "/truce lead pat@globex.test")
    assert "Pat Doe" not in await world.says("gus", "/truce heard setup")
    await world.clicks("gus", "Timeline", card)
    assert world.slack.modal("gus") is None
    assert "the marketers of its campaign" in world.told("gus")[-1]
    await world.clicks("gus", "Timeline", fair)
    assert "Told of (website)" in world.form("gus").words
    for person in ("eva", "hal", "amy"):
        assert "Pat Doe" in await world.says(person, "/truce find pat")
        assert "Pat Doe" in await world.says(person, "/truce heard setup")


@pytest.mark.parametrize(
    "settings",
    [settings_with(people={**PEOPLE, "reps": ["amy@acme.test", "gus@guest.test", "sam@other.test"]})],
)
async def test_a_guest_who_is_named_finds_what_a_rep_finds_and_people_of_others_nothing(world: World) -> None:
    await world.crm_sends(lead())

    assert "Pat Doe" in await world.says("gus", "/truce find pat")
    await world.clicks("sam", "Timeline", world.card())
    assert world.slack.modal("sam") is None
    assert world.told("sam") == ["Only people of this workspace take part in its handovers."]


@pytest.mark.parametrize("settings", [TEAMS])
async def test_a_record_is_looked_for_among_what_one_sees_and_those_who_may_be_the_same(world: World) -> None:
    german = {"country": "DE", "employees": 250}
    elsewhere = lead(id="d1", contact={"name": "Dora Doe", "email": "d@umbra.test"}, company=german)
    max_doe = {"name": "Max Doe", "email": "max@globex.test"}
    colleague = lead(id="d2", contact=max_doe, company={"name": "Globex", **german})
    await world.crm_sends(elsewhere, colleague, lead(), person_called("Ann Doe"))
    card = next(each for each in world.cards() if "Pat Doe" in each.text)
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "Already known")

    offered = await world.slack.suggestions("amy", "Which record is it?", "doe")

    assert sorted(each["text"]["text"] for each in offered) == ["Ann Doe at Initech", "Max Doe at Globex"]


@pytest.mark.postgres
@with_roles
async def test_phone_and_e_mail_are_asked_for_in_the_window_and_each_look_is_logged(world: World) -> None:
    form = {"message": "Call me before noon"}
    await world.clicks("amy", "Accept", await world.offers(facts=form, url="https://crm.test/leads/991"))
    for person in ("hal", "eva", "amy"):
        await world.says(person, "/truce lead crm-991")
        await world.clicks(person, "Contact", world.form(person))
        words = world.form(person).words
        assert [
            each
            for each in (
                "tel:+442079460000",
                "mailto:pat@globex.test",
                "Call me before noon",
                "crm.test/leads",
            )
            if each not in words
        ] == []
        await world.slack.close_modal(person)

    await world.says("hal", "/truce log crm-991")

    for name in ("Hal", "Eva", "Amy"):
        assert f"Phone and e-mail looked at, {name} (in Slack)" in world.form("hal").words
    assert "pat@globex.test" not in world.form("hal").words


@with_roles
async def test_a_rep_whose_lead_it_is_not_has_no_way_to_its_phone(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.says("hal", "/truce lead crm-991")
    button = next(each for each in world.form("hal").words.splitlines() if each == "Contact")

    await world.says("ben", "/truce lead crm-991")
    assert button not in world.form("ben").words.splitlines()
    reach = world.truce.wired.routes.actions["lead.reach"]
    [lead_id] = [each.lead.id for each in await _named(world)]
    with pytest.raises(Refused, match="Phone and e-mail are for the owner"):
        await reach(Click(by="UBEN00000", action_id="lead.reach", value=lead_id))

    assert world.count("log", "what = 'look'") == 0


@with_roles
async def test_a_form_that_shows_the_address_is_a_look(world: World) -> None:
    await world.rejects(
        "amy", await world.offers(), "Contact data wrong", chosen={"Which field is wrong?": "E-mail"}
    )

    await world.clicks("eva", "Fix and send back", world.under(world.feedback()[0])[0])

    assert "pat@globex.test" in str(world.form("eva").blocks)
    assert world.count("log", "what = 'look' AND by = 'UEVA00000'") == 1


async def _named(world: World) -> list[Sighted]:
    here = world.db.of(world.slack.desk.store.workspace.team_id)
    return await Searches(here, world.truce.wired.agreement).named("crm-991", "UHAL00000", world.now())
