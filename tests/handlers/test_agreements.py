"""Stories of the agreement in words: read by everybody, signed by the heads of both sides, suggestions heard."""

import re

import pytest

from playground.things import View
from tests.handlers.test_settings import sets
from tests.world import PEOPLE, WITH_ROLES, World, settings_with

HEADS = {**PEOPLE, "heads": {"sales": "ben@acme.test", "marketing": "eva@acme.test"}}
WITH_HEADS = settings_with(people=HEADS)
FACTS = {"contact.title": {"vp": 20, "director": 15}, "company.employees": {">=200": 15}}
WITH_POINTS = settings_with(people=HEADS, leads={"score": {"facts": FACTS}})
ONLY_HEADS = settings_with(
    people={
        "reps": ["amy@acme.test"],
        "marketers": ["hal@acme.test"],
        "managers": ["hal@acme.test"],
        "heads": {"sales": "ben@acme.test", "marketing": "eva@acme.test"},
    }
)
ONE_HEAD = settings_with(people={**PEOPLE, "heads": {"sales": "hal@acme.test", "marketing": "hal@acme.test"}})


def words(view: View) -> str:
    """With dates as they are read in UTC."""
    parts = [block["text"]["text"] for block in view.blocks if "text" in block]
    parts += [
        each["text"]
        for block in view.blocks
        for each in block.get("elements", [])
        if block["type"] == "context"
    ]
    return re.sub(r"<!date\^[^|]*\|([^>]*)>", r"\1", "\n".join(parts))


@pytest.mark.parametrize("settings", [WITH_POINTS])
async def test_the_agreement_is_read_in_words_under_its_five_headings(world: World) -> None:
    await sets(world, "Reasons", **{"No budget": "No money"})

    await world.says("amy", "/truce agreement")

    said = words(world.form("amy"))
    heads = [block["text"]["text"] for block in world.form("amy").blocks if block["type"] == "header"]
    assert heads == [
        "Who does what",
        "When is it passed on",
        "What then",
        "What is good",
        "When is a lead not a lead",
    ]
    assert said.startswith("Version 2, since ")
    assert "Not yet signed for sales by ben@acme.test; not yet signed for marketing by eva@acme.test." in said
    assert "A lead is ready for sales with an e-mail or a phone." in said
    assert "A hot lead: answered within 15 working minutes, with a reminder after 5 working minutes;" in said
    assert "No money 180 days" in said
    assert (
        "; title vp 20 or director 15, employees &gt;=200 15. Those of touches halve every 30 days." in said
    )


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_HEADS])
async def test_the_heads_of_both_sides_sign_and_every_message_says_so(world: World) -> None:
    await sets(world, "Hot leads", Reminder="6m")
    told = world.cards()[-1]

    await world.clicks("ben", "Sign", told)
    await world.clicks("eva", "Read it", world.feedback()[-1])
    await world.clicks("eva", "Sign", world.form("eva"))

    for message in (world.cards()[-1], world.feedback()[-1]):
        assert "Signed for sales by <@UBEN00000> on " in message.text
        assert "signed for marketing by <@UEVA00000> on " in message.text
        assert "Sign" not in message.words.splitlines()
    assert "signed for marketing by <@UEVA00000>" in words(world.form("eva"))
    assert world.count("signature", "version = 2") == 2


