"""By which words a lead is found."""

from dataclasses import replace

import pytest

from bot.leads.lead import State
from bot.searching import LONGEST, MOST_WORDS, asked, fits, words_of
from tests.bot.examples import LEADS


def words(**fields: str) -> tuple[str, ...]:
    told = {path.replace("__", "."): value for path, value in fields.items()}
    return words_of(replace(LEADS[State.NEW](), fields=told))


def test_a_lead_is_found_by_name_company_email_and_phone() -> None:
    found = words(
        contact__name="Pat Doe",
        company__name="Globex Ltd",
        contact__email="pat.doe@globex.test",
        contact__phone="+442079460000",
    )

    assert found == ("pat", "doe", "globex", "ltd", "442079460000")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Zoë O'Hara", "zoe ohara"),
        ("Müller-Lüdenscheidt", "MULLER lude"),
        ("Łukasz Sørensen", "lukasz sorensen"),
        ("Straße & Söhne", "strasse sohne"),
        ("山田太郎", "山田"),
        ("Pat Doe", "doe pat"),
    ],
)
def test_case_accents_and_marks_do_not_count(name: str, typed: str) -> None:
    wanted = asked(typed.replace("ohara", "hara"))

    assert fits(words(contact__name=name), wanted)


@pytest.mark.parametrize("typed", ["+44 20 7946 0000", "0044 20 7946-0000", "4420794", "(4420) 7946"])
def test_a_phone_number_is_found_however_it_is_written(typed: str) -> None:
    assert fits(words(contact__phone="+442079460000"), asked(typed))


@pytest.mark.parametrize("typed", ["pat@globex.test", "pat@globex.com", "globex", "pat"])
def test_an_address_is_found_by_its_parts(typed: str) -> None:
    assert fits(words(contact__email="pat@globex.test"), asked(typed))


@pytest.mark.parametrize("typed", ["", "  ", "_", "%", "***", "@"])
def test_what_has_no_word_asks_for_none(typed: str) -> None:
    assert asked(typed) == ()


def test_very_long_words_and_very_many_are_cut() -> None:
    found = words(contact__name=" ".join(f"name{n}" for n in range(500)), company__name="x" * 5000)

    assert len(found) == MOST_WORDS
    assert max(map(len, words(company__name="x" * 5000))) == LONGEST
    assert fits(words(company__name="x" * 5000), asked("x" * 5000))
