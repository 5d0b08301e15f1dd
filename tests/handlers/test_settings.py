"""Stories of the settings in Slack: changed in windows, checked as the file is, told to both sides, in force at once."""

from typing import Any

import pytest

from bot.__main__ import assemble
from bot.settings import Settings
from handlers.workspace import Web, agreed
from playground.errors import NotOnScreen
from playground.traffic import Answer
from tests.world import PATIENCE, PEOPLE, WITH_ROLES, World, environment_for, person_called, settings_with

ADMIN = "hal"  # an admin of the workspace, as the settings name none
TEAMS: dict[str, Any] = {
    **WITH_ROLES,
    "teams": [
        {"name": "dach", "channel": "#leads-dach", "reps": ["ben@acme.test"], "when": {"country": ["DE"]}},
        {"name": "all", "channel": "#leads"},
    ],
}
TWO_ADMINS = settings_with(people={**PEOPLE, "admins": ["hal@acme.test", "eva@acme.test"]})
with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])


async def opens(world: World, page: str, by: str = ADMIN) -> None:
    """The page's form, by its button in the list."""
    await world.says(by, "/truce settings")
    await presses_beside(world, page, "Change...", by)


async def presses_beside(world: World, words: str, button: str, by: str = ADMIN) -> None:
    places = [block["text"]["text"] for block in world.form(by).blocks if block["type"] == "section"]
    place = next(
        at for at, said in enumerate(said for said in places if said.startswith("*")) if words in said
    )
    await world.slack.click(by, world.form(by), button, nth=place)
    await world.settles()


async def sets(world: World, page: str, **fields: str) -> None:
    await opens(world, page)
    for label, text in fields.items():
        await world.types(ADMIN, label, text)
    await world.sends_the_form(ADMIN)


def wrong(answer: Answer) -> dict[str, str]:
    """What is said at which field."""
    assert isinstance(answer.body, dict)
    return dict(answer.body["errors"])


def both_sides(world: World) -> list[str]:
    return [world.cards()[-1].text, world.feedback()[-1].text]


def reminded(world: World) -> int:
    return sum(len(world.dms(rep)) for rep in ("amy", "ben", "chi"))


@pytest.mark.postgres
@with_roles
async def test_a_reminder_that_is_changed_holds_for_a_lead_that_waits_already_and_both_sides_hear(
    world: World,
) -> None:
    await world.offers()
    await world.minutes_go_by(15)
    assert reminded(world) == 0

    await sets(world, "Standard leads", Reminder="20m")

    for said in both_sides(world):
        assert "has changed, by <@UHAL00000> in Slack.\n• Standard leads, reminder: 20m (was 2h)\n" in said
        assert "Version 2 holds since" in said
    assert "Version 2 holds now, and both sides are told" in world.told(ADMIN)[-1]
    await world.minutes_go_by(10)
    assert reminded(world) == 1


@with_roles
async def test_what_the_file_may_not_say_no_window_takes_and_says_so_at_its_field(world: World) -> None:
    await opens(world, "Hot leads")
    await world.types(ADMIN, "Late", "3m")

    answer = await world.sends_the_form(ADMIN)

    told = "3m comes before “Reminder” (5m); allowed: 5m or later"
    assert wrong(answer) == {"ladder.hot.breach": told}
    await world.types(ADMIN, "Late", "soon")
    await world.types(ADMIN, "To the manager", "1m")
    await world.types(ADMIN, "Last call to the heads", "")
    await world.types(ADMIN, "First contact, after the accept", "never")
    said = wrong(await world.sends_the_form(ADMIN))
    assert "'soon' is not a working time" in said["ladder.hot.breach"]
    assert "'never' is not a working time" in said["ladder.hot.first_contact"]
    assert list(said) == ["ladder.hot.breach", "ladder.hot.first_contact"]
    await world.types(ADMIN, "Late", "15m")
    said = wrong(await world.sends_the_form(ADMIN))
    assert said["ladder.hot.manager"] == "1m comes before “Late” (15m); allowed: 15m or later"
    assert list(said) == ["ladder.hot.first_contact", "ladder.hot.manager"]
    assert world.count("agreement") == 1


@with_roles
async def test_only_admins_change_settings(world: World) -> None:
    told = await world.says("amy", "/truce settings")

    assert told.startswith("An admin decides this")
    assert world.slack.modal("amy") is None


