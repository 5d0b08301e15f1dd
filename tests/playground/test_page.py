"""The page, in a real Chromium: what a person sees and presses there."""

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.axe import AXE, FAULTS
from tests.playground.office import Clock, Office, actions, button, field_block, modal, section
from tests.playground.showcase import picture

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 60_000  # ms: others may be busy beside
expect.set_options(timeout=PATIENCE)
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OPTIONS += ["--disable-sync", "--no-first-run"]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing")]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        running = await player.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield running
        await running.close()


async def opened(browser: Browser, office: Office, query: str, width: int = 1280) -> tuple[Page, list[str]]:
    """Open the page and give it with the list of what goes wrong in it."""
    page = await browser.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda entry: wrong.append(entry.text) if entry.type == "error" else None)
    await page.goto(f"{office.slack.url}/?{query}")
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    return page, wrong


async def test_two_windows_are_two_people_and_follow_by_themselves(browser: Browser, office: Office) -> None:
    @office.app.action("accept")
    async def accept(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        who = body["user"]["id"]
        blocks = [section(f"<@{who}> took this")]
        await office.client.chat_update(
            channel=office.leads, ts=body["message"]["ts"], text="x", blocks=blocks
        )
        await office.client.chat_postEphemeral(channel=office.leads, user=who, text="It is yours.")

    await office.post(blocks=[section("*Pat Doe* at Globex :wave:"), actions(button())])
    amy, wrong_amy = await opened(browser, office, "as=amy&in=" + office.leads)
    ben, wrong_ben = await opened(browser, office, "as=ben&in=" + office.leads)
    await amy.get_by_role("button", name="Accept").click()

    await expect(ben.get_by_text("@Amy Jones took this")).to_be_visible()
    await expect(amy.get_by_text("It is yours.")).to_be_visible()
    await expect(amy.get_by_text("Only visible to you")).to_be_visible()
    await expect(ben.get_by_text("It is yours.")).to_have_count(0)
    await ben.get_by_role("button", name="Amy Jones", exact=True).click()
    await expect(ben.get_by_text("It is yours.")).to_be_visible()
    assert (wrong_amy, wrong_ben) == ([], [])


async def test_a_button_that_waits_for_its_answer_can_still_be_read(browser: Browser, office: Office) -> None:
    quiet, green = button(), button("Take it", "take", style="primary")
    await office.post(blocks=[section("*Pat Doe* at Globex"), actions(quiet, green, button("Drop", "drop"))])
    page, _ = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.evaluate(AXE)
    await page.route("**/control/do/click", lambda _held: None)
    for each in ("Accept", "Take it", "Drop"):
        await page.get_by_role("button", name=each).click()

    await expect(page.locator(".busy")).to_have_count(3)
    assert await page.evaluate(FAULTS) == []


async def test_a_modal_is_filled_corrected_and_sent(browser: Browser, office: Office) -> None:
    sent: list[str] = []

    @office.app.action("reject")
    async def reject(ack: Any, body: dict[str, Any]) -> None:
        note = {"type": "plain_text_input", "action_id": "note", "multiline": True}
        view = modal(field_block("Note", note), title="Not this one?")
        await office.client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @office.app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        words = view["state"]["values"]["note"]["note"]["value"]
        sent.append(words)
        await (ack() if len(words) > 4 else ack(response_action="errors", errors={"note": "A little more"}))

    await office.post(blocks=[actions(button("Reject…", "reject"))])
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.get_by_role("button", name="Reject…").click()
    dialog = page.get_by_role("dialog", name="Not this one?")
    await dialog.get_by_label("Note").fill("No")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_role("alert")).to_have_text("A little more")
    await expect(dialog.get_by_label("Note")).to_have_value("No")
    await dialog.get_by_label("Note").fill("No budget this year")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)

    assert sent == ["No", "No budget this year"]
    assert wrong == []