@pytest.mark.parametrize("settings", [ONLY_HEADS])
async def test_who_is_named_as_a_head_alone_reads_signs_suggests_and_sees_the_leads(world: World) -> None:
    await world.offers()
    await world.says("eva", "/truce agreement")
    await world.clicks("eva", "Sign", world.form("eva"))

    assert "; signed for marketing by <@UEVA00000> on 23 Nov" in words(world.form("eva"))
    assert "Pat Doe" in await world.says("ben", "/truce find Pat")
    assert await world.says("chi", "/truce agreement") == (
        "Sales takes leads here: amy@acme.test. Ask hal@acme.test to add you."
    )


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_HEADS])
async def test_all_versions_are_read_with_who_changed_what_and_when_and_who_signed(world: World) -> None:
    await sets(world, "Hot leads", Reminder="6m")
    await world.clicks("ben", "Sign", world.cards()[-1])
    await world.time_passes(days=1)
    for minutes in range(7, 18):
        await sets(world, "Hot leads", Reminder=f"{minutes}m", Late="40m")
    await world.says("amy", "/truce agreement")

    await world.clicks("amy", "See changes", world.form("amy"))
    first = words(world.form("amy"))
    await world.clicks("amy", "Earlier", world.form("amy"))
    before = words(world.form("amy"))

    assert first.startswith("*Version 13*, 24 Nov 09:")
    assert ", by <@UHAL00000> in Slack\n• Hot leads, reminder: 17m (was 16m)\n" in first
    assert before.startswith("*Version 3*, ")
    assert "• Hot leads, late: 40m (was 15m)" in before
    assert (
        "*Version 2*, 23 Nov 09:30 UTC, by <@UHAL00000> in Slack\n• Hot leads, reminder: 6m (was 5m)"
        in before
    )
    assert "Signed for sales by <@UBEN00000> on 23 Nov" in before
    assert "*Version 1*, 23 Nov 09:30 UTC, in app.yaml\n• as it began" in before
    await world.clicks("amy", "Read it", world.form("amy"))
    assert words(world.form("amy")).startswith("Version 13, since ")


@pytest.mark.parametrize("settings", [WITH_HEADS])
async def test_only_heads_sign_each_once_and_what_holds_now(world: World) -> None:
    await sets(world, "Hot leads", Reminder="6m")
    old = world.cards()[-1]

    await world.clicks("amy", "Sign", old)
    assert world.told("amy")[-1] == "ben@acme.test signs for sales, eva@acme.test signs for marketing."
    await world.clicks("ben", "Sign", old)
    await world.clicks("ben", "Sign", old)
    assert world.told("ben")[-1] == "You have signed version 2 already."
    await sets(world, "Hot leads", Reminder="7m")
    await world.slack.click_old("eva", old.channel, old.ts, "agreement.sign", "2")
    await world.settles()
    assert world.told("eva")[-1] == "Version 3 of the agreement holds now: `/truce agreement` shows it."
    assert world.count("signature") == 1


@pytest.mark.parametrize("settings", [ONE_HEAD])
async def test_who_heads_both_sides_signs_once_for_both(world: World) -> None:
    await sets(world, "Hot leads", Reminder="6m")

    await world.clicks("hal", "Sign", world.cards()[-1])

    assert world.count("signature") == 2


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_where_no_head_is_named_nobody_signs(world: World) -> None:
    await sets(world, "Hot leads", Reminder="6m")

    message = world.cards()[-1]

    assert "Nobody is named who signs (`people.heads`)." in message.text
    assert "Sign" not in message.words.splitlines()


@pytest.mark.parametrize("settings", [WITH_HEADS])
async def test_anyone_suggests_a_change_and_both_heads_read_it_with_the_name(world: World) -> None:
    await world.says("amy", "/truce agreement")
    await world.clicks("amy", "Suggest a change...", world.form("amy"))
    await world.types("amy", "What should change?", "Webinar leads <!channel> need a phone number")

    await world.sends_the_form("amy")

    assert world.told("amy")[-1] == "The heads of both sides will read it."
    for head in ("ben", "eva"):
        assert world.dm(head).text.startswith(
            "<@UAMY00000> suggests a change of the agreement (version 1):\n> Webinar"
        )
        assert "<!channel>" not in world.dm(head).text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_suggestion_goes_to_the_admins_where_no_head_is_named_and_guests_have_no_part(
    world: World,
) -> None:
    await world.says("eva", "/truce agreement")
    await world.clicks("eva", "Suggest a change...", world.form("eva"))
    await world.types("eva", "What should change?", "Shorter reminders")
    await world.sends_the_form("eva")

    assert "Shorter reminders" in world.dm("hal").text
    assert world.slack.modal("gus") is None
    assert await world.says("gus", "/truce agreement")
    assert world.slack.modal("gus") is None
