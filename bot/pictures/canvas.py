"""A sheet of paper to draw on, in points from its upper left corner; it gives a small PNG."""

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.style import BODY, EDGE, INK, PAPER, RULE, SCALE, SMALL, WIDTH

COLOURS: Final = 64  # of the palette: type is smooth, and the file a fifth of what it would be
BOLDER: Final = 0.4  # points of ink around each letter
STRIPE: Final = 7  # points between two


class Canvas:
    """White, with an edge; `height` in points. Holds 3 bytes for each of its pixels: about 5 MB at 500 points."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._draw.rectangle((0, 0, WIDTH * SCALE - 1, height * SCALE - 1), outline=EDGE, width=SCALE)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = BODY,
        ink: str = INK,
        anchor: str = "lm",
        bold: bool = False,
    ) -> None:
        """Words at this point; `anchor` as Pillow has it: l, m or r of the line, then a (top), m or b."""
        stroke = BOLDER * SCALE if bold else 0
        self._draw.text(
            (x * SCALE, y * SCALE), words, fill=ink, font=_type(size), anchor=anchor, stroke_width=stroke
        )

    def box(
        self, x: float, y: float, right: float, bottom: float, colour: str, *, striped: bool = False
    ) -> None:
        """A filled rectangle; `striped` tells it from another one without its colour."""
        corners = tuple(round(each * SCALE) for each in (x, y, right, bottom))
        self._draw.rectangle((corners[0], corners[1], corners[2] - 1, corners[3] - 1), fill=colour)
        if striped:
            self._stripes(corners)

    def line(self, x: float, y: float, right: float, bottom: float, ink: str = RULE) -> None:
        points = (x * SCALE, y * SCALE, right * SCALE, bottom * SCALE)
        self._draw.line(points, fill=ink, width=SCALE)

    def disc(self, x: float, y: float, radius: float, colour: str = INK, words: str = "") -> None:
        """A filled circle with a short word in it."""
        around = ((x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE)
        self._draw.ellipse(around, fill=colour)
        if words:
            self.text(x, y, words, size=SMALL - 1, ink=PAPER, anchor="mm")

    def png(self) -> bytes:
        out = BytesIO()
        self._image.quantize(COLOURS).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _stripes(self, corners: tuple[int, ...]) -> None:
        left, top, right, bottom = corners
        width, height = right - left, bottom - top
        if width <= 0 or height <= 0:
            return
        # Drawn on a sheet of their own: a line that begins outside of the box is cut at its edge.
        sheet = Image.new("L", (width, height), 0)
        pen = ImageDraw.Draw(sheet)
        for start in range(-height, width, STRIPE * SCALE):
            pen.line((start, height, start + height, 0), fill=90, width=2 * SCALE)
        self._image.paste(PAPER, (left, top), sheet)


def width_of(words: str, size: int = BODY) -> float:
    """How wide words become, in points."""
    return float(_type(size).getlength(words)) / SCALE


@cache
def _type(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size * SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType")
    return font
