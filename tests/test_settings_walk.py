"""The agreement, walked in the browser: an admin changes it, a head signs it, somebody suggests what would be better."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_demo import browser, demo, shuts_nobody_out, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "demo"]  # fixtures


def says(page: Page, words: str) -> None:
    field = page.get_by_label("Message #")
    field.fill(words)
    field.press("Enter")


def test_a_setting_is_changed_told_to_both_sides_signed_and_looked_up_in_what_has_changed(
    demo: str, browser: Browser
) -> None:
    hal = window(browser, demo, "hal")
    expect(hal.get_by_role("button", name="Accept: Pat Doe at Globex")).to_be_visible()  # Truce is there
    says(hal, "/truce settings")
    hal.get_by_role("button", name="Change...: Hot leads").click()
    hot = hal.get_by_role("dialog", name="Hot leads")
    hot.get_by_label("Late").fill("3m")
    hot.get_by_role("button", name="Save").click()
    expect(hot.get_by_text("3m comes before “Reminder” (5m); allowed: 5m or later")).to_be_visible()
    shuts_nobody_out(hal, "settings-mistake")
    hot.get_by_label("Late").fill("20m")
    hot.get_by_role("button", name="Save").click()
    expect(hot).to_be_hidden()
    expect(hal.get_by_text("Hot leads, late: 20m (was 15m)").first).to_be_visible()

    ida = window(browser, demo, "ida", channel="marketing-feedback")
    expect(ida.get_by_text("not yet signed for marketing by ida@northwind.test").last).to_be_visible()
    shuts_nobody_out(ida, "agreement-told")
    ida.get_by_role("button", name="Read it: version 2").last.click()
    agreement = ida.get_by_role("dialog", name="The agreement")
    expect(agreement.get_by_role("heading", name="When is a lead not a lead")).to_be_attached()
    shuts_nobody_out(ida, "agreement")
    agreement.get_by_role("button", name="Sign: ").click()
    expect(agreement.get_by_text("signed for marketing by").first).to_contain_text("Ida Berg")
    agreement.get_by_role("button", name="See changes: ").click()
    changes = ida.get_by_role("dialog", name="What has changed")
    expect(changes.get_by_text("Hot leads, late: 20m (was 15m)")).to_be_visible()
    expect(changes.get_by_text("Signed for marketing by")).to_be_visible()
    shuts_nobody_out(ida, "agreement-changes")
    changes.get_by_role("button", name="Read it: ").click()
    agreement.get_by_role("button", name="Suggest a change...: ").click()
    better = ida.get_by_role("dialog", name="Suggest a change")
    better.get_by_label("What should change?").fill("Webinar leads need a phone number.")
    shuts_nobody_out(ida, "agreement-suggestion")
    better.get_by_role("button", name="Send").click()
    expect(ida.get_by_text("The heads of both sides will read it.").first).to_be_visible()

    hal = window(browser, demo, "hal", channel="Truce")
    expect(hal.get_by_text("Webinar leads need a phone number.").last).to_be_visible()
    shuts_nobody_out(hal, "agreement-suggested")
