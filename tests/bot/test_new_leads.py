"""What can be read from a message that a lead is made of."""

import pytest

from bot.new_leads import NOTE_PATH, told_by, told_in


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("Write to pat.doe@globex.test.", "contact.email", "pat.doe@globex.test"),
        ("<mailto:Pat@Globex.test|Pat@Globex.test>", "contact.email", "pat@globex.test"),
        ("Write to pat.doe@globex.test.", "contact.name", "Pat Doe"),
        ("Write to pat.doe@globex.test.", "company.name", "Globex"),
        ("Write to pat@mail.globex.co.uk.", "company.name", "Globex"),
        ("Write to pat@globex.com.au.", "company.name", "Globex"),
        ("call <tel:+442079460000|+44 20 7946 0000> please", "contact.phone", "+442079460000"),
        ("+49 30 901820 and more", "contact.phone", "+4930901820"),
        ("Tom &amp; Co <https://globex.test|their site>", NOTE_PATH, "Tom & Co their site"),
    ],
)
def test_what_a_message_says_is_found_in_it(text: str, path: str, found: str) -> None:
    assert told_in(text)[path] == found


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("pat@gmail.com", "company.name"),
        ("info@globex.test", "company.name"),
        ("pat@globex.test", "contact.name"),
        ("@channel look at this", "contact.email"),
        ("we sold 7946 0000 of them", "contact.phone"),
        ("a@b <!channel>", "contact.email"),
    ],
)
def test_what_it_does_not_say_is_left_empty(text: str, path: str) -> None:
    assert path not in told_in(text)


def test_an_empty_message_tells_nothing() -> None:
    assert told_in("  ") == {}


@pytest.mark.parametrize(
    ("typed", "name", "company"),
    [
        ("Pat Doe pat@globex.test", "Pat Doe", "Globex"),
        ("Pat Doe at Globex Ltd, pat@globex.test", "Pat Doe", "Globex Ltd"),
        ("Pat Doe, Initech +44 20 7946 0000", "Pat Doe", "Initech"),
        ("pat.roe@acme-industries.test", "Pat Roe", "Acme Industries"),
        ("+44 20 7946 0000 Pat", "Pat", None),
    ],
)
def test_who_is_typed_behind_new_is_a_name_and_no_wish(typed: str, name: str, company: str | None) -> None:
    told = told_by(typed)

    assert (told["contact.name"], told.get("company.name")) == (name, company)
    assert NOTE_PATH not in told


def test_many_words_behind_new_are_what_they_want() -> None:
    told = told_by("pat.doe@globex.test met us at the fair and would like three cranes by May")

    assert told[NOTE_PATH] == "met us at the fair and would like three cranes by May"