async def test_a_person_speaks_in_a_channel_and_in_its_thread(browser: Browser, office: Office) -> None:
    @office.app.command("/truce")
    async def truce(ack: Any, body: dict[str, Any]) -> None:
        await ack(f"You said {body['text']}")

    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.get_by_label("Message #leads").fill("Look at <script>alert(1)</script> *this*")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    await page.get_by_label("Message #leads").fill("/truce help")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You said help")).to_be_visible()
    first = page.get_by_role("article").first
    await first.hover()
    await first.get_by_role("button", name="Reply in thread").click()
    await page.get_by_label("Reply", exact=True).fill("In here")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Thread", exact=True)).to_be_hidden()

    [root] = office.slack.messages("leads")
    assert root.text == "Look at &lt;script&gt;alert(1)&lt;/script&gt; *this*"
    assert [one.text for one in office.slack.thread("leads", root.ts)] == ["In here"]
    assert wrong == []


async def test_a_phone_shows_everything_within_its_width(browser: Browser, office: Office) -> None:
    long = "https://globex.test/" + "a" * 120
    blocks = [section(f"<{long}>"), actions(*(button(f"Button {n}", f"b{n}") for n in range(5)))]
    await office.post(blocks=blocks)
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads, width=390)

    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await page.evaluate("document.querySelector('#main .scroll').scrollWidth") == 390
    await page.get_by_role("button", name="Channels and people").click()
    await page.get_by_role("button", name="board").click()
    await expect(page.get_by_label("Message #board")).to_be_visible()
    assert wrong == []


async def test_on_a_phone_a_card_is_pressed_with_the_desk_tools_open(
    browser: Browser, office: Office
) -> None:
    for number in range(12):
        await office.post(blocks=[section(f"Message {number}")])
    await office.post(blocks=[actions(button("Accept", "b"))])
    page, wrong = await opened(browser, office, f"as=amy&in={office.leads}&desk=1", width=390)

    accept, trouble = (page.get_by_role("button", name=name) for name in ("Accept", "Make trouble"))
    await accept.click(trial=True)
    await trouble.click(trial=True)

    card, tools = await accept.bounding_box(), await page.locator("#desk").bounding_box()
    assert card is not None
    assert tools is not None
    assert card["y"] + card["height"] <= tools["y"]
    assert tools["y"] + tools["height"] <= 800
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert wrong == []


async def test_a_block_that_the_page_does_not_know_is_named_with_its_text(
    browser: Browser, office: Office
) -> None:
    ts = await office.post(blocks=[section("known")])
    live = office.slack.desk.store.message(office.leads, ts)
    live.blocks.append({"type": "hologram", "text": {"type": "plain_text", "text": "From the future"}})
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)

    await expect(page.get_by_text("hologram")).to_be_visible()
    await expect(page.get_by_text("From the future")).to_be_visible()
    assert wrong == []


async def test_a_date_is_in_the_readers_zone_and_follows_the_clock(
    browser: Browser, office: Office, clock: Clock
) -> None:
    moment = int(clock().timestamp())  # 9:00 in London
    words = "{date_short_pretty} at {time}, {ago}"
    await office.post(blocks=[section(f"Waiting since <!date^{moment}^{words}|then>")])
    amy, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    ben, _ = await opened(browser, office, "as=ben&in=" + office.leads)

    await expect(amy.get_by_text("Today at 9:00, now")).to_be_visible()
    await expect(ben.get_by_text("Today at 10:00, now")).to_be_visible()
    clock.forward(days=1)
    await office.post("Morning")
    await expect(amy.get_by_text("Yesterday at 9:00, yesterday")).to_be_visible()
    assert wrong == []


