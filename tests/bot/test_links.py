"""Links to figures: for one person, for some minutes, and nobody else's to make."""

from datetime import timedelta

import pytest

from bot.links import LINK, LINK_LIVES, ROWS, VISIT, Closed, Links, Pass, read, sign
from tests.bot.examples import NOW

KEY = b"a key of some length that nobody knows"
HERS = Pass(kind=LINK, id="1", by="UAMY", about="march campaign: Ärger & Söhne", until=NOW + LINK_LIVES)
OURS = Links(url="https://truce.acme.test", key=KEY)


def test_a_pass_is_read_as_it_was_signed() -> None:
    assert read(sign(HERS, KEY), LINK, KEY, NOW) == HERS


def test_of_a_pass_not_one_letter_can_be_changed() -> None:
    written = sign(HERS, KEY)

    for place, letter in enumerate(written):
        altered = written[:place] + ("B" if letter == "A" else "A") + written[place + 1 :]
        with pytest.raises(Closed, match="not one of ours"):
            read(altered, LINK, KEY, NOW)


@pytest.mark.parametrize("written", ["", ".", "x", "é.é", "a" * 5000, "e30.e30", sign(HERS, b"another key")])
def test_what_we_did_not_sign_opens_nothing(written: str) -> None:
    with pytest.raises(Closed, match="not one of ours"):
        read(written, LINK, KEY, NOW)


def test_a_pass_is_over_after_its_minutes_and_of_its_kind_alone() -> None:
    written = sign(HERS, KEY)

    assert read(written, LINK, KEY, NOW + timedelta(minutes=14)) == HERS
    with pytest.raises(Closed, match="over"):
        read(written, LINK, KEY, NOW + LINK_LIVES)
    for kind in (VISIT, ROWS):
        with pytest.raises(Closed, match="not one of ours"):
            read(written, kind, KEY, NOW)


def test_two_links_of_the_same_are_two() -> None:
    assert OURS.page("UAMY", "march", NOW) != OURS.page("UAMY", "march", NOW)


def test_where_no_browser_reaches_us_there_is_no_link() -> None:
    assert Links(url=None, key=KEY).page("UAMY", "march", NOW) is None
    assert OURS.page("UAMY", "x" * 3000, NOW) is None
    assert KEY.decode() not in repr(OURS)