@pytest.mark.parametrize("settings", [TWO_ADMINS])
async def test_two_admins_with_the_same_form_change_what_each_has_changed(world: World) -> None:
    await opens(world, "Hot leads", by="eva")
    await world.types("eva", "Late", "20m")
    await sets(world, "Hot leads", Reminder="6m")

    await world.sends_the_form("eva")

    hot = world.truce.wired.agreement.settings.ladder.hot
    assert (str(hot.remind), str(hot.breach)) == ("6m", "20m")


@with_roles
async def test_a_form_that_changes_nothing_makes_no_version(world: World) -> None:
    await opens(world, "Score")
    await world.sends_the_form(ADMIN)

    assert world.told(ADMIN)[-1] == "Nothing is changed."
    assert world.count("agreement") == 1


@with_roles
async def test_an_empty_field_has_its_default_again(world: World) -> None:
    await sets(world, "Reasons", **{"No budget": "No money"})
    await sets(world, "Reasons", **{"No budget": ""})

    assert "• Reasons, No budget: No budget (was No money)" in both_sides(world)[0]
    assert world.truce.wired.agreement.label("no_budget") == "No budget"


@with_roles
async def test_gate_score_hours_and_reasons_are_changed_as_they_are_shown(world: World) -> None:
    await sets(
        world,
        "When is a lead ready",
        **{"Needed": "reachable, company", "Not from these countries": "KP, NO", "Score at least": "5"},
    )
    await sets(
        world,
        "Score",
        **{
            "Points per touch": "webinar: 12\ndemo: 20",
            "Points per fact": "contact.title: {director: 15}\ncompany.employees: {“>=200”: 15}",
        },
    )
    await sets(
        world,
        "Working hours",
        **{"Hours of the week": 'mon-thu: ["9-12", "13-17"]\nfri: 9-13', "Holidays": "DE-BY"},
    )
    await sets(world, "Reasons", **{"Not our kind of customer": "Not for us: too small"})

    agreement = world.truce.wired.agreement
    leads, hours = agreement.leads, agreement.settings.hours
    assert leads.require == ("reachable", "company")
    assert leads.disqualify.countries == ("KP", "NO")
    assert (leads.score.threshold, leads.score.touches) == (5, {"webinar": 12, "demo": 20})
    assert leads.score.facts == {"contact.title": {"director": 15}, "company.employees": {">=200": 15}}
    assert hours.week.written() == {"mon-thu": ["09:00-12:00", "13:00-17:00"], "fri": ["09:00-13:00"]}
    assert hours.holidays == ("DE-BY",)
    assert agreement.label("not_icp") == "Not for us: too small"
    assert agreement.version == 5


@pytest.mark.parametrize("settings", [TEAMS])
async def test_a_team_is_changed_and_its_next_lead_goes_by_it(world: World) -> None:
    await opens(world, "Teams")
    await presses_beside(world, "dach", "Change...")
    await world.types(ADMIN, "Which leads are theirs", "country: [DE, AT, CH]")
    await world.chooses(ADMIN, "Their leads are offered", "To one rep at a time, in turn")
    await world.sends_the_form(ADMIN)

    await world.crm_sends(person_called("Toni Tal", company={"name": "Alp", "country": "AT"}))

    assert (
        "• Team dach, which leads are theirs: company.country: [DE, AT, CH] (was company.country: [DE])"
        in world.feedback()[-2].text
    )
    assert any("Toni Tal" in each.text for each in world.dms("ben"))
    assert any("Toni Tal" in each.text for each in world.slack.messages("leads-dach"))


@with_roles
async def test_the_first_team_that_is_added_leaves_all_other_leads_to_everybody(world: World) -> None:
    await opens(world, "Teams")
    await world.clicks(ADMIN, "Add a team...", world.form(ADMIN))
    await world.types(ADMIN, "Name", "dach")
    await world.chooses(ADMIN, "Channel", "leads-dach")
    answer = await world.sends_the_form(ADMIN)
    assert "allowed: a `when`, or last place" in next(iter(wrong(answer).values()))
    await world.types(ADMIN, "Which leads are theirs", "country: [DE]")
    await world.types(ADMIN, "Reps", "ben@acme.test, @sales, Bne@acme.test")
    await world.sends_the_form(ADMIN)
    assert world.told(ADMIN)[-1].endswith(
        " Slack does not know bne@acme.test here: please look at how it is written."
    )

    await world.crm_sends(person_called("Toni Tal", company={"name": "Alp", "country": "DE"}))

    [dach, rest] = world.truce.wired.agreement.settings.teams
    assert (dach.name, rest.name) == ("dach", "all")
    assert (dach.hours, dach.ladder) == (None, None)  # as for all, whatever that becomes
    channel = f"• Team dach, channel: <#{world.slack.messages('leads-dach')[0].channel}> (was nothing)"
    assert any(channel in each.text for each in world.feedback())
    assert any("Toni Tal" in each.text for each in world.slack.messages("leads-dach"))
    await world.offers()
    assert "Pat Doe" in world.cards()[-1].text