async def test_the_admin_changes_people_and_channels_on_the_page(browser: Browser, office: Office) -> None:
    page, wrong = await opened(browser, office, "as=amy&desk=1&in=" + office.leads)
    tools = page.get_by_label("Desk tools", exact=True)
    await tools.get_by_text("A person", exact=True).click()
    await tools.get_by_label("Person", exact=True).select_option(label="Ben Okafor")
    await tools.get_by_label("Status", exact=True).fill("On holiday")
    await tools.get_by_label("Until (their time)").fill("2026-11-27T18:00")
    await tools.get_by_label("Time zone").fill("Asia/Tokyo")
    await tools.get_by_role("button", name="Save").first.click()
    await expect(page.get_by_text("Ben Okafor is changed.")).to_be_visible()
    await tools.get_by_text("A channel", exact=True).click()
    await tools.get_by_label("Shared with another company").check()
    await tools.get_by_label("Bot is in it").first.uncheck()
    await tools.get_by_role("button", name="Save").nth(1).click()
    await expect(page.get_by_text("the app is not in here · shared with another company")).to_be_visible()
    await tools.get_by_text("Somebody or a channel that is new").click()
    await tools.get_by_label("Handle").fill("kim")
    await tools.get_by_role("button", name="Let them in").click()
    await expect(page.get_by_role("button", name="Kim", exact=True)).to_be_visible()

    ben = office.slack.desk.store.person("ben")
    assert (ben.status, ben.tz) == ("On holiday", "Asia/Tokyo")
    assert ben.status_until == 1795798800  # 18:00 in Berlin, where he still was
    assert wrong == []


async def test_what_went_over_the_wire_is_shown_with_its_verdict(browser: Browser, office: Office) -> None:
    @office.app.event("message")
    async def heard() -> None: ...

    page, wrong = await opened(browser, office, "as=amy&desk=1&in=" + office.leads)
    await page.get_by_text("The newest 40 calls and payloads").click()
    await office.post("Hello there")
    with pytest.raises(Exception, match="not_in_channel"):
        await office.client.chat_postMessage(channel=office.slack.channel_id("random"), text="x")
    await office.slack.says("amy", "leads", "Morning")
    wire = page.get_by_role("region", name="On the wire")
    refused = wire.get_by_role("listitem").filter(has_text="not_in_channel")
    await refused.get_by_text("chat.postMessage").click()

    await expect(wire.get_by_text("message", exact=True).first).to_be_visible()
    await expect(refused.get_by_text('"text": "x"')).to_be_visible()
    assert wrong == []


async def test_a_call_that_changes_nothing_else_is_shown_on_the_wire_as_well(
    browser: Browser, office: Office
) -> None:
    page, wrong = await opened(browser, office, "as=amy&desk=1&in=" + office.leads)
    await page.get_by_text("The newest 40 calls and payloads").click()
    wire = page.get_by_role("region", name="On the wire")
    await expect(wire.get_by_role("listitem").first).to_be_visible()
    await office.client.users_info(user=office.slack.person_id("amy"))

    await expect(wire.get_by_text("users.info", exact=True)).to_be_visible()
    assert wrong == []


async def test_ones_own_words_are_edited_on_the_page(browser: Browser, office: Office) -> None:
    said = await office.slack.says("amy", "leads", "Helo")
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    message = page.get_by_role("article").first
    await message.hover()
    await message.get_by_role("button", name="More of this message").click()
    await page.get_by_role("menuitem", name="Edit message").click()
    await page.get_by_label("Edit message").fill("Hello & welcome")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_text("Hello & welcome")).to_be_visible()
    await expect(page.get_by_text("(edited)")).to_be_visible()
    assert office.slack.message("leads", said.ts).text == "Hello &amp; welcome"
    assert wrong == []


