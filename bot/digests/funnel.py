"""The week as a picture: for each campaign its funnel, and beside it why leads were rejected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.agreement import Agreement
from bot.feedback import line_words
from bot.figures import Figures, Tally
from bot.leads.lead import Verdict
from bot.pictures import Picture
from bot.pictures.canvas import Canvas, width_of
from bot.pictures.style import (
    BLUE,
    BODY,
    FAINT,
    GREEN,
    MARGIN,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    TITLE,
    VERMILION,
    WIDTH,
    drawable,
)
from bot.reports import Report
from bot.text import count, shorten

MOST_ROWS: Final = 6  # campaigns: as many as can be read on a phone
REASONS: Final = 4  # of one campaign that are named
STEPS: Final = (("Handed over", SKY), ("Accepted", BLUE), ("Contacted", GREEN))
LEFT: Final = 380  # points, where the funnels end
RIGHT: Final = 430  # and where the reasons begin
THICK: Final = 14
TOP: Final = 100  # of the first row
ROW: Final = 104
LONGEST: Final = 120  # letters of a name that are looked at: no more are as narrow as a line
SWATCH: Final = 10  # points of the colour before a reason
LINE: Final = 18  # from one line of reasons to the next
BESIDE: Final = 14  # and between a reason and the next
# None of those that the steps have; neighbours differ in lightness, and every second one is striped.
WHY: Final = (ORANGE, VERMILION, PURPLE, FAINT)
NUMBER: Final = 60  # points that are left for a number behind a bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A campaign: its steps, each so many of those before, and its rejections by reason, most first."""

    name: str
    steps: tuple[int, int, int]
    reasons: tuple[tuple[str, int], ...]
    summed: bool = False  # many campaigns: their bars would dwarf the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    title: str
    rows: tuple[Row, ...]

    def png(self) -> bytes:
        canvas = Canvas(TOP + sum(map(_height, self.rows)) + MARGIN // 2)
        canvas.text(MARGIN, 34, self.title, size=TITLE, bold=True)
        self._draw_key(canvas)
        most = max((row.steps[0] for row in self.rows if not row.summed), default=1)
        y = TOP
        for row in self.rows:
            canvas.line(MARGIN, y - 12, WIDTH - MARGIN, y - 12)
            canvas.text(MARGIN, y + 6, row.name, bold=True)
            self._draw_steps(canvas, row, y + 26, most)
            self._draw_reasons(canvas, row, y + 26)
            y += _height(row)
        return canvas.png()

    def _draw_key(self, canvas: Canvas) -> None:
        x = float(MARGIN)
        for name, colour in STEPS:
            canvas.box(x, 62, x + 14, 76, colour)
            canvas.text(x + 20, 69, name, size=SMALL)
            x += 20 + width_of(name, SMALL) + 18
        canvas.text(RIGHT, 69, "Rejected, by reason", size=SMALL)

    def _draw_steps(self, canvas: Canvas, row: Row, y: float, most: int) -> None:
        longest = LEFT - MARGIN - NUMBER
        for place, ((_, colour), number) in enumerate(zip(STEPS, row.steps, strict=True)):
            top = y + place * (THICK + 4)
            bar = 0 if row.summed else number
            right = MARGIN + max(longest * bar / most, float(SMALL) if row.summed else 2.0)
            if bar or row.summed:
                canvas.box(MARGIN, top, right, top + THICK, colour)
            canvas.text(right + 8, top + THICK / 2, f"{number:,}", size=SMALL)

    def _draw_reasons(self, canvas: Canvas, row: Row, y: float) -> None:
        """One bar in parts, and under it each part's name beside its colour, in the same order."""
        in_all = sum(number for _, number in row.reasons)
        if not in_all:
            canvas.text(RIGHT, y + THICK / 2, "None rejected", size=SMALL, ink=FAINT)
            return
        x, longest = float(RIGHT), WIDTH - MARGIN - RIGHT
        places = _places(row)
        for place, (_, number) in enumerate(row.reasons):
            colour, striped = WHY[place % len(WHY)], place % 2 == 1
            right = x + longest * number / in_all
            canvas.box(x, y, max(right - 1, x + 1), y + THICK, colour, striped=striped)
            x = right
            left, line, said = places[place]
            middle = y + THICK + 14 + line * LINE
            canvas.box(left, middle - SWATCH / 2, left + SWATCH, middle + SWATCH / 2, colour, striped=striped)
            canvas.text(left + SWATCH + 6, middle, said, size=SMALL)


def _height(row: Row) -> int:
    """Two lines of reasons are as high as the steps; each one more needs more."""
    return ROW + LINE * max(0, max((line for _, line, _ in _places(row)), default=0) - 1)


def _places(row: Row) -> list[tuple[float, int, str]]:
    """Where each reason begins, in which line, and its words: as many beside each other as there is room for."""
    places: list[tuple[float, int, str]] = []
    x, line = float(RIGHT), 0
    for name, number in row.reasons:
        said = f"{name} {number:,}"
        needs = SWATCH + 6 + width_of(said, SMALL)
        if x > RIGHT and x + needs > WIDTH - MARGIN:
            x, line = float(RIGHT), line + 1
        places.append((x, line, said))
        x += needs + BESIDE
    return places


def funnel_picture(report: Report, agreement: Agreement) -> Picture | None:
    """None: nothing was handed over, and there is nothing to draw."""
    figures = report.figures
    if not figures.handed_over:
        return None
    rows = list(_rows(figures, agreement))
    title = f"{report.period}: leads by campaign"
    drawn = tuple(
        Row(
            name=_fitting(drawable(row.name, f"Campaign {place}"), WIDTH - 2 * MARGIN, BODY),
            steps=row.steps,
            summed=row.summed,
            reasons=tuple(
                (_fitting(drawable(name, "Reason"), WIDTH - MARGIN - RIGHT - 2 * NUMBER, SMALL), number)
                for name, number in row.reasons
            ),
        )
        for place, row in enumerate(rows, start=1)
    )
    return Picture(
        name="funnel.png",
        title="Leads by campaign, and why they were rejected",
        alt=f"{title}. {'; '.join(map(_said, rows))}.",
        drawing=Funnel(title=drawable(title, "Leads by campaign"), rows=drawn),
        place=2,
    )


def _rows(figures: Figures, agreement: Agreement) -> Iterator[Row]:
    """Those with most leads first; the others as one."""
    lines = list(figures.lines().items())
    shown = lines if len(lines) <= MOST_ROWS else lines[: MOST_ROWS - 1]
    for line, tallies in shown:
        yield _row(line_words(line), tallies, agreement)
    rest = [each for _, tallies in lines[len(shown) :] for each in tallies]
    if rest:
        yield replace(_row(count(len(lines) - len(shown), "other"), rest, agreement), summed=True)


def _row(name: str, tallies: Sequence[Tally], agreement: Agreement) -> Row:
    reasons: dict[str, int] = {}
    for each in tallies:
        if each.verdict is Verdict.REJECTED and each.reason is not None:
            label = agreement.label(each.reason)
            reasons[label] = reasons.get(label, 0) + each.number
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    if len(ordered) > REASONS:
        others = sum(number for _, number in ordered[REASONS - 1 :])
        ordered = [*ordered[: REASONS - 1], ("other reasons", others)]
    accepted = [each for each in tallies if each.verdict is Verdict.ACCEPTED]
    return Row(
        name=name,
        steps=(
            sum(each.number for each in tallies),
            sum(each.number for each in accepted),
            sum(each.number for each in accepted if each.contacted),
        ),
        reasons=tuple(ordered),
    )


def _fitting(name: str, room: float, size: int) -> str:
    """As much of it as there is room for, in points."""
    cut = name[:LONGEST]
    while cut and width_of(cut if cut == name else f"{cut}...", size) > room:
        cut = cut[:-1].rstrip()
    return cut if cut == name else f"{cut}..."


def _said(row: Row) -> str:
    handed, accepted, contacted = row.steps
    why = ", ".join(f"{name} {number:,}" for name, number in row.reasons)
    rejected = f", rejected {sum(number for _, number in row.reasons):,} ({why})" if why else ""
    return f"{shorten(row.name, 80)}: handed over {handed:,}, accepted {accepted:,}, contacted {contacted:,}{rejected}"