@pytest.mark.parametrize("settings", [TEAMS])
async def test_teams_move_up_and_are_removed_where_that_fits(world: World) -> None:
    await opens(world, "Teams")
    await presses_beside(world, "all", "Move up")
    assert "takes every lead, so that the teams after it get none" in world.told(ADMIN)[-1]

    await presses_beside(world, "dach", "Remove")

    assert [team.name for team in world.truce.wired.agreement.settings.teams] == ["all"]
    assert "dach" not in "".join(block.get("text", {}).get("text", "") for block in world.form(ADMIN).blocks)


@pytest.mark.postgres
@with_roles
async def test_another_process_takes_a_version_as_soon_as_it_looks_for_work(world: World) -> None:
    web = Web(client=world.truce.edge.client, session=world.truce.edge.session)
    other = await assemble(environment_for(world.slack, PATIENCE), world.settings, world.db, web, world.now)
    world.db.on_commit = world.truce.worker.wake
    await sets(world, "Reasons", **{"No budget": "No money"})

    await other.worker.drain()

    assert other.wired.agreement.version == 2
    assert other.edge.routes is other.wired.routes
    assert other.wired.agreement.label("no_budget") == "No money"


@with_roles
async def test_what_the_file_changes_is_told_to_both_sides_and_holds_in_every_process(world: World) -> None:
    changed = Settings.model_validate({**WITH_ROLES, "ladder": {"most": 4}})

    await agreed(
        world.db.of(world.slack.desk.store.workspace.team_id), changed, world.truce.edge.client, world.now
    )
    await world.settles()

    for said in both_sides(world):
        assert (
            "has changed, in app.yaml.\n• Standard leads, reminders per person and lead, at most: 4 (was 5)"
            in said
        )
    assert world.truce.wired.agreement.settings.ladder.most == 4


@with_roles
async def test_admins_reach_the_settings_from_their_home_and_nobody_else_sees_them_there(
    world: World,
) -> None:
    for person in (ADMIN, "amy"):
        await world.slack.opens_home(person)
    await world.settles()

    await world.clicks(ADMIN, "Settings...", "home")
    await presses_beside(world, "Hot leads", "Change...")
    await world.types(ADMIN, "Reminder", "6m")
    await world.sends_the_form(ADMIN)

    assert world.truce.wired.agreement.version == 2
    with pytest.raises(NotOnScreen):
        await world.clicks("amy", "Settings...", "home")


@with_roles
async def test_what_was_told_of_a_version_says_when_another_holds(world: World) -> None:
    await sets(world, "Hot leads", Reminder="6m")
    await sets(world, "Hot leads", Reminder="7m")

    first, second = world.feedback()[-2:]

    assert first.text.endswith("Now version 3 holds.")
    assert "Sign" not in first.words.splitlines()
    assert "Now version" not in second.text


@with_roles
async def test_a_report_says_by_which_version_it_counts_and_which_began_in_its_period(world: World) -> None:
    assert "By version 1 of the agreement, of 23 Nov." in await world.says(ADMIN, "/truce report this week")
    await sets(world, "Hot leads", Reminder="6m")

    told = await world.says(ADMIN, "/truce report this week")

    assert (
        "The agreement changed in it: version 2 on 23 Nov; each lead counts by what held when it was decided."
        in told
    )
    assert "of the agreement" not in await world.says(ADMIN, "/truce report last week")
    await world.it_becomes("2026-12-02T10:00:00+00:00")
    assert "By version 2 of the agreement, of 23 Nov." in await world.says(
        ADMIN, "/truce report 2026-11-30..2026-12-01"
    )
