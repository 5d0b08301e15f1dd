"""Looks back at deals, walked in the browser: five people of whom one wants no name, and three who rather meet."""

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect  # noqa: A004 - Playwright's own

from tests.test_demo import PATIENCE, browser, demo, shuts_nobody_out, window
from tests.test_walk import reads

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "demo"]  # fixtures
A_WHILE = 31 * 60  # seconds that a close has to stand, and a bit
MINUTES = 5 * 60
HOURS = 2 * 3600  # a day may have 25
A_DAY = 86400
TRIES = 3
LONG = 4 * PATIENCE  # after a jump of days the reminders of all the demo's leads go out first, one a second
HANDED = {"amy": "Too early", "eva": "Yes", "hal": "Too early", "ben": ""}
PRICE = "Price and value"
PROPOSAL = "Show prices in the first call"
FIRST_LINE = "We look at what happened, not at who."
IN_TWO_DAYS = """clock => new Intl.DateTimeFormat("en-CA", {timeZone: "Europe/London"}).format(
    new Date((clock + 2 * 86400) * 1000))"""


def time_passes(page: Page, demo: str, seconds: int) -> None:
    assert page.request.post(f"{demo}/control/clock", data={"seconds": seconds}).ok


def closes(page: Page, demo: str, **deal: Any) -> None:
    """A deal is told by the CRM, and its thread stands in the channel of this window."""
    now = page.request.get(f"{demo}/control/clock").json()["now"]
    day = page.evaluate("now => new Date(now * 1000).toISOString()", now)
    told = {"id": "opp-7", "currency": "EUR", "opened_at": day, "closed_at": day, **deal}
    sent = page.request.post(f"{demo}/control/do/sends", data={"name": "website", "body": {"deal": told}})
    assert [each["status"] for each in sent.json()["result"]] == [202]
    reads(page, "there is a deal.")  # on the card: what follows from the news is under way
    for _ in range(TRIES):  # should the half hour have begun only after that, another has to pass
        time_passes(page, demo, A_WHILE)
        with suppress(TimeoutError):
            return head(page, str(deal["name"])).wait_for(timeout=PATIENCE)
    raise AssertionError("its thread never stood there")


def comes(page: Page, words: str) -> None:
    expect(page.get_by_text(words).last).to_be_visible(timeout=LONG)


def head(page: Page, name: str) -> Locator:
    messages = page.get_by_role("log", name="Messages").get_by_role("article")
    return messages.filter(has_text=FIRST_LINE).filter(has_text=name)


def form(page: Page, name: str) -> Locator:
    """The form, opened from the newest message that asks for it."""
    page.get_by_role("button", name=f"Answer: {name}").last.click()
    dialog = page.get_by_role("dialog", name="What happened?")
    expect(dialog.get_by_text(f"{name}: lost")).to_be_visible(timeout=PATIENCE)
    return dialog


def says(dialog: Locator, main: str, *, handed: str = "", change: str = "") -> None:
    """Lost to a competitor; the questions that follow are waited for."""
    dialog.get_by_label("How did it end?").select_option(label="A competitor")
    dialog.get_by_label("Which competitor?").fill("Umbrella Tools")
    dialog.get_by_label("Main reason").select_option(label=main)
    if main == PRICE:
        expect(dialog.get_by_label("Had the price been equal, what else?")).to_be_visible(timeout=PATIENCE)
    if handed:
        dialog.get_by_label("Should this lead have been handed over?").select_option(label=handed)
    if change:
        dialog.get_by_label("One thing to change").fill(change)


