"""Pictures: what is on them, what is said of them to who does not see them, and what they cost."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bot.blocks import Message, section
from bot.pictures import Picture, shown
from bot.pictures.style import BLUE, INK, ORANGE, PAPER, SKY, drawable
from bot.retros.bar import Bar, timeline_picture
from bot.retros.story import Moment, Side, Story, Stretch

START = datetime(2025, 9, 1, 15, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
A_SHEET = 15_000_000  # bytes: the pixels of one picture, and the copies that its palette takes


def told(days: int, *, marketing: float, waiting: float, stages: int = 0) -> Story:
    """A deal that marketing had first, that then waited, and that sales had until it was lost."""
    offered, taken = START + timedelta(days=marketing), START + timedelta(days=marketing + waiting)
    close = START + timedelta(days=days)
    steps = [taken + (close - taken) * step / (stages + 1) for step in range(1, stages + 1)]
    moments = [
        Moment(at=START, words="", mark="First touch"),
        Moment(at=offered, words="", mark="Handed over"),
        Moment(at=taken, words="", mark="Accepted"),
        *(Moment(at=at, words="", mark=f"Stage: step {number}") for number, at in enumerate(steps, 1)),
        Moment(at=close, words="", mark="Deal lost"),
    ]
    stretches = (
        Stretch(side=Side.MARKETING, start=START, stop=offered),
        Stretch(side=Side.WAITING, start=offered, stop=taken),
        Stretch(side=Side.SALES, start=taken, stop=close),
    )
    rest = days - round(marketing) - round(waiting)
    days_of = {Side.MARKETING: round(marketing), Side.WAITING: round(waiting), Side.SALES: rest}
    return Story(moments=moments, days=days_of, stretches=stretches)


def picture(days: int, *, title: str = "Globex rollout", **parts: float) -> Picture:
    return timeline_picture(title, "lost", told(days, **parts), LONDON)  # type: ignore[arg-type]  # stages is whole


def seen(drawn: Picture) -> Image.Image:
    return Image.open(BytesIO(drawn.drawing.png())).convert("RGB")


def along_the_bar(image: Image.Image, drawn: Picture) -> list[str]:
    """The bar's three colours from left to right, as often as one follows another."""
    wanted = {BLUE: "marketing", ORANGE: "waiting", SKY: "sales"}
    near = {tuple(int(each[at : at + 2], 16) for at in (1, 3, 5)): name for each, name in wanted.items()}
    assert isinstance(drawn.drawing, Bar)
    found: list[str] = []
    for y in range(0, image.height, 4):
        row = [image.getpixel((x, y)) for x in range(0, image.width, 2)]
        names = [
            name
            for pixel in row
            for colour, name in near.items()
            if isinstance(pixel, tuple)
            if sum(abs(one - two) for one, two in zip(pixel, colour, strict=True)) < 30
        ]
        if len(names) > len(row) * 0.6:
            return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
    return found


@pytest.mark.parametrize(("days", "marketing", "waiting"), [(2, 0.7, 0.3), (400, 120, 0.2), (400, 0.1, 399)])
def test_the_bar_shows_each_side_in_its_turn_however_short_it_was(
    days: int, marketing: float, waiting: float
) -> None:
    drawn = picture(days, marketing=marketing, waiting=waiting)

    sides = along_the_bar(seen(drawn), drawn)

    assert list(dict.fromkeys(sides)) == ["marketing", "waiting", "sales"]


def test_what_is_said_of_a_timeline_is_all_that_it_shows() -> None:
    drawn = picture(400, marketing=120, waiting=2)

    assert drawn.described == (
        "Timeline of Globex rollout: lost: one bar from 1 Sep 2025 to 6 Oct 2026, 400 days."
        " Marketing 120 days, waiting 2 days, sales 278 days. In this order: marketing, then waiting, then sales."
        " Marked: 1 Sep 2025 First touch; 30 Dec 2025 Handed over; 1 Jan 2026 Accepted; 6 Oct 2026 Deal lost."
    )


def test_of_very_many_moments_the_first_and_the_last_are_marked() -> None:
    drawn = picture(400, marketing=1, waiting=1, stages=40).drawing

    assert isinstance(drawn, Bar)
    assert len(drawn.marks) == 12
    assert (drawn.marks[0].words, drawn.marks[-1].words) == ("First touch", "Deal lost")


def test_a_deal_that_closed_as_it_was_heard_of_has_a_bar_all_the_same() -> None:
    whole = Stretch(side=Side.SALES, start=START, stop=START)
    story = Story(moments=[Moment(at=START, words="", mark="Deal won")], days={}, stretches=[whole])

    drawn = timeline_picture("Globex", "won", story, LONDON)

    assert "less than a day" in drawn.described
    assert seen(drawn).width == 1600


@pytest.mark.parametrize("days", [1, 2, 9, 55, 57, 400, 4000])
def test_dates_under_the_bar_are_few_and_in_order(days: int) -> None:
    drawn = picture(days, marketing=0.3, waiting=0.3).drawing

    assert isinstance(drawn, Bar)
    places = [where for where, _ in drawn.ticks]
    assert places == sorted(places)
    assert 1 <= len(places) <= 9


def test_words_are_drawn_in_letters_that_there_are() -> None:
    assert drawable("Müller & Søn \u2013 Größe 3 €") == "Muller & Son - Grosse 3 EUR"
    assert drawable("日本", "Deal") == "Deal"
    assert drawable("a\nb", "?") == "?"
    assert drawable("", "?") == "?"


def test_a_name_in_another_script_is_in_the_words_of_the_picture() -> None:
    drawn = picture(30, title="日本商事", marketing=3, waiting=1)

    assert isinstance(drawn.drawing, Bar)
    assert drawn.drawing.title == "Deal lost"
    assert drawn.described.startswith("Timeline of 日本商事: lost")


def test_equal_facts_are_the_same_picture_and_others_another() -> None:
    first, again = (picture(30, marketing=3, waiting=1) for _ in range(2))

    assert first.shown_hash == again.shown_hash
    assert first.drawing.png() == again.drawing.png()
    assert first.shown_hash != picture(31, marketing=3, waiting=1).shown_hash


def test_a_picture_takes_little_memory_and_makes_a_small_file() -> None:
    drawn = picture(4000, marketing=900, waiting=80, stages=40)
    drawn.drawing.png()  # what is read once
    tracemalloc.start()

    data = drawn.drawing.png()

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < A_SHEET
    assert len(data) < 100_000


def test_ink_stands_out_from_paper_and_from_every_side_of_the_bar() -> None:
    assert contrast(INK, PAPER) > 7
    assert contrast(INK, SKY) > 4.5
    assert contrast(PAPER, BLUE) > 4.5


def contrast(one: str, two: str) -> float:
    """As WCAG 2.2 counts it."""
    lighter, darker = sorted((luminance(one), luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_picture_stands_at_its_place_among_the_blocks() -> None:
    message = Message(text="All of it.", blocks=[section("one"), section("two")])

    with_it = shown(message, picture(2, marketing=0.7, waiting=0.3), "F01")

    kinds = [block.to_dict()["type"] for block in with_it.blocks]
    assert kinds == ["section", "image", "section"]
    block = with_it.blocks[1].to_dict()
    assert block["slack_file"] == {"id": "F01"}
    assert block["alt_text"].startswith("Timeline of Globex rollout")
