"""The page of figures in a real browser: read, pressed, printed, by day and by night, on a phone, and by a screen reader."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.attribution import Journey, Met
from bot.figures import Closed, Figures, Share, Spread, Tally
from bot.leads.lead import Verdict
from bot.money import Money
from bot.pages import Choices, closed_page, policy, report_page
from bot.periods import last_week
from bot.reports import Report
from tests.axe import AXE, CHROMIUM_OPTIONS, FAULTS, OUTSIDE
from tests.bot.examples import ACME, NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000  # ms: others may be busy beside
expect.set_options(timeout=PATIENCE)
YES, NO = Verdict.ACCEPTED, Verdict.REJECTED
ARABIC = "\u062d\u0645\u0644\u0629 \u0627\u0644\u062e\u0631\u064a\u0641 2026"
LONG = "Quarterly-benchmark-webinar-for-logistics-and-manufacturing-leaders-in-EMEA-" + "x" * 4
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (1280, "dark"),
    (390, "light"),
    (390, "dark"),
]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as player:
        running = player.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield running
        running.close()


def of_line(line: str, accepted: int, rejected: int, waiting: int = 0) -> tuple[Tally, ...]:
    one = Tally(number=accepted, line=line, source="x", hot=False, verdict=YES, contacted=True)
    return (
        one,
        replace(one, number=rejected, verdict=NO, reason="no_budget", contacted=False),
        replace(one, number=waiting, verdict=None, waits=True, contacted=False),
    )


def report(*tallies: Tally, deals: int = 0) -> Report:
    met = (
        Met(at=NOW - timedelta(days=3), line=f"campaign:{ARABIC}", source="x"),
        Met(at=NOW, line="source:demo", source="x"),
    )
    won = Journey(met=met, closed_at=NOW, money=Money(currency="EUR", amount=120_000_000))
    figures = Figures(
        tallies=tallies,
        decided={YES: 5, NO: 3},
        to_decision=Spread.of({3600: 15}, [7200, 90_000]) if tallies else None,
        deals=(Closed(won=True, number=deals, currency="EUR", amount=deals * 120_000_000),) if deals else (),
    )
    reminders = {"remind": Share(part=3, whole=20), "manager": Share(part=4, whole=5)} if tallies else {}
    before = Figures(decided={})
    return Report(
        period=last_week(NOW.date()),
        figures=figures,
        before=before,
        at=NOW,
        won=(won,) * deals,
        reminders=reminders,
    )


# The figures in tiles that a line's end cuts in two.
BROKEN = """() => [...document.querySelectorAll(".tiles b")].flatMap((tile) => {
  const text = tile.firstChild, found = [];
  for (const word of text.data.matchAll(/\\S+/g)) {
    const range = document.createRange();
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    if (range.getClientRects().length > 1) found.push(word[0]);
  }
  return found;
})"""

WEEKS = {
    "empty": report(),
    "one": report(Tally(number=1, line="campaign:Autumn webinar", source="x", hot=False, waits=True)),
    "normal": report(
        *of_line("campaign:Autumn webinar", 12, 3, 2),
        *of_line("source:demo_request", 7, 1),
        *of_line("campaign:Spring fair", 3, 9),
        deals=2,
    ),
    "giant": report(
        *(each for n in range(300) for each in of_line(f"campaign:Campaign {n}", 90_000 - n, 40_000)),
        deals=40,
    ),
    "long": report(*of_line(f"campaign:{LONG}", 4, 2), *of_line(f"campaign:{'W' * 80}", 2, 2)),
    "right_to_left": report(*of_line(f"campaign:{ARABIC}", 4, 2, 1), deals=1),
}


def opened(browser: Browser, html: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route(
        "**/*",
        lambda route: route.fulfill(
            body=html if route.request.resource_type == "document" else "",
            headers={"content-type": "text/html; charset=utf-8", "content-security-policy": policy()},
        ),
    )
    page.goto("http://truce.test/reports")
    assert said == []
    return page


@pytest.mark.parametrize("week", WEEKS)
def test_it_shuts_nobody_out_whatever_is_in_it(browser: Browser, week: str, tmp_path: Path) -> None:
    """Pictures for people to look at go into the folder that $SCREENSHOTS names."""
    offered = {"team": ["all", "dach"], "campaign": [LONG, ARABIC], "source": ["webinar"]}
    page = opened(browser, report_page(WEEKS[week], Choices(offered=offered), ACME))
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    page.evaluate(AXE)
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=folder / f"page-{week}-{width}-{scheme}.png", full_page=week != "giant")
        assert page.evaluate(FAULTS) == [], (width, scheme)
        assert page.evaluate(OUTSIDE) == [], (width, scheme)
        assert page.evaluate(BROKEN) == [], (width, scheme)


def test_a_column_sorts_when_its_head_is_pressed_with_keys_too(browser: Browser) -> None:
    page = opened(browser, report_page(WEEKS["normal"], Choices(), ACME))

    table = page.locator("table", has_text="Lead quality")
    head = table.get_by_role("button", name="Rejected", exact=True)
    head.press("Enter")

    first = table.locator("tbody tr td:first-child").first
    expect(first).to_have_text("Spring fair")
    expect(table.locator("th[aria-sort=descending]")).to_have_count(1)
    head.click()
    expect(first).to_have_text("Source demo request")


def test_printed_it_is_the_figures_alone(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, report_page(WEEKS["normal"], Choices(), ACME))

    page.emulate_media(media="print")

    expect(page.locator("form")).to_be_hidden()
    expect(page.get_by_role("heading", name="By campaign and source")).to_be_visible()
    data = page.pdf(
        path=Path(os.environ.get("SCREENSHOTS", tmp_path)) / "page.pdf", format="A4", print_background=True
    )
    assert data.startswith(b"%PDF")


def test_a_closed_link_says_why(browser: Browser) -> None:
    page = opened(browser, closed_page("This link is over."))

    expect(page.get_by_text("This link is over.")).to_be_visible()
    page.evaluate(AXE)
    assert page.evaluate(FAULTS) == []
