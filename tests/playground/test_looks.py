"""What the page looks like: nothing that keeps a screen reader out, nothing cut off, nothing unknown; on desk and phone."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.axe import AXE, CHROMIUM_OPTIONS, FAULTS, OUTSIDE
from tests.playground.office import Office
from tests.playground.showcase import furnish

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Place = Literal["main", "thread", "modal", "home", "tools"]
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (1280, "dark"),
    (390, "light"),
    (390, "dark"),
]
PATIENCE = 60_000  # ms: others may be busy beside
expect.set_options(timeout=PATIENCE)
PLACES: tuple[Place, ...] = ("main", "thread", "modal", "home", "tools")


@dataclass
class Scene:
    office: Office
    browser: Browser
    thread: str

    async def opened(self, place: Place, width: int) -> Page:
        page = await self.browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(PATIENCE)
        more = {"thread": f"&thread={self.thread}", "tools": "&desk=1"}.get(place, "")
        where = "home" if place == "home" else self.office.leads
        await page.goto(f"{self.office.slack.url}/?as=amy&in={where}{more}")
        await expect(page.get_by_role("heading", level=1).first).to_be_visible()
        if place == "modal":
            await self.office.slack.command("amy", "leads", "/form")
            await expect(page.get_by_role("dialog")).to_be_visible()
            await page.get_by_role("dialog").get_by_role("button", name="Send").click()
            await expect(page.get_by_role("dialog").get_by_role("alert").first).to_be_visible()
        if place == "tools":
            for summary in await page.locator("#desk summary").all():
                await summary.click()
        return page


@pytest.fixture
async def scene(office: Office, chromium: str) -> AsyncIterator[Scene]:
    thread = await furnish(office)
    async with async_playwright() as player:
        running = await player.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield Scene(office, running, thread)
        await running.close()


@pytest.mark.parametrize("place", PLACES)
async def test_nobody_is_kept_out_nothing_is_cut_off_and_nothing_unknown(scene: Scene, place: Place) -> None:
    page = await scene.opened(place, 1280)
    await page.evaluate(AXE)
    for width, scheme in SIZES:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        await shoot(page, f"{place}-{width}-{scheme}")
        assert await page.evaluate(FAULTS) == [], (width, scheme)
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert await page.evaluate(OUTSIDE) == [], (width, scheme)
        assert await page.locator(".unknown").all_text_contents() == []


async def shoot(page: Page, name: str) -> None:
    """Keep a picture in the folder that $SCREENSHOTS names, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")
