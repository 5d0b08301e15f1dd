"""The timeline as a picture: one bar from first touch to close, cut where the sides changed, with marked moments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.pictures import Picture
from bot.pictures.canvas import Canvas, width_of
from bot.pictures.style import (
    BLUE,
    BODY,
    FAINT,
    INK,
    MARGIN,
    ORANGE,
    PAPER,
    RULE,
    SKY,
    SMALL,
    TITLE,
    WIDTH,
    drawable,
)
from bot.retros.story import Moment, Side, Story
from bot.text import count, one_line, shorten

NAMES: Final = {Side.MARKETING: "Marketing", Side.WAITING: "Waiting", Side.SALES: "Sales"}
COLOURS: Final = {Side.MARKETING: BLUE, Side.WAITING: ORANGE, Side.SALES: SKY}
MOST_MARKS: Final = 12  # as many as can be read under the bar
MOST_TICKS: Final = 8
LONGEST: Final = 44  # letters of a title or a mark
RADIUS: Final = 10
ROWS: Final = 5  # of discs above the bar: those that would touch stand above each other
ROW: Final = 2 * RADIUS + 2
ABOVE: Final = 96  # the bar's upper edge with one row of discs; from there down:
THICK: Final = 40
KEY: Final = 92
LIST: Final = 130
LINE: Final = 26
THINNEST: Final = 3.0  # points of a stretch, however short it was
STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)  # months between two dates under the bar
A_FEW_DAYS: Final = 8
A_FEW_WEEKS: Final = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment: where on the bar (0 to 1), its day, and what it was."""

    where: float
    day: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`parts` are (side, from, to) and `ticks` (where, date), where 0 is the first touch and 1 the close."""

    title: str
    lasted: str
    parts: tuple[tuple[Side, float, float], ...]
    days: tuple[tuple[Side, int], ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]

    def png(self) -> bytes:
        discs = _discs(self.marks)
        top = ABOVE + ROW * max((row for _, row in discs), default=0)
        half = (len(self.marks) + 1) // 2
        canvas = Canvas(top + LIST + half * LINE + MARGIN // 2)
        canvas.text(MARGIN, 36, self.title, size=TITLE, bold=True)
        canvas.text(WIDTH - MARGIN, 36, self.lasted, size=BODY, ink=FAINT, anchor="rm")
        self._draw_marks(canvas, discs, top)
        self._draw_bar(canvas, top)
        self._draw_key(canvas, top + KEY)
        for number, mark in enumerate(self.marks):
            column, row = divmod(number, half)
            x, y = MARGIN + column * (WIDTH / 2 - MARGIN / 2), top + LIST + row * LINE + LINE / 2
            canvas.disc(x + RADIUS, y, RADIUS, words=str(number + 1))
            canvas.text(x + 30, y, mark.day, size=SMALL, ink=FAINT)
            canvas.text(x + 122, y, mark.words, size=SMALL)
        return canvas.png()

    def _draw_bar(self, canvas: Canvas, top: int) -> None:
        bottom = top + THICK
        # The longest first: none is so short that it is not seen.
        for side, start, stop in sorted(self.parts, key=lambda part: part[1] - part[2]):
            left = min(_x(start), WIDTH - MARGIN - THINNEST)
            right = max(_x(stop), left + THINNEST)
            canvas.box(left, top, right, bottom, COLOURS[side], striped=side is Side.WAITING)
            if right - left > width_of(NAMES[side]) + 2 * RADIUS and side is not Side.WAITING:
                ink = PAPER if side is Side.MARKETING else INK
                canvas.text((left + right) / 2, (top + bottom) / 2, NAMES[side], ink=ink, anchor="mm")
        last = 0.0
        for where, words in self.ticks:
            x, half = _x(where), width_of(words, SMALL) / 2
            canvas.line(x, bottom, x, bottom + 6, FAINT)
            x = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
            if x - half > last:
                canvas.text(x, bottom + 18, words, size=SMALL, ink=FAINT, anchor="mm")
                last = x + half + 8

    def _draw_marks(self, canvas: Canvas, discs: Sequence[tuple[float, int]], top: int) -> None:
        """Numbered discs, each with a stem down to the bar: first the stems, so that none crosses a number."""
        for mark, (x, row) in zip(self.marks, discs, strict=True):
            canvas.line(x, top - 16 - row * ROW, _x(mark.where), top, INK)
        for number, (x, row) in enumerate(discs, start=1):
            canvas.disc(x, top - 16 - row * ROW, RADIUS, words=str(number))

    def _draw_key(self, canvas: Canvas, y: int) -> None:
        """What each colour is, with its days."""
        x = float(MARGIN)
        for side, days in self.days:
            words = f"{NAMES[side]} {count(days, 'day')}"
            canvas.box(x, y - 8, x + 16, y + 8, COLOURS[side], striped=side is Side.WAITING)
            canvas.text(x + 24, y, words, size=BODY)
            x += 24 + width_of(words) + 28
        canvas.line(MARGIN, y + 22, WIDTH - MARGIN, y + 22, RULE)


def _discs(marks: Sequence[Mark]) -> list[tuple[float, int]]:
    """Where each disc stands, and in which row: the lowest in which it touches no other."""
    ends, discs = [-99.0] * ROWS, []
    for mark in marks:
        x = min(max(_x(mark.where), MARGIN + RADIUS), WIDTH - MARGIN - RADIUS)
        row = next((row for row in range(ROWS) if ends[row] + 1 < x - RADIUS), None)
        if row is None:
            row = min(range(ROWS), key=lambda each: ends[each])
            x = min(ends[row] + 1 + RADIUS, WIDTH - MARGIN - RADIUS)
        ends[row] = x + RADIUS
        discs.append((x, row))
    return discs


def timeline_picture(title: str, ending: str, told: Story, zone: ZoneInfo) -> Picture:
    """From first touch to close. `title` and `ending` are words from outside, as they are."""
    title, ending = one_line(title), one_line(ending)
    start, stop = told.stretches[0].start, told.stretches[-1].stop
    length = max((stop - start).total_seconds(), 1.0)

    def where(moment: datetime) -> float:
        return min(max((moment - start).total_seconds() / length, 0.0), 1.0)

    def day_of(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{local.day} {local:%b %Y}"

    marks = _marks(told.moments)
    lasted = count(told.total, "day") if told.total else "less than a day"
    days = tuple((side, told.days.get(side, 0)) for side in Side)
    shown = f"{title}: {ending}" if ending else title
    bar = Bar(
        title=shorten(drawable(shown, drawable(f"Deal {ending}", "Deal")), LONGEST).replace("…", "..."),
        lasted=f"{lasted} from first touch to close",
        parts=tuple((each.side, where(each.start), where(each.stop)) for each in told.stretches),
        days=days,
        marks=tuple(
            Mark(where=where(each.at), day=day_of(each.at), words=_short(each.mark)) for each in marks
        ),
        ticks=tuple((where(at), words) for at, words in _ticks(start, stop, zone)),
    )
    sides = ", ".join(f"{NAMES[side].lower()} {count(number, 'day')}" for side, number in days)
    parts = ", then ".join(NAMES[each.side].lower() for each in told.stretches)
    moments = "; ".join(f"{day_of(each.at)} {one_line(each.mark)}" for each in marks)
    return Picture(
        name="timeline.png",
        title="From first touch to close",
        alt=(
            f"Timeline of {shorten(shown, 120)}: one bar from {day_of(start)} to {day_of(stop)}, {lasted}."
            f" {sides[:1].upper()}{sides[1:]}. In this order: {shorten(parts, 200)}. Marked: {moments}."
        ),
        drawing=bar,
        place=1,
    )


def _x(where: float) -> float:
    return MARGIN + where * (WIDTH - 2 * MARGIN)


def _short(words: str) -> str:
    return shorten(drawable(words, "Stage"), LONGEST - 12).replace("…", "...")


def _marks(moments: Sequence[Moment]) -> Sequence[Moment]:
    """Those that are named, at most as many as can be read: of the rest the middle ones are left out."""
    marked = [moment for moment in moments if moment.mark]
    half = MOST_MARKS // 2
    return marked if len(marked) <= MOST_MARKS else [*marked[:half], *marked[-half:]]


def _ticks(start: datetime, stop: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, str]]:
    """Dates under the bar: days, Mondays or firsts of months, and no more than can be read."""
    first, last = start.astimezone(zone).date(), stop.astimezone(zone).date()
    for each in _dates(first, last):
        at = datetime(each.year, each.month, each.day, tzinfo=zone)
        if start <= at <= stop:
            yield at, f"{each.day} {each:%b}" if (last - first).days <= A_FEW_WEEKS else f"{each:%b %Y}"


def _dates(first: date, last: date) -> Iterator[date]:
    days = (last - first).days
    if days <= A_FEW_WEEKS:
        step = 1 if days <= A_FEW_DAYS else 7
        begin = first if step == 1 else first + timedelta(days=-first.weekday() % 7)
        yield from (begin + timedelta(days=each) for each in range(0, days + 1, step))
        return
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((each for each in STEPS if months <= each * MOST_TICKS), STEPS[-1])
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month, 1):
        if month % step == 0:
            yield date(month // 12, month % 12 + 1, 1)
