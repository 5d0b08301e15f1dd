"""The words in which a mistake is told: what is there, what was perhaps meant, what is allowed."""

from collections.abc import Iterable
from difflib import get_close_matches


def not_allowed(written: object, what: str, allowed: str, names: Iterable[str] = ()) -> str:
    """Say that `written` is not right: "'Berlin' is no time zone (did you mean Europe/Berlin?); allowed: ..."."""
    text = "nothing" if written is None else shorten(repr(written), 60)
    return f"{text} {what}{meant(written, names)}; allowed: {allowed}"


def shorten(text: str, width: int) -> str:
    """Cut what is too long to be read."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def meant(written: object, names: Iterable[str]) -> str:
    """Answer " (did you mean X?)" for the one of `names` that is most like what is written, or nothing."""
    by_letters = {name.lower(): name for name in names}
    close = get_close_matches(str(written).lower(), by_letters, n=1, cutoff=0.6)
    return f" (did you mean {by_letters[close[0]]}?)" if close else ""
