"""Words for Slack: what outsiders write is shown as they wrote it, and does nothing."""

from datetime import timedelta

import pytest

from bot.text import at_time, count, fit, one_line, plain, quote, shorten
from tests.bot.examples import NOW
from tests.bot.looks import live, styled


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "Söhne_GmbH",
        "a_b",
        "Smith-Jones",
        "3M (UK) Ltd.",
        "50% off!",
        "12:30:00",
        "Ünal / Öz",
        "王小明",
        "محمد",
    ],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert plain(name) == name


def test_an_ampersand_is_escaped_and_nothing_else_happens_to_it() -> None:
    assert plain("R&D at O'Brien & Söhne_GmbH") == "R&amp;D at O'Brien &amp; Söhne_GmbH"


@pytest.mark.parametrize(
    "words",
    [
        "<!channel>",
        "<@U123>",
        "*bold*",
        "_it_",
        "~gone~",
        "`code`",
        ":fire:",
        ":+1:",
        ":100:",
        "(_it_)",
        "*a* *b*",
    ],
)
def test_markup_is_seen_and_does_nothing(words: str) -> None:
    shown = plain(words)

    assert live(shown) == []
    assert styled(shown) == []
    assert shown.replace("\u200b", "").replace("&lt;", "<").replace("&gt;", ">") == words


@pytest.mark.parametrize("words", ["<!channel>", "<@U123>", "<http://evil.test|good>", "a\u202eb"])
def test_the_check_for_live_markup_sees_it(words: str) -> None:
    assert live(words)


@pytest.mark.parametrize("words", ["*bold*", "so _it_ is", "`code`", ":fire:"])
def test_the_check_for_styles_sees_them(words: str) -> None:
    assert styled(words)


def test_a_name_that_begins_like_a_quotation_is_none() -> None:
    assert plain("> said") == "\u200b&gt; said"


def test_what_is_unseen_is_taken_out_and_joiners_stay() -> None:
    assert one_line("Pat\u202e\u200f Doe\ufeff\ud800\n\tx\x00y") == "Pat Doe x y"
    assert one_line("👩‍👩‍👧") == "👩‍👩‍👧"


def test_however_much_must_be_escaped_the_answer_has_its_limit() -> None:
    assert len(plain("&" * 1000, 100)) <= 200
    assert len(plain("*" * 1000, 100)) <= 200


@pytest.mark.parametrize(("text", "cut"), [("abc &amp; d", 8), ("see <@U12345> there", 9), ("x" * 20, 10)])
def test_nothing_is_torn_apart(text: str, cut: int) -> None:
    short = fit(text, cut)

    assert len(short) <= cut
    assert short.endswith("…")
    assert "&a" not in short
    assert "<" not in short


def test_what_fits_is_not_shortened() -> None:
    assert shorten("four", 4) == fit("four", 4) == "four"


def test_somebodys_words_are_quoted_line_by_line() -> None:
    assert quote("One.\n\n<!here> two.") == "> One.\n> &lt;!here&gt; two."


def test_a_time_has_its_day_where_that_is_not_plain() -> None:
    assert at_time(NOW, NOW + timedelta(minutes=5)).startswith("at <!date^")
    assert at_time(NOW, NOW + timedelta(days=1)).endswith("|23 Nov at 10:00 UTC>")


@pytest.mark.parametrize(("number", "said"), [(1, "1 lead"), (0, "0 leads"), (2000, "2,000 leads")])
def test_numbers_have_their_nouns(number: int, said: str) -> None:
    assert count(number, "lead") == said