def sent(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden(timeout=PATIENCE)


def thread(page: Page, name: str) -> None:
    head(page, name).locator("button.replies").click(timeout=PATIENCE)


def _tells(page: Page, name: str, person: str) -> None:
    """One answer, from the direct message; Ben's is without a name."""
    reads(page, "90 seconds each.")
    dialog = form(page, name)
    if person == "ben":
        dialog.get_by_label("Without names").check()
        reads(page, "Truce does not store who wrote this. Your words may still give you away.")
    says(dialog, PRICE, handed=HANDED[person], change=PROPOSAL if person == "ben" else "")
    if person == "ben":
        shuts_nobody_out(page, "retro-unnamed-form")
    sent(dialog)
    reads(page, "Thank you for your answer.")
    page.close()


def test_five_look_back_at_a_lost_deal_and_one_of_them_wants_no_name(demo: str, browser: Browser) -> None:
    name = "Globex rollout"
    amy = window(browser, demo, "amy")
    amy.get_by_role("button", name="Accept: Pat Doe at Globex").click(timeout=PATIENCE)
    reads(amy, "Amy took this after")
    closes(
        amy,
        demo,
        name=name,
        stage="lost",
        amount="12000",
        leads=["crm-101"],
        reason="competitor",
        competitor="Umbrella Tools",
        owner="amy@northwind.test",
        people=["ben@northwind.test", "chi@northwind.test"],
    )
    reads(amy, "Asked: Amy, Eva, Hal, Ben, Chi.")
    time_passes(amy, demo, MINUTES)

    for person in HANDED:
        _tells(window(browser, demo, person, channel="Truce"), name, person)

    amy.get_by_role("button", name="leads").first.click()
    expect(head(amy, name).locator("button.replies")).to_have_count(0)  # one wants no name: it waits
    head(amy, name).hover()
    head(amy, name).get_by_role("button", name="Reply in thread").click()
    amy.get_by_label("Reply", exact=True).fill("They had a parts list before we called.")
    amy.get_by_label("Reply", exact=True).press("Enter")
    chi = window(browser, demo, "chi", channel="Truce")
    reads(chi, "What happened here?")
    time_passes(chi, demo, A_DAY + HOURS)
    comes(chi, "Still open: 1 deal, 90 seconds each.")
    shuts_nobody_out(chi, "retro-reminded")
    for _ in range(3):
        time_passes(chi, demo, A_DAY)
    thread(amy, name)
    comes(amy, "4 of 5 people answered.")
    reads(amy, "Should this lead have been handed over: yes 1, too early 2. It was handed over")
    comes(amy, "1 reply in the thread.")
    replies = amy.get_by_role("log", name="Replies").get_by_role("article")
    expect(replies.filter(has_text="Without a name")).to_have_count(4, timeout=LONG)
    shuts_nobody_out(amy, "retro-unnamed-summary")

    amy.get_by_role("button", name=f"This one: {PROPOSAL}").click()
    one = amy.get_by_role("dialog", name="This one")
    one.get_by_label("Who does it?").select_option(label="Ben Okafor")
    one.get_by_role("button", name="Choose").click()
    comes(amy, f"The one change: {PROPOSAL}. Ben, until")
    time_passes(amy, demo, 13 * A_DAY)
    ben = window(browser, demo, "ben", channel="Truce")
    comes(ben, f"You said you would change this after {name}: {PROPOSAL}")
    shuts_nobody_out(ben, "retro-action")
    ben.get_by_role("button", name="Done: ").click()
    expect(ben.get_by_role("article").filter(has_text=PROPOSAL)).to_contain_text("Done.", timeout=LONG)
    expect(replies.filter(has_text="What we take from")).to_contain_text("Done.", timeout=LONG)


def test_three_look_back_by_name_and_would_rather_meet(demo: str, browser: Browser) -> None:
    name = "Initech pilot"
    ben = window(browser, demo, "ben")
    expect(ben.get_by_role("button", name="Accept: Lena Fischer at Initech")).to_be_visible(timeout=PATIENCE)
    closes(
        ben,
        demo,
        name=name,
        stage="lost",
        amount="3500.50",
        leads=["crm-102"],
        reason="price",
        owner="ben@northwind.test",
        people=["hal@northwind.test"],
    )
    reads(ben, "Asked: Ben, Eva, Hal.")
    picture = head(ben, name).get_by_role("img", name="Timeline of")
    picture.scroll_into_view_if_needed(timeout=PATIENCE)
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600
    shuts_nobody_out(ben, "retro-head")
    dialog = form(ben, name)
    reads(ben, "Your team will see your name.")
    expect(dialog.get_by_text("Without names")).to_have_count(0)
    says(dialog, "Timing", change="Call on the day they ask")
    sent(dialog)

    eva = window(browser, demo, "eva")
    head(eva, name).get_by_role("button", name="We meet instead").click()
    meet = eva.get_by_role("dialog", name="We meet instead")
    now = eva.request.get(f"{demo}/control/clock").json()["now"]
    meet.get_by_label("When?").fill(eva.evaluate(IN_TWO_DAYS, now))
    shuts_nobody_out(eva, "retro-meet")
    meet.get_by_role("button", name="Meet", exact=True).click()
    thread(eva, name)
    reads(eva, "instead of writing.")
    reads(eva, "The timeline above")
    shuts_nobody_out(eva, "retro-agenda")

    hal = window(browser, demo, "hal")
    head(hal, name).get_by_role("button", name="Write the result").click()
    dialog = hal.get_by_role("dialog", name="What happened?")
    says(dialog, PRICE, change=PROPOSAL)
    sent(dialog)
    thread(hal, name)
    replies = hal.get_by_role("log", name="Replies").get_by_role("article")
    expect(replies.filter(has_text="What we take from")).to_contain_text("We met on", timeout=PATIENCE)
    expect(replies.filter(has_text="Ben")).to_contain_text("Main reason: Timing")
    shuts_nobody_out(hal, "retro-met")
