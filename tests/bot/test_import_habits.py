"""How files write what can be written in two ways: dates, decimals, headers; found out, or asked for."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arrivals import LeadArrival, Senseless
from bot.errors import Refused
from bot.imports import Habits, Order, Row, Survey, columns, header_of, read_row, sniff
from bot.imports.dates import orders_of, read_date
from bot.intake.values import Wrong

DAY, MONTH = Order.DAY_FIRST, Order.MONTH_FIRST
COLUMNS = columns(["id", "Created", "Score"], {})


def habits(*rows: Mapping[str, str], told: Order | None = None) -> Habits:
    survey = Survey(COLUMNS)
    for line, row in enumerate(rows, start=2):
        survey.look(row, line)
    return survey.habits(told)


def created(*dates: str, told: Order | None = None) -> Habits:
    return habits(*({"Created": date} for date in dates), told=told)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-15", "2024-01-15T00:00+00:00"),
        ("20240115", "2024-01-15T00:00+00:00"),
        ("2024-1-5 9:30 AM", "2024-01-05T09:30+00:00"),
        ("2024/01/15 8:00", "2024-01-15T08:00+00:00"),
        ("15.01.2024", "2024-01-15T00:00+00:00"),
        ("03.04.2024 13:45 Uhr", "2024-04-03T13:45+00:00"),
        ("15.1.24", "2024-01-15T00:00+00:00"),
        ("15.1.99", "1999-01-15T00:00+00:00"),
        ("15/01/2024", "2024-01-15T00:00+00:00"),
        ("1/15/2024", "2024-01-15T00:00+00:00"),
        ("1/15/24 3:05 pm", "2024-01-15T15:05+00:00"),
        ("01/15/2024 12:05 a.m.", "2024-01-15T00:05+00:00"),
        ("3/3/2024", "2024-03-03T00:00+00:00"),
        ("15-01-2024 13:45:10.123", "2024-01-15T13:45:10+00:00"),
        ("15-Jan-24", "2024-01-15T00:00+00:00"),
        ("15 Jan. 2024", "2024-01-15T00:00+00:00"),
        ("15. Januar 2024 13:30", "2024-01-15T13:30+00:00"),
        ("15 de enero de 2024", "2024-01-15T00:00+00:00"),
        ("15 août 2024", "2024-08-15T00:00+00:00"),
        ("1er juin 2024", "2024-06-01T00:00+00:00"),
        ("January 15th, 2024 at 3:45 PM", "2024-01-15T15:45+00:00"),
        ("Mon, 15 Jan 2024 10:00:00 GMT", "2024-01-15T10:00+00:00"),
        ("2024-01-15 13:45 CET", "2024-01-15T12:45+00:00"),
        ("2024-01-15 13:45:00 +0130", "2024-01-15T12:15+00:00"),
        ("1/15/2024 13:45 (EST)", "2024-01-15T18:45+00:00"),
        ("15.07.2024 13:45 Europe/Berlin", "2024-07-15T11:45+00:00"),
        ("15.01.2024 13:45 GMT+05:30", "2024-01-15T08:15+00:00"),
        ("45306", "2024-01-15T00:00+00:00"),
        ("45306,25", "2024-01-15T06:00+00:00"),
    ],
)
def test_dates_are_read_as_spreadsheets_and_crms_write_them(written: str, meant: str) -> None:
    assert read_date(written, None) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "written",
    [
        *("soon", "31.02.2024", "13/13/2024", "32/01/2024", "15-01-24", "2024", "12345", "99999", "1" * 200),
        *("2024-01-15 13:45 IST", "15 marketing 2024", "1/2/3", "2024-01-15 25:00", "15 ma 2024"),
    ],
)
def test_what_is_no_date_is_said_with_an_example(written: str) -> None:
    with pytest.raises(Wrong, match=r"like 2026-11-22 or 22\.11\.2026"):
        read_date(written, None)


def test_a_date_in_figures_is_never_guessed() -> None:
    with pytest.raises(Wrong, match="in two ways"):
        read_date("03/04/2024", None)
    assert read_date("03/04/2024", DAY).month == 4
    assert read_date("03/04/2024", MONTH).month == 3
    assert read_date("1/15/2024", DAY).day == 15  # there is only one way


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.text() | st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( \d\d?:\d\d( ?[ap]m)?( [A-Z+/0-9:]{1,9})?)?")
)
def test_no_words_make_reading_a_date_crash(words: str) -> None:
    orders_of(words)
    with suppress(Wrong):
        assert read_date(words, DAY).tzinfo


def test_one_row_settles_how_the_others_are_read() -> None:
    assert created("03/04/2024", "15/01/2024").dates is DAY
    assert created("03/04/2024", "1/15/2024").dates is MONTH
    assert created("2024-01-15", "15.01.2024", "1/15/2024").dates is MONTH
    assert created("3/3/2024", "15.01.2024", "", "soon").dates is None


@pytest.mark.parametrize(
    ("dates", "why"),
    [
        (["2024-01-15", "03/04/2024", "05/06/2024"], "no row of the file says which"),
        (["1/15/2024", "03/04/2024", "15/01/2024"], "rows of the file say both"),
        (["32/01/2024", "03/04/2024"], "no row of the file says which"),  # what is no date settles nothing
    ],
)
def test_what_no_row_settles_is_asked_for_with_an_example(dates: list[str], why: str) -> None:
    with pytest.raises(Refused, match="Nothing was imported") as refused:
        created(*dates)

    assert (
        f"The dates in Created can be read in two ways (03/04/2024 in line {1 + dates.index('03/04/2024') + 1})"
        in str(refused.value)
    )
    assert why in str(refused.value)
    assert "--dates day-first or --dates month-first" in str(refused.value)
    assert created(*dates, told=MONTH).dates is MONTH


def test_a_file_whose_rows_have_decimal_commas_is_read_so_throughout() -> None:
    scores = [
        (("12,5", "1,234", "1.234"), (12.5, 1.234, 1234)),
        (("12.5", "1,234", "90"), (12.5, 1234, 90)),
        (("1.234,50", "7"), (1234.5, 7)),
        (("1,234.50", "7"), (1234.5, 7)),
    ]
    for written, meant in scores:
        rows = [{"id": "1", "Score": each} for each in written]
        known = habits(*rows)
        read = [read_row(row, COLUMNS, "list", 2, known) for row in rows]
        assert [one.fields["score"] for one in read if isinstance(one, LeadArrival)] == list(meant)


def test_a_number_that_may_be_two_is_refused_with_what_to_write() -> None:
    read = read_row({"id": "1", "Score": "1,234"}, COLUMNS, "list", 2, habits({"Score": "1,234"}))

    assert isinstance(read, Senseless)
    assert read.problems[0].path == "Score"
    assert "1234 or 1.234" in read.problems[0].words


def test_columns_with_one_name_are_told_apart() -> None:
    header = header_of([" Email ", "Name", "Email", "", ""])

    assert header == ["Email", "Name", "Email (2)", "", ""]
    assert columns(header, {}) == {
        "Email": "contact.email",
        "Name": "contact.name",
        "Email (2)": "facts.email_2",
    }


def test_a_note_below_the_table_is_no_lead() -> None:
    header = ["Lead ID", "Email", "Company"]
    row = Row(9, ["Confidential Information - Do Not Distribute"]).under(header)

    read = read_row(row, columns(header, {}), "list", 9, Habits())

    assert isinstance(read, Senseless)
    assert "a note below the table" in read.problems[0].words


def test_the_sign_that_keeps_a_spreadsheet_from_computing_is_no_part_of_the_text() -> None:
    for written, meant in (("'+442079460000", "+442079460000"), ("'=A1", "=A1"), ("'t Hooft", "'t Hooft")):
        read = read_row({"id": "1", "Note": written}, columns(["id", "Note"], {}), "list", 2, Habits())
        assert isinstance(read, LeadArrival)
        assert read.fields == {"facts.note": meant}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_its_mark(encoding: str) -> None:
    assert sniff("id;name\n1;Pat\n".encode(encoding)) == (encoding, ";")


def test_a_first_line_for_spreadsheets_says_the_delimiter() -> None:
    assert sniff(b"sep=|\r\nid|a,b,c,d\n").delimiter == "|"
