"""The picture of a week: what is in it, and that it says the same in words."""

from io import BytesIO

import pytest
from PIL import Image

from bot.agreement import Agreement
from bot.digests import funnel_picture
from bot.digests.funnel import Funnel
from bot.figures import Figures, Tally
from bot.leads.lead import Verdict
from bot.periods import last_week
from bot.pictures import Picture
from bot.pictures.canvas import width_of
from bot.reports import Report
from tests.bot.examples import ACME, NOW, agreement

YES, NO = Verdict.ACCEPTED, Verdict.REJECTED


def some(
    line: str,
    number: int,
    verdict: Verdict | None = None,
    reason: str | None = None,
    *,
    contacted: bool = False,
) -> Tally:
    return Tally(
        number=number, line=line, source="x", hot=False, verdict=verdict, reason=reason, contacted=contacted
    )


def drawn(*tallies: Tally, by: Agreement = ACME) -> Picture | None:
    figures = Figures(tallies=tallies, decided={})
    report = Report(period=last_week(NOW.date()), figures=figures, before=Figures(decided={}), at=NOW)
    return funnel_picture(report, by)


def test_a_week_without_leads_has_no_picture() -> None:
    assert drawn() is None


def test_it_says_in_words_all_that_it_shows() -> None:
    line = "campaign:Autumn webinar"

    picture = drawn(some(line, 5, YES, contacted=True), some(line, 2, YES), some(line, 3, NO, "no_budget"))

    assert picture is not None
    assert picture.described == (
        "Week 47 (16 to 22 November 2026): leads by campaign. "
        "Autumn webinar: handed over 10, accepted 7, contacted 5, rejected 3 (No budget 3)."
    )


@pytest.mark.parametrize(
    "name",
    [
        "Autumn webinar",
        "A" * 80,
        "\u062d\u0645\u0644\u0629 \u0627\u0644\u062e\u0631\u064a\u0641",
        "\U0001f680",
    ],
)
def test_whatever_a_campaign_is_called_it_is_drawn(name: str) -> None:
    picture = drawn(some(f"campaign:{name}", 1, YES))

    assert picture is not None
    assert Image.open(BytesIO(picture.drawing.png())).width == 1600
    assert isinstance(picture.drawing, Funnel)
    assert picture.drawing.rows[0].name.isascii()


def test_a_giant_has_five_campaigns_and_the_rest_as_one() -> None:
    lines = [f"campaign:{number:02}" for number in range(40)]
    reasons = ("no_budget", "spam", "not_icp", "wrong_person", "not_now", "other")
    tallies = [some(line, 1000 - place, NO, reason) for place, line in enumerate(lines) for reason in reasons]

    picture = drawn(*tallies)

    assert picture is not None
    assert isinstance(picture.drawing, Funnel)
    assert [row.name for row in picture.drawing.rows] == ["00", "01", "02", "03", "04", "35 others"]
    assert sum(row.steps[0] for row in picture.drawing.rows) == sum(each.number for each in tallies)
    data = picture.drawing.png()
    assert len(data) < 150_000
    assert Image.open(BytesIO(data)).height < 1800


def test_a_name_is_as_long_as_there_is_room_for() -> None:
    picture = drawn(some(f"campaign:{'n' * 80}", 2, YES), some(f"campaign:{'W' * 80}", 1, YES))

    assert picture is not None
    assert isinstance(picture.drawing, Funnel)
    narrow, wide = (row.name for row in picture.drawing.rows)
    assert narrow == "n" * 80
    assert wide.endswith("W...")
    assert width_of(wide) <= 752 < width_of(f"W{wide}")


def test_reasons_with_long_names_have_lines_of_their_own_and_the_next_campaign_comes_below() -> None:
    reasons = ("spam", "not_icp", "other", "not_now")
    long = agreement(reasons={code: f"{code} {'m' * 20}" for code in reasons})

    few = drawn(some("campaign:A", 2, NO, "spam"))
    many = drawn(*(some("campaign:A", 2, NO, code) for code in reasons), by=long)

    heights = [Image.open(BytesIO(each.drawing.png())).height for each in (few, many) if each]
    assert heights[1] - heights[0] == 2 * 2 * 18  # pixels: two lines more than there is room for
