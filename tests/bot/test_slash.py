"""What people type behind /truce, and what is understood of it."""

import pytest

from bot.slash import USES, understood, unknown

SAID = {
    "what is mine": ("mine", ""),
    "What\u2019s mine?": ("mine", ""),
    "show me my leads": ("mine", ""),
    "my campaigns": ("campaigns", ""),
    "how are our campaigns doing?": ("campaigns", "doing?"),
    "/truce mine": ("mine", ""),
    "hey Truce, mine please": ("mine", ""),
    "whose turn is it": ("rota", "is it"),
    "who is next?": ("rota", ""),
    "what can you do?": ("help", ""),
    "who has Pat": ("find", "Pat"),
    "where is globex?": ("find", "globex"),
    "find me a lead at globex": ("find", "globex"),
    "search for globex please": ("find", "globex"),
    "find the": ("find", "the"),
    "show pat": ("lead", "pat"),
    "show the agreement": ("agreement", ""),
    "open settings": ("settings", ""),
    "log of pat": ("log", "pat"),
    "pat@globex.test": ("lead", "pat@globex.test"),
    "+44 20 7946 0000": ("lead", "+44 20 7946 0000"),
    "lead <mailto:pat@globex.test|pat@globex.test>": ("lead", "pat@globex.test"),
    "find <tel:+442079460000|+44 20 7946 0000>": ("find", "+44 20 7946 0000"),
    "I am on holiday until Friday": ("away", "until Friday"),
    "I want to pause until Monday": ("pause", "until Monday"),
    "set my hours mon-wed 9-15": ("hours", "mon-wed 9-15"),
    "what did we hear about price?": ("heard", "price"),
    "new <@U1> Pat Doe": ("new", "<@U1> Pat Doe"),
    "make a lead called Pat Doe": ("new", "Pat Doe"),
    "off none": ("off", "none"),
    "go on": ("go", "on"),
    "  ": ("help", ""),
    "?": ("help", ""),
}


@pytest.mark.parametrize(("line", "meant"), SAID.items())
def test_plain_words_are_understood(line: str, meant: tuple[str, str]) -> None:
    assert understood(line) == meant


@pytest.mark.parametrize("typed", [use.typed for uses in USES.values() for use in uses])
def test_what_help_lists_is_understood_as_it_stands_there(typed: str) -> None:
    word, _, rest = typed.partition(" ")

    assert understood(typed) == (word, rest)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("mien", "mine"), ("hlep", "help"), ("campains", "campaigns"), ("setings", "settings")],
)
def test_of_a_word_with_a_slip_the_nearest_is_said(word: str, meant: str) -> None:
    assert f"Did you mean `/truce {meant}`?" in unknown(word, USES)


def test_a_name_is_answered_with_where_leads_are_found() -> None:
    assert "`/truce find globex`" in unknown("globex", USES)


def test_a_short_word_is_taken_for_no_other_that_begins_otherwise() -> None:
    assert "`/truce find foo`" in unknown("foo", USES)
    assert "Did you mean `/truce log`?" in unknown("lgo", USES)


def test_a_buttons_word_is_answered_with_where_the_button_is() -> None:
    assert "`/truce mine`" in unknown("accept", USES)
