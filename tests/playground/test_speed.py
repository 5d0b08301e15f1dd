"""How quick the playground is: it starts at once, and a channel with ten thousand messages is as quick as an empty one."""

import asyncio
import math
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from playground.things import Message
from tests.playground.office import Office, actions, button, section

pytestmark = pytest.mark.slow
PATIENCE = 60_000  # ms: others may be busy beside
expect.set_options(timeout=PATIENCE)
ROOT = Path(__file__).parents[2]
MANY = 10_000
TIMES, MOST = 9, 200  # tries: more only where none was quick enough
WITHIN = 100.0  # ms until an update is there
# posts as the person of this window and gives the milliseconds until the words are to be read
SPEAK = """async ([channel, text]) => {
  const seen = new Promise((resolve) => {
    const look = () => document.querySelector("#main .messages")?.lastElementChild?.textContent.includes(text)
      && (observer.disconnect(), resolve());
    const observer = new MutationObserver(look);
    observer.observe(document.querySelector("#main"), {childList: true, subtree: true, characterData: true});
  });
  const start = performance.now();
  const body = JSON.stringify({person: "amy", channel, text});
  await fetch("/control/do/says", {method: "POST", body, headers: {"Content-Type": "application/json"}});
  await seen;
  return performance.now() - start;
}"""


@pytest.mark.alone  # it measures real time
def test_it_starts_in_less_than_a_second(tmp_path: Path) -> None:
    """Seconds of the processor: the wall clock would say how busy the machine is."""
    (tmp_path / "acme.yaml").write_text("people: [{handle: amy}]\nchannels: [{name: leads}]\n")
    command = [sys.executable, "-m", "playground", "--port", "0", "--workspace", "acme.yaml"]
    spent = []
    for _ in range(3):
        process = subprocess.Popen(
            command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert "http://127.0.0.1" in process.stdout.readline()
        process.terminate()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent.append(usage.ru_utime + usage.ru_stime)
    assert min(spent) < 1


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        running = await player.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        await running.close()


def crowd(office: Office) -> None:
    """Fill #leads with messages, every tenth a card."""
    store = office.slack.desk.store
    place = store.conversations[office.leads]
    card = store.with_ids([section("*Pat Doe* at Globex"), actions(button())])
    for number in range(MANY):
        one = Message(channel=place.id, ts=store.ts(), user="UAMY00000", text=f"Message {number}")
        one.blocks = card if number % 10 == 0 else []
        place.messages[one.ts] = one
    store.changed()


async def opened(browser: Browser, office: Office, channel: str) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{office.slack.url}/?as=amy&in={channel}")
    await expect(page.get_by_label("Message #", exact=False).first).to_be_visible()
    return page


async def quickest(page: Page, channel: str, enough: float) -> float:
    """The milliseconds of the quickest, which say what the code needs: the others say how busy the machine is."""
    least = math.inf
    for number in range(MOST):
        least = min(least, await page.evaluate(SPEAK, [channel, f"Words {number}."]))
        if number >= TIMES and least < enough:
            break
    return least


@pytest.mark.browser
@pytest.mark.alone  # it measures real time
async def test_ten_thousand_messages_are_as_quick_as_none_and_an_update_arrives_within_100_ms(
    office: Office, browser: Browser
) -> None:
    @office.app.event("message")
    async def heard() -> None: ...

    empty = office.slack.channel_id("random")
    small = await quickest(await opened(browser, office, empty), empty, WITHIN)
    crowd(office)
    page = await opened(browser, office, office.leads)
    full = await quickest(page, office.leads, min(WITHIN, 6 * small))

    assert small < WITHIN
    assert full < min(WITHIN, 6 * small)
    await page.get_by_role("button", name="Show older messages").click()
    await expect(page.get_by_role("article")).to_have_count(600)


@pytest.mark.browser
async def test_a_thread_whose_root_is_far_back_still_opens(office: Office, browser: Browser) -> None:
    root = await office.post("The root")
    await office.post("An answer", thread_ts=root)
    crowd(office)
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{office.slack.url}/?as=amy&in={office.leads}&thread={root}")

    await expect(page.get_by_label("Thread", exact=True).get_by_text("An answer")).to_be_visible()


async def test_reading_ten_thousand_messages_page_by_page_takes_as_long_as_its_pages(office: Office) -> None:
    crowd(office)
    seen, cursor = 0, ""
    async with asyncio.timeout(60):
        while True:
            page = await office.client.conversations_history(channel=office.leads, limit=999, cursor=cursor)
            seen += len(page["messages"])
            if not page["has_more"]:
                break
            cursor = page["response_metadata"]["next_cursor"]
    assert seen == MANY