async def test_a_file_goes_into_a_modal_and_a_group_dm_has_its_place(
    browser: Browser, office: Office
) -> None:
    sent: list[str] = []

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        files = {"type": "file_input", "action_id": "files", "filetypes": ["csv"]}
        await office.client.views_open(trigger_id=body["trigger_id"], view=modal(field_block("List", files)))
        await ack()

    @office.app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        sent.extend(one["name"] for one in view["state"]["values"]["list"]["files"]["files"])
        await ack()

    users = [office.slack.person_id(one) for one in ("amy", "ben")]
    together = (await office.client.conversations_open(users=users))["channel"]["id"]
    await office.client.chat_postMessage(channel=together, text="You two")
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.get_by_label("Message #leads").fill("/form")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Form")
    await dialog.get_by_label("List").set_input_files(
        {"name": "leads.csv", "mimeType": "text/csv", "buffer": b"name\n"}
    )
    await expect(dialog.get_by_text("leads.csv")).to_be_visible()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_role("button", name="amy, ben, bot").click()
    await expect(page.get_by_text("You two")).to_be_visible()

    assert sent == ["leads.csv"]
    assert wrong == []


async def test_what_a_search_in_a_form_finds_is_chosen_by_keys_and_keeps_nobody_out(
    browser: Browser, office: Office
) -> None:
    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        search = {"type": "external_select", "action_id": "record", "min_query_length": 2}
        await office.client.views_open(
            trigger_id=body["trigger_id"], view=modal(field_block("Record", search))
        )
        await ack()

    @office.app.options("record")
    async def records(ack: Any) -> None:
        found = ("Globex", "Globular")
        await ack(options=[{"text": {"type": "plain_text", "text": one}, "value": one} for one in found])

    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.get_by_label("Message #leads").fill("/form")
    await page.keyboard.press("Enter")
    record = page.get_by_role("combobox", name="Record")
    await record.fill("Glo")
    await expect(page.get_by_role("option", name="Globex")).to_be_focused()
    await page.evaluate(AXE)
    faults = await page.evaluate(FAULTS)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(record).to_have_value("Globular")

    assert faults == []
    assert wrong == []


async def test_tables_texts_and_pictures_are_seen_without_opening_them(
    browser: Browser, office: Office
) -> None:
    @office.app.event("message")
    async def heard() -> None: ...

    table = "Accepted:\n\n| Campaign | Leads |\n|:--|--:|\n| **Autumn** webinar | 12 |\n| Fair | 3 |\n\n- [x] Told"
    await office.post("Table", blocks=[{"type": "markdown", "text": table}])
    lines = "\n".join(f"lead-{number},pat{number}@globex.test" for number in range(9))
    await office.slack.drops("ben", "leads", "leads.csv", lines.encode())
    upload = await office.client.files_getUploadURLExternal(filename="week.png", length=len(picture()))
    assert office.client.session is not None
    async with office.client.session.post(upload["upload_url"], data=picture()):
        await office.client.files_completeUploadExternal(files=[{"id": upload["file_id"]}])
    shown = {"type": "image", "slack_file": {"id": upload["file_id"]}, "alt_text": "Leads a week: 12, 19"}
    await office.post("Leads a week: 12, 19", blocks=[shown])
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)

    await expect(page.get_by_role("row", name="Autumn webinar 12")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Leads")).to_be_visible()
    await expect(page.get_by_text("☑ Told")).to_be_visible()
    beginning = page.get_by_label("The beginning of leads.csv")
    await expect(beginning).to_contain_text("lead-4,pat4@globex.test\n…")
    await expect(beginning).not_to_contain_text("lead-5")
    drawn = page.get_by_role("img", name="Leads a week: 12, 19")
    await drawn.scroll_into_view_if_needed()
    await expect(drawn).to_have_js_property("naturalWidth", 240)
    assert wrong == []


async def test_what_is_said_in_a_thread_leaves_the_channel_read(browser: Browser, office: Office) -> None:
    ts = await office.post("A lead")
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.get_by_text("A lead", exact=True).wait_for()
    await page.get_by_role("button", name="Home").click()
    await office.post("Could you look?", thread_ts=ts)
    await expect(page.get_by_role("button", name="leads")).not_to_contain_text("1")
    await office.post("Another lead")

    await expect(page.get_by_role("button", name="leads")).to_contain_text("1")
    assert wrong == []
