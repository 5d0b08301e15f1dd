"""`make demo`, as somebody sees it who has just heard of Truce: three people, three windows, one browser."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.axe import AXE, CHROMIUM_OPTIONS, FAULTS, OUTSIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000  # ms: a screen is there in one or two seconds, but others may be busy beside
expect.set_options(timeout=PATIENCE)
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (1280, "dark"),
    (390, "light"),
    (390, "dark"),
]


@pytest.fixture
def demo() -> Iterator[str]:
    """The address of a running demo; Ctrl-C ends it, with nothing left behind."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            [address] = re.findall(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
            yield address
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


def shuts_nobody_out(page: Page, name: str, shows: Locator | None = None) -> None:
    """Fail where a screen reader, or a phone, does not get what is there: by day and by night.

    `shows` is what the pictures are of, where it may be out of sight. Pictures for people to look at go into the folder that $SCREENSHOTS names.
    """
    page.evaluate(AXE)
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if shows is not None:
            shows.scroll_into_view_if_needed()
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


def sends(page: Page, template: str) -> None:
    form = page.locator("details", has_text=template).last
    form.locator("summary").click()
    with page.expect_response(
        "**/control/do/sends", timeout=PATIENCE
    ) as answer:  # the page says it for seconds
        form.get_by_role("button", name="Send", exact=True).click()
    assert [each["status"] for each in answer.value.json()["result"]] == [202]


def test_a_busy_day_comes_with_one_click(demo: str, browser: Browser) -> None:
    hal = window(browser, demo, "hal")
    hal.get_by_role("button", name="Desk tools").click()
    sends(hal, "A busy day")
    expect(hal.get_by_text("Ana Costa").first).to_be_visible(timeout=3 * PATIENCE)
    shuts_nobody_out(hal, "busy")


def passes(page: Page, jump: str) -> None:
    """The time machine: the desk's clock goes on, and what is due on the way is done in its order."""
    page.get_by_role("button", name=jump, exact=True).click()
    expect(page.get_by_text("On the way to")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("On the way to")).to_have_count(0, timeout=3 * PATIENCE)


def test_a_deal_that_is_closed_ends_in_a_look_back(demo: str, browser: Browser) -> None:
    amy = window(browser, demo, "amy")
    amy.get_by_role("button", name="Accept: Lena Fischer at Initech").wait_for()  # both leads are here
    amy.get_by_role("button", name="Accept: Pat Doe at Globex").click()
    amy.get_by_role("button", name="Desk tools").click()
    sends(amy, "Close a deal")
    expect(amy.get_by_text("there is a deal.").first).to_be_attached(timeout=PATIENCE)  # it has been followed
    amy.request.post(f"{demo}/control/clock", data={"seconds": 31 * 60})  # half an hour after the close
    retro = amy.locator("article", has_text="Globex rollout: won, 12,000 EUR").last
    expect(retro).to_contain_text("First touch: webinar", timeout=PATIENCE)
    shuts_nobody_out(amy, "retro")

    amy.get_by_role("button", name="Close the desk tools").click()
    retro.get_by_role("button", name="Answer").click()
    dialog = amy.get_by_role("dialog", name="What happened?")
    dialog.get_by_label("What decided it?").select_option(index=1)
    dialog.get_by_label("What went well?").fill("They tried it with their own parts.")
    shuts_nobody_out(amy, "retro-answer")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden(timeout=PATIENCE)
    expect(amy.get_by_text("Only visible to you").last).to_be_visible(timeout=PATIENCE)
    shuts_nobody_out(amy, "retro-answered")


def test_a_lead_that_nobody_answers_goes_up_the_ladder_within_one_press(demo: str, browser: Browser) -> None:
    hal = window(browser, demo, "hal")
    for lead in ("Lena Fischer", "Omar Haddad", "Ruth Cohen"):  # what is under way would have waited a week
        expect(hal.get_by_text(lead).first).to_be_visible(timeout=2 * PATIENCE)
    hal.request.post(
        f"{demo}/control/clock", data={"seconds": 14 * 86400}
    )  # past a new workspace's first week
    hal.get_by_role("button", name="Desk tools").click()
    sends(hal, "Somebody asks for a demo")
    expect(hal.get_by_text("Alex Hart").first).to_be_visible(timeout=2 * PATIENCE)

    passes(hal, "+1 hour")
    cards = hal.locator("article", has_text="Alex Hart")
    expect(cards.filter(has_text="moved down")).to_have_count(1, timeout=4 * PATIENCE)
    late = cards.filter(has_text="Late.").last
    expect(late).to_be_visible(timeout=4 * PATIENCE)  # fifty updates a minute
    hal.get_by_role("button", name="Close the desk tools").click()
    shuts_nobody_out(hal, "moved-down", late)
    hal.get_by_role("button", name="Truce").first.click()
    asked = hal.get_by_role("button", name="Give 1 more hour: Alex Hart at Tyrell")
    expect(asked.last).to_be_visible(timeout=4 * PATIENCE)
    shuts_nobody_out(hal, "manager", asked.last)


def test_a_reminder_of_ones_own_lead_is_put_off_to_the_next_working_hours(
    demo: str, browser: Browser
) -> None:
    amy = window(browser, demo, "amy")
    amy.get_by_role("button", name="Desk tools").click()
    sends(amy, "Somebody asks for a demo")
    amy.get_by_role("button", name="Accept: Alex Hart at Tyrell").click(timeout=3 * PATIENCE)
    passes(amy, "+1 hour")
    amy.get_by_role("button", name="Close the desk tools").click()
    amy.get_by_role("button", name="Truce").first.click()
    asked = amy.locator("article", has_text="Alex Hart").filter(has_text="Still yours?")
    expect(asked).to_have_count(1, timeout=4 * PATIENCE)

    asked.get_by_role("button", name="More", exact=True).click()
    amy.get_by_role("menuitem", name="Remind me later...").click()
    dialog = amy.get_by_role("dialog", name="Remind me later")
    dialog.get_by_label("In my next working hours").check()
    shuts_nobody_out(amy, "later")
    dialog.get_by_role("button", name="Remind me", exact=True).click()
    expect(dialog).to_be_hidden(timeout=PATIENCE)

    amy.get_by_role("button", name="leads").first.click()
    card = amy.locator("article", has_text="Alex Hart").filter(has_text="Amy: back to this")
    expect(card).to_have_count(1, timeout=4 * PATIENCE)
    shuts_nobody_out(amy, "back-to-this", card)
    amy.request.post(f"{demo}/control/clock", data={"seconds": 26 * 3600})  # a day may have 25 hours
    amy.get_by_role("button", name="Truce").first.click()
    expect(asked).to_have_count(2, timeout=3 * PATIENCE)
    shuts_nobody_out(amy, "reminded-again", asked.last)
