"""What kind of text file it is: encoding and delimiter, found out from its beginning."""

import codecs
import csv
import io
import re
from contextlib import suppress
from typing import Final, NamedTuple

from bot.errors import Unintelligible

DELIMITERS: Final = ",;\t|"
ENOUGH: Final = 65_536  # characters to know a file by
HINT: Final = re.compile(r"(?:\ufeff)?sep=(.)\r?\n?")  # a first line for spreadsheets

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, xls
_MOSTLY: Final = 0.4  # of a Latin text in UTF-16 every other byte is 0


class Shape(NamedTuple):
    """How a file is to be opened."""

    encoding: str
    delimiter: str


def sniff(sample: bytes) -> Shape:
    """Find out encoding and delimiter from a file's beginning; raise Unintelligible where it is no table.

    A file known by its beginning as `utf-8` may still turn out to be cp1252 further down.
    """
    encoding = _encoding(sample)
    words = sample.decode(encoding, "replace")[:ENOUGH]
    if not words.strip():
        raise Unintelligible("The file is empty.")
    if hint := HINT.match(words):
        return Shape(encoding, hint[1])
    return Shape(encoding, max(DELIMITERS, key=lambda delimiter: _width(words, delimiter)))


def _encoding(sample: bytes) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(_WORKBOOKS):
        raise Unintelligible("This is an Excel workbook. Please save it as CSV UTF-8.")
    if b"\0" in sample:
        return _wide(sample)
    with suppress(UnicodeDecodeError):
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # it may end within a character
        return "utf-8"
    return "cp1252"


def _wide(sample: bytes) -> str:
    """UTF-16 that does not say so."""
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(sample) > len(DELIMITERS) and zeros.count(0) > _MOSTLY * len(zeros):
            return encoding
    raise Unintelligible("This is not a text file. Please save it as CSV UTF-8.")


def _width(words: str, delimiter: str) -> int:
    """How many columns the header has if this is the delimiter."""
    rows = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
    return len(next(filter(any, rows), ()))
