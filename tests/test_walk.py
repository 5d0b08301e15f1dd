"""A rejection that marketing does not let rest, walked in the browser: rep, marketer, manager, and time."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_demo import PATIENCE, browser, demo, shuts_nobody_out, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "demo"]  # fixtures
LENA = "Lena Fischer at Initech"
DAY_AFTER_TOMORROW = "() => new Date(Date.now() + 2 * 86400e3).toISOString().slice(0, 10)"


def presses(page: Page, words: str, about: str = LENA) -> None:
    page.get_by_role("button", name=f"{words}: {about}").last.click(timeout=PATIENCE)


def reads(page: Page, words: str) -> None:
    expect(page.get_by_text(words).last).to_be_visible(timeout=PATIENCE)


def test_rejected_disputed_upheld_and_recycled_it_comes_back_to_the_same_rep_with_its_history(
    demo: str, browser: Browser
) -> None:
    amy = window(browser, demo, "amy")
    presses(amy, "Reject")
    no = amy.get_by_role("dialog", name="Not this one?")
    no.get_by_label("Reason").select_option(label="No budget")
    no.get_by_label("What should marketing know?").fill("Their budget is frozen until April.")
    no.get_by_role("button", name="Send").click()
    reads(amy, "Amy passed on this")

    eva = window(browser, demo, "eva", channel="marketing-feedback")
    eva.get_by_role("button", name="1 reply").first.click(timeout=PATIENCE)
    presses(eva, "Ask for a second look")
    look = eva.get_by_role("dialog", name="A second look")
    look.get_by_label("What should they look at?").fill("Their new year begins in December.")
    shuts_nobody_out(eva, "second-look")
    look.get_by_role("button", name="Ask").click()

    hal = window(browser, demo, "hal", channel="Truce")
    reads(hal, "Eva asks for a second look.")
    reads(hal, "Their new year begins in December.")
    shuts_nobody_out(hal, "dispute")
    presses(hal, "It stands")
    reads(hal, "Hal says that it stands: no budget.")

    reads(eva, "Answer: Hal says that it stands: no budget.")
    presses(eva, "Recycle...")
    again = eva.get_by_role("dialog", name="Recycle")
    again.get_by_label("On which day?").fill(eva.evaluate(DAY_AFTER_TOMORROW))
    shuts_nobody_out(eva, "recycle")
    again.get_by_role("button", name="Send again").click()
    reads(eva, "Eva sends it again")
    reads(amy, "With marketing until")

    hal.request.post(f"{demo}/control/clock", data={"seconds": 3 * 86400})
    reads(amy, "by Amy, no budget; Eva sends it again")
    reads(amy, "First of all for Amy.")
    shuts_nobody_out(amy, "back-again")
    presses(amy, "Accept")
    reads(amy, "Amy took this after")
