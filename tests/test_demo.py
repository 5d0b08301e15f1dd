"""`make demo`, as somebody sees it who has just heard of Truce: three people, three windows, one browser."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.axe import AXE, CHROMIUM_OPTIONS, FAULTS, OUTSIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 20_000  # ms
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (1280, "dark"),
    (390, "light"),
    (390, "dark"),
]


@pytest.fixture
def demo() -> Iterator[str]:
    """The address of a running demo; Ctrl-C ends it, with nothing left behind."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            assert f"http://127.0.0.1:{port}" in running.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGINT)
    assert running.returncode == 0


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as player:
        running = player.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield running
        running.close()


def window(browser: Browser, demo: str, person: str, *, stale: bool = False, channel: str = "leads") -> Page:
    """A window as this person; a stale one is told of nothing that happens after it was opened."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    if stale:
        page.route("**/control/stream", lambda route: route.abort())
    page.goto(f"{demo}/?as={person}")
    page.get_by_role("button", name=channel).first.click()
    return page


def shuts_nobody_out(page: Page, name: str) -> None:
    """Fail where a screen reader, or a phone, does not get what is there: by day and by night.

    Pictures for people to look at go into the folder that $SCREENSHOTS names.
    """
    page.evaluate(AXE)
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png")
        assert page.evaluate(FAULTS) == [], (width, scheme)
        assert page.evaluate(OUTSIDE) == [], (width, scheme)
        assert page.locator(".unknown").all_text_contents() == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_lead_is_accepted_a_second_one_rejected_and_marketing_sees_why(demo: str, browser: Browser) -> None:
    amy = window(browser, demo, "amy")
    first = amy.get_by_role("button", name="Accept: Pat Doe at Globex")
    expect(first).to_be_visible(timeout=PATIENCE)
    ben = window(browser, demo, "ben", stale=True)
    expect(ben.get_by_role("button", name="Accept: Pat Doe at Globex")).to_be_visible(timeout=PATIENCE)

    first.click()
    expect(amy.get_by_text("Amy took this after less than a minute.")).to_be_visible(timeout=PATIENCE)
    ben.get_by_role("button", name="Accept: Pat Doe at Globex").click()
    ben.unroute("**/control/stream")  # and is told what happened meanwhile
    expect(ben.get_by_text("took this at").first).to_be_visible(timeout=PATIENCE)
    expect(ben.get_by_text("Nothing for you to do.").first).to_be_visible()
    shuts_nobody_out(ben, "late")

    chi = window(browser, demo, "chi")
    chi.get_by_role("button", name="Reject: Lena Fischer at Initech").click()
    dialog = chi.get_by_role("dialog", name="Not this one?")
    shuts_nobody_out(chi, "reject")
    dialog.get_by_label("Reason").select_option(label="No budget")
    dialog.get_by_label("What should marketing know?").fill("Their budget is frozen until April.")
    dialog.get_by_role("button", name="Send").click()
    expect(chi.get_by_text("Chi passed on this").first).to_be_visible(timeout=PATIENCE)

    eva = window(browser, demo, "eva", channel="marketing-feedback")
    expect(eva.get_by_text("rejected 1 (No budget 1)").first).to_be_visible(timeout=PATIENCE)
    eva.get_by_role("button", name="1 reply").first.click()
    expect(eva.get_by_text("Their budget is frozen until April.").first).to_be_visible(timeout=PATIENCE)
    shuts_nobody_out(eva, "feedback")


def test_a_busy_day_comes_with_one_click(demo: str, browser: Browser) -> None:
    hal = window(browser, demo, "hal")
    hal.get_by_role("button", name="Desk tools").click()
    hal.get_by_text("A busy day").click()
    hal.locator("details", has_text="A busy day").get_by_role("button", name="Send", exact=True).click()
    expect(hal.get_by_text("A busy day, 1 sent: 202")).to_be_visible(timeout=PATIENCE)
    expect(hal.get_by_text("Ana Costa").first).to_be_visible(timeout=3 * PATIENCE)
    shuts_nobody_out(hal, "busy")


def passes(page: Page, *jumps: str) -> None:
    """The time machine: the desk's clock is moved, and what is due then is done."""
    for jump in jumps:
        page.get_by_role("button", name=jump, exact=True).click()


def test_a_lead_that_nobody_answers_goes_up_the_ladder(demo: str, browser: Browser) -> None:
    hal = window(browser, demo, "hal")
    for lead in ("Lena Fischer", "Omar Haddad", "Ruth Cohen"):  # what is under way would have waited a week
        expect(hal.get_by_text(lead).first).to_be_visible(timeout=2 * PATIENCE)
    hal.get_by_role("button", name="Desk tools").click()
    for _ in range(2):  # past the first week, in which managers are left alone
        ahead = hal.locator(".tools p.big + p").inner_text()
        passes(hal, "Monday 9:00")
        expect(hal.locator(".tools p.big + p")).not_to_have_text(ahead, timeout=PATIENCE)
    hal.get_by_text("Somebody asks for a demo").first.click()
    hal.locator("details", has_text="Somebody asks for a demo").get_by_role(
        "button", name="Send", exact=True
    ).click()
    card = hal.get_by_text("Alex Hart").first
    expect(card).to_be_visible(timeout=PATIENCE)

    passes(hal, *["+5 min"] * 4)
    expect(hal.get_by_text("Late.").last).to_be_visible(timeout=2 * PATIENCE)
    shuts_nobody_out(hal, "breach")

    passes(hal, *["+5 min"] * 6)  # 45 minutes: the manager is asked
    hal.get_by_role("button", name="Truce").first.click()
    asked = hal.get_by_role("button", name="Give 1 more hour: Alex Hart at Globex")
    expect(asked.last).to_be_visible(timeout=2 * PATIENCE)
    shuts_nobody_out(hal, "manager")

    passes(hal, *["+5 min"] * 4)
    hal.get_by_role("button", name="leads").first.click()
    expect(hal.get_by_text("moved down").last).to_be_visible(timeout=2 * PATIENCE)
    shuts_nobody_out(hal, "moved-down")
