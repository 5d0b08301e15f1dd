"""How every picture looks: one paper, one ink, few colours.

A picture brings its own light paper with an edge around it, so that it reads the same in Slack's light and dark
mode. No colour means anything alone: what is coloured is also named beside it, and patterned.
"""

import unicodedata
from typing import Final

WIDTH: Final = 800  # of every picture, in points; Slack shows them about half as wide on a phone
SCALE: Final = 2  # pixels of a point: sharp on the screens that people have
MARGIN: Final = 24
EDGE: Final = "#b8bec4"
PAPER: Final = "#ffffff"
INK: Final = "#1d2226"  # 15.9:1 on the paper
FAINT: Final = "#59636b"  # 6.2:1, for what is read second
RULE: Final = "#d9dde1"

# Okabe and Ito's colours ("Color Universal Design", 2008), told apart in every kind of colour blindness, ordered
# so that neighbours differ in lightness too.
BLUE: Final = "#0072b2"
ORANGE: Final = "#e69f00"
GREEN: Final = "#009e73"
SKY: Final = "#56b4e9"
VERMILION: Final = "#d55e00"
PURPLE: Final = "#cc79a7"
SERIES: Final = (BLUE, ORANGE, GREEN, SKY, VERMILION, PURPLE)

TITLE: Final = 22  # sizes of type, in points
BODY: Final = 16
SMALL: Final = 14

# What no decomposition takes apart, as it is spelt where the letter is missing.
_SPELT: Final = str.maketrans(
    {
        "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "\u0131": "i", "€": "EUR", "£": "GBP",
        "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...",
    }
)  # fmt: skip
_LAST_DRAWN: Final = 126  # "~": the last letter of the type that Pillow brings


def drawable(words: str, otherwise: str = "") -> str:
    """The same words in letters that the type has: Latin ones lose their marks.

    Words in another script cannot be drawn: `otherwise` stands for them (a number, say, that the text beside the
    picture explains).
    """
    bare = unicodedata.normalize("NFKD", words.translate(_SPELT))
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return kept if kept and all(" " <= letter <= chr(_LAST_DRAWN) for letter in kept) else otherwise
