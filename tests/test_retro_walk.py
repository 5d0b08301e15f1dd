"""A look back at a deal, walked in the browser: its picture, an answer in the form, time, and the summary."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_demo import PATIENCE, browser, demo, sends, shuts_nobody_out, window
from tests.test_walk import reads

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "demo"]  # fixtures
HALF_AN_HOUR = 31 * 60
A_DAY = 86400
DAYS = 6  # at least three working days, whenever it is walked


def time_passes(page: Page, demo: str, seconds: int) -> None:
    page.request.post(f"{demo}/control/clock", data={"seconds": seconds})


def test_a_won_deal_is_looked_at_answered_in_a_form_and_summed_up(demo: str, browser: Browser) -> None:
    amy = window(browser, demo, "amy")
    expect(amy.get_by_role("button", name="Accept: Pat Doe at Globex")).to_be_visible(timeout=PATIENCE)
    expect(amy.get_by_role("button", name="Accept: Lena Fischer at Initech")).to_be_visible(timeout=PATIENCE)

    amy.get_by_role("button", name="Desk tools").click()
    sends(amy, "Close a deal")
    time_passes(amy, demo, HALF_AN_HOUR)

    amy.get_by_role("button", name="Close the desk tools").click()
    reads(amy, "We look at what happened, not at who.")
    picture = amy.get_by_role("img", name="Timeline of").last
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600
    shuts_nobody_out(amy, "retro")

    amy.get_by_role("button", name="Answer: Globex rollout").click()
    form = amy.get_by_role("dialog")
    form.get_by_label("What decided it?").select_option(label="Timing")
    form.get_by_label("One thing to change").fill("Call on the day they ask")
    shuts_nobody_out(amy, "retro-form")
    form.get_by_role("button", name="Send").click()
    for _ in range(DAYS):
        time_passes(amy, demo, A_DAY)
    head = amy.get_by_role("article").filter(has_text="We look at what happened, not at who.")
    head.get_by_role("button", name="repl").click(timeout=PATIENCE)
    reads(amy, "What we take from Globex rollout")
    shuts_nobody_out(amy, "retro-summary")
