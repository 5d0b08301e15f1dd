"""By what a person is recognised in words that others wrote."""

import pytest

from bot.erasing import Traces, erased_words

PAT = Traces(
    emails=frozenset({"pat@globex.test"}),
    phones=frozenset({"+442079460000"}),
    names=frozenset({"Pat Doe"}),
    ids=frozenset({("crm", "crm-991")}),
)


@pytest.mark.parametrize(
    ("words", "cleaned"),
    [
        ("Pat Doe has left them.", "[removed] has left them."),
        ("PAT  DOE called", "[removed] called"),
        ("write to Pat@Globex.test, please", "write to [removed], please"),
        ("call +44 20 7946 0000", "call [removed]"),
        ("call 0044 (0)20 7946-0000 now", "call [removed] now"),
        ("call 020 7946 0000 now", "call [removed] now"),
        ("Patricia Doering came", "Patricia Doering came"),
        ("not.pat@globex.test", "not.pat@globex.test"),
        ("pat@globex.tests", "pat@globex.tests"),
        ("order 120794600001", "order 120794600001"),
        ("Pat says no", "Pat says no"),
        ("", ""),
    ],
)
def test_the_person_is_taken_out_of_a_text_and_nobody_else(words: str, cleaned: str) -> None:
    assert PAT.cleaned(words) == cleaned
    assert PAT.is_in(words) is (words != cleaned)


def test_a_text_is_found_however_deep_it_lies() -> None:
    told = {"list": [{"note": "Ask Pat Doe"}, 3, None], "x": "y"}

    assert PAT.cleaned(told) == {"list": [{"note": "Ask [removed]"}, 3, None], "x": "y"}


def test_what_a_feed_sent_is_known_by_the_id_there_and_by_no_other_feeds() -> None:
    assert PAT.sent("crm", {"touch": {"lead": "crm-991"}})
    assert not PAT.sent("website", {"touch": {"lead": "crm-991"}})
    assert not PAT.sent("crm", {"touch": {"lead": "crm-9"}})


def test_a_first_name_alone_is_nobodys() -> None:
    assert Traces(names=frozenset({"Pat"})).cleaned("Pat called") == "Pat called"


def test_whoever_is_known_by_nothing_is_in_no_text() -> None:
    assert Traces().hints() == ()
    assert not Traces().is_in("anything")


@pytest.mark.parametrize(
    "words",
    ["Pat Doe", "pat@globex.test", "020 7946 0000", "(+44) 20-7946.00.00", "P. Doe of pat@globex.test"],
)
def test_every_text_that_tells_of_them_has_one_of_the_hints(words: str) -> None:
    assert any(hint.lower() in words.lower() for hint in PAT.hints())


def test_a_name_without_plain_letters_is_looked_for_everywhere() -> None:
    assert "" in Traces(names=frozenset({"Лев Øå"})).hints()


def test_a_dry_run_says_what_would_be_done_and_what_is_out_of_reach() -> None:
    told = erased_words({"leads": 1, "touches": 0}, dry=True)

    assert told.startswith("This would be removed or emptied:\n  leads: 1\n")
    assert "touches" not in told
    assert "Out of reach" in told
