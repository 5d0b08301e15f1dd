"""The page is drawn anew while somebody presses or types: nothing of theirs is lost."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from tests.playground.office import Office, field_block, modal, section
from tests.playground.showcase import options
from tests.playground.test_page import browser, opened

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # a fixture
SAID = """() => {
  const toasts = document.getElementById("toasts");
  window.seen = new Promise((resolve) => new MutationObserver(() =>
    resolve(document.getElementById("sidebar").textContent)).observe(toasts, {childList: true}));
}"""


async def test_a_press_counts_though_news_come_before_it_is_let_go(browser: Browser, office: Office) -> None:
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.get_by_role("button", name="board").hover()
    await page.mouse.down()
    async with page.expect_response("**/control/screen*") as screen:
        await office.post("News")
    await (await screen.value).finished()
    await page.mouse.up()

    await expect(page.get_by_label("Message #board")).to_be_visible()
    await expect(page.get_by_role("button", name="leads")).to_contain_text("1")
    assert wrong == []


async def test_what_is_typed_stays_when_the_app_draws_its_form_anew(browser: Browser, office: Office) -> None:
    go_on, reached, sent = asyncio.Event(), asyncio.Event(), []
    note = field_block("Note", {"type": "plain_text_input", "action_id": "note"})
    reason = {"type": "static_select", "action_id": "reason", "options": options("Budget", "Time")}
    asked = field_block("Reason", reason, dispatch_action=True)

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        await office.client.views_open(trigger_id=body["trigger_id"], view=modal(asked, note))
        await ack()

    @office.app.action("reason")
    async def chosen(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        view = modal(asked, section("How much?"), note)
        await office.client.views_update(view_id=body["view"]["id"], view=view)

    @office.app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        sent.append(view["state"]["values"]["note"]["note"]["value"])
        await ack()

    async def on_its_way(route: Route) -> None:
        reached.set()
        await go_on.wait()
        await route.continue_()

    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await page.route("**/control/do/fill", on_its_way)
    await office.slack.command("amy", "leads", "/form")
    dialog = page.get_by_role("dialog", name="Form")
    await dialog.get_by_label("Note").fill("No budget this year")
    await reached.wait()
    await dialog.get_by_label("Reason").select_option(label="Budget")
    await expect(dialog.get_by_text("How much?")).to_be_visible()
    await expect(dialog.get_by_label("Note")).to_have_value("No budget this year")
    go_on.set()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)

    assert sent == ["No budget this year"]
    assert wrong == []


async def test_what_was_changed_is_to_be_seen_when_it_is_said(browser: Browser, office: Office) -> None:
    @office.app.event("user_change")
    async def heard() -> None: ...

    page, wrong = await opened(browser, office, "as=amy&desk=1&in=" + office.leads)
    await page.evaluate(SAID)
    tools = page.get_by_label("Desk tools", exact=True)
    await tools.get_by_text("A person", exact=True).click()
    await tools.get_by_label("Status", exact=True).fill("On holiday")
    await tools.get_by_role("button", name="Save").first.click()
    await expect(page.get_by_text("Amy Jones is changed.")).to_be_visible()

    assert "On holiday" in await page.evaluate("seen")
    assert wrong == []


async def test_a_press_on_the_wire_counts_though_a_call_comes_before_it_is_let_go(
    browser: Browser, office: Office
) -> None:
    await office.client.users_info(user=office.slack.person_id("amy"))
    page, wrong = await opened(browser, office, "as=amy&desk=1&in=" + office.leads)
    await page.get_by_text("The newest 40 calls and payloads").click()
    wire = page.get_by_role("region", name="On the wire")
    first = wire.get_by_role("listitem").filter(has_text="users.info")
    await first.get_by_text("users.info").hover()
    await page.mouse.down()
    async with page.expect_response("**/control/traffic*") as traffic:
        await office.client.auth_test()
    await (await traffic.value).finished()
    await page.mouse.up()

    await expect(first.get_by_text("Asked")).to_be_visible()
    await expect(wire.get_by_text("auth.test", exact=True)).to_be_visible()
    assert wrong == []


async def test_the_answer_to_a_command_comes_into_view_wherever_one_has_scrolled(
    browser: Browser, office: Office
) -> None:
    @office.app.command("/ask")
    async def answer(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Only for you.")

    for number in range(30):
        await office.post(f"News {number}\nand more of it")
    page, wrong = await opened(browser, office, "as=amy&in=" + office.leads)
    await expect(page.get_by_text("News 29")).to_be_in_viewport()
    await page.locator("#main .scroll").evaluate("list => { list.scrollTop = 0 }")
    await expect(page.get_by_text("News 29")).not_to_be_in_viewport()
    await page.get_by_label("Message #leads").fill("/ask")
    await page.get_by_label("Message #leads").press("Enter")

    await expect(page.get_by_text("Only for you.")).to_be_in_viewport()
    assert wrong == []
