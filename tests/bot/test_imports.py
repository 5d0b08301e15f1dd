"""CSV: what kind of file it is, what its columns mean, and what a row says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arrivals import LeadArrival, Senseless
from bot.errors import Refused, Unintelligible
from bot.imports import (
    Habits,
    Row,
    columns,
    feed_name,
    mapping,
    read_row,
    read_rows,
    sniff,
)
from bot.imports.columns import FIRST_NAME, LAST_NAME, USUAL, WHOLE_NAME
from bot.intake.forms import LEAD

HUBSPOT = [
    *("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Lead Status"),
    *("Create Date", "Company Name", "Job Title", "Country/Region", "Industry", "Number of Employees"),
    *("Original Traffic Source", "Website URL"),
]
SALESFORCE = [
    *("Lead ID", "Last Name", "First Name", "Title", "Company / Account", "Email", "Phone", "Lead Source"),
    *("Create Date", "Industry", "No. of Employees", "Country", "Rating", "Campaign Name"),
]
PIPEDRIVE = [
    *("Lead - ID", "Lead - Title", "Person - Name", "Person - Email - Work", "Person - Phone - Work"),
    *("Organization - Name", "Lead - Lead created"),
]


AS_IT_COMES = Habits()


def row(cells: Mapping[str, str], **given: str) -> LeadArrival | Senseless:
    return read_row(cells, columns(list(cells), given), "list", 2, AS_IT_COMES)


def lead(cells: Mapping[str, str], **given: str) -> LeadArrival:
    read = row({"id": "1", **cells}, **given)
    assert isinstance(read, LeadArrival), read
    return read


def refused(header: list[str], **given: str) -> str:
    with pytest.raises(Refused) as refusal:
        columns(header, given)
    return str(refusal.value)


def test_hubspots_columns_are_known() -> None:
    assert columns(HUBSPOT, {}) == {
        "Record ID": "id",
        "First Name": "contact.name",
        "Last Name": "contact.name",
        "Email": "contact.email",
        "Phone Number": "contact.phone",
        "Contact owner": "facts.contact_owner",
        "Lead Status": "facts.lead_status",
        "Create Date": "occurred_at",
        "Company Name": "company.name",
        "Job Title": "contact.title",
        "Country/Region": "company.country",
        "Industry": "company.industry",
        "Number of Employees": "company.employees",
        "Original Traffic Source": "source",
        "Website URL": "company.domain",
    }


def test_salesforces_columns_are_known() -> None:
    known = columns(SALESFORCE, {})

    assert [column for column, path in known.items() if path.startswith("facts.")] == ["Rating"]
    assert known["Company / Account"] == "company.name"
    assert known["No. of Employees"] == "company.employees"
    assert [column for column, path in known.items() if path == "contact.name"] == ["First Name", "Last Name"]


def test_pipedrives_columns_are_known() -> None:
    assert columns(PIPEDRIVE, {}) == {
        "Lead - ID": "id",
        "Lead - Title": "facts.lead_title",
        "Person - Name": "contact.name",
        "Person - Email - Work": "contact.email",
        "Person - Phone - Work": "contact.phone",
        "Organization - Name": "company.name",
        "Lead - Lead created": "occurred_at",
    }


@pytest.mark.parametrize(
    "name", ["e-mail", "EMAIL", "Email Address", "email_address", "contact.email", "Mail"]
)
def test_an_email_has_many_names(name: str) -> None:
    assert columns([name], {}) == {name: "contact.email"}


def test_no_usual_name_stands_for_two_fields_and_every_field_exists() -> None:
    names = [*chain(*USUAL.values()), *WHOLE_NAME, *FIRST_NAME, *LAST_NAME]

    assert len(names) == len(set(names))
    assert USUAL.keys() <= LEAD.keys()


def test_the_best_name_has_the_field_and_the_others_become_facts() -> None:
    assert columns(["Mobile", "ID", "Phone", "Record ID", "facts.plan", "Plan", "Größe (qm)"], {}) == {
        "Mobile": "facts.mobile",
        "ID": "facts.id",
        "Phone": "contact.phone",
        "Record ID": "id",
        "facts.plan": "facts.plan",
        "Plan": "facts.plan_2",
        "Größe (qm)": "facts.größe_qm",
    }


def test_a_whole_name_goes_before_its_parts_and_these_before_just_a_name() -> None:
    assert columns(["id", "First name", "Full name"], {})["Full name"] == "contact.name"
    assert columns(["id", "First name", "Full name"], {})["First name"] == "facts.first_name"
    assert columns(["id", "Name", "Surname"], {})["Surname"] == "contact.name"
    assert columns(["id", "Name"], {})["Name"] == "contact.name"


def test_status_and_reason_are_never_guessed() -> None:
    assert columns(["id", "Status", "Reason"], {}) == {
        "id": "id",
        "Status": "facts.status",
        "Reason": "facts.reason",
    }


def test_what_is_given_goes_before_what_is_guessed() -> None:
    given = mapping(["ID=facts.row", "mql=id", " email =contact.title", "a=b=facts.c"])

    assert columns(["id", "mql", "Email", "a=b"], given) == {
        "id": "facts.row",
        "mql": "id",
        "Email": "contact.title",
        "a=b": "facts.c",
    }


def test_a_column_without_a_name_is_left_out() -> None:
    assert columns(["", "id", "", " "], {}) == {"id": "id"}


def test_what_cannot_be_is_refused_with_one_sentence() -> None:
    assert refused(["id", "b"], mql="id") == "There is no column mql in the file. The columns are: id, b."
    assert refused(["id"], id="identity").startswith(
        "There is no field identity for id. There are: id, source, "
    )
    assert refused(["id"], id="facts.").startswith("There is no field facts. for id.")
    assert refused(["a", "b"], a="source", b="source") == "Two columns cannot both be source."
    assert refused(["Pat", "Globex"]).endswith("like --map COLUMN=id. The columns are: Pat, Globex.")
    assert len(refused(["x" * 1000 + str(number) for number in range(1000)])) < 3000


@pytest.mark.parametrize("pair", ["email", "=id", "email="])
def test_a_map_is_column_equals_field(pair: str) -> None:
    with pytest.raises(Refused, match="write it as column=field"):
        mapping([pair])


@pytest.mark.parametrize(
    ("file", "feed"),
    [
        ("Spring List (2026).csv", "spring_list_2026"),
        ("leads.csv", "leads"),
        ("leads.rejected.csv", "leads"),
        ("leads.rejected.rejected.csv", "leads"),
        ("Männer.v2.csv", "manner_v2"),
        ("leads", "leads"),
    ],
)
def test_a_feed_is_named_after_its_file(file: str, feed: str) -> None:
    assert feed_name(file) == feed


def test_a_file_whose_name_has_no_letters_needs_a_name_for_its_feed() -> None:
    with pytest.raises(Refused, match="--feed NAME"):
        feed_name("顧客.csv")


def test_a_row_is_a_lead_as_the_generic_feed_reads_it() -> None:
    cells = {
        "Record ID": "51",
        "Last Name": "Doe",
        "First Name": " Pat ",
        "Email": "Pat@Globex.test",
        "Phone": "020 7946 0000",
        "Country": "United Kingdom",
        "Number of employees": "1.200",
        "Create Date": "2018-02-01",
        "Score": "12,5",
        "Budget": "",
        "Wish": "soon",
    }

    assert row(cells) == LeadArrival(
        feed="list",
        external_id="51",
        occurred_at=datetime(2018, 2, 1, tzinfo=UTC),
        fields={
            "contact.name": "Pat Doe",
            "contact.email": "pat@globex.test",
            "contact.phone": "+442079460000",
            "company.country": "GB",
            "company.employees": 1200,
            "score": 12.5,
            "facts.wish": "soon",
        },
    )


def test_a_bad_row_tells_its_problems_by_the_names_of_the_columns() -> None:
    read = row({"Record ID": "51", "E-Mail": "pat", "Created": "2/30/2018", "First name": "x" * 10_001})

    assert isinstance(read, Senseless)
    assert {problem.path for problem in read.problems} == {"E-Mail", "Created", "First name"}
    assert read.raw.startswith('{"line":2,"Record ID":"51",')


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2018-02-01 13:30", datetime(2018, 2, 1, 13, 30, tzinfo=UTC)),
        ("2018-02-01T13:30:00+02:00", datetime(2018, 2, 1, 11, 30, tzinfo=UTC)),
        ("20180201", datetime(2018, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_time_in_a_table_without_an_offset_is_utc(written: str, meant: datetime) -> None:
    assert lead({"created": written}).occurred_at == meant


@pytest.mark.parametrize(
    ("written", "score"),
    [("90", 90), ("-1,5", -1.5), ("1.234,50", 1234.5), ("0.125", 0.125), ("1234,5678", 1234.5678)],
)
def test_a_number_may_have_a_decimal_comma(written: str, score: float) -> None:
    assert lead({"score": written}).fields == {"score": score}


@pytest.mark.parametrize("written", ["1,234", "high", "1e5", "9" * 400, "1.234.567"])
def test_a_number_that_may_be_two_or_is_none_is_refused(written: str) -> None:
    assert isinstance(row({"id": "1", "score": written}), Senseless)


def test_a_decision_made_elsewhere_may_come_as_columns() -> None:
    told = lead(
        {"Owner e-mail": "Amy@acme.test", "Stage": "Rejected", "Why": "spam"}, Stage="status", Why="reason"
    )

    assert (told.owner, told.status, told.reason) == ("amy@acme.test", "rejected", "spam")


def test_a_short_row_says_nothing_in_its_last_columns_and_a_long_one_is_refused() -> None:
    assert isinstance(row(Row(2, ["1"]).under(["id", "email"])), LeadArrival)

    for cells, read in ((["1", "2"], LeadArrival), (["1", "", ""], LeadArrival), (["1", "", "x"], Senseless)):
        named = Row(2, cells).under(["id", "note"])
        assert isinstance(read_row(named, {"id": "id", "note": "facts.note"}, "list", 2, AS_IT_COMES), read)


def test_rows_may_go_over_lines_and_are_counted_by_the_line_they_start_in() -> None:
    lines = ["id,note\r\n", '1,"a\n', 'b ""c"""\n', "\n", "2,x"]

    assert list(read_rows(iter(lines), ",")) == [
        Row(1, ["id", "note"]),
        Row(2, ["1", 'a\nb "c"']),
        Row(4, []),
        Row(5, ["2", "x"]),
    ]


def test_a_quotation_mark_that_is_not_closed_does_not_swallow_the_rows_below() -> None:
    lines = ["id,note\n", '1,"open\n', "2,good\n", "a piece of a text\n", '3,"good"\n', '4,"open']

    assert list(read_rows(iter(lines), ",")) == [
        Row(1, ["id", "note"]),
        Row(2, ["1", '"open'], broken=True),
        Row(3, ["2", "good"]),
        Row(4, ["a piece of a text"], broken=True),
        Row(5, ["3", "good"]),
        Row(6, ["4", '"open'], broken=True),
    ]


def test_a_row_that_never_ends_is_given_up_in_time() -> None:
    endless = chain(['"\n'], repeat('","\n'))

    assert next(read_rows(endless, ",")) == Row(1, ['"'], broken=True)


@pytest.mark.parametrize(
    ("sample", "encoding", "delimiter"),
    [
        (b"id,name\n1,Zo\xc3\xab", "utf-8", ","),
        (b"id;name\n1;Zo\xc3", "utf-8", ";"),  # the sample ends within a character
        (b"\xef\xbb\xbfid\tname, first\temail", "utf-8-sig", "\t"),
        ("id|name".encode("utf-16"), "utf-16", "|"),
        (b"id;Name, Vorname;Gr\xf6\xdfe\n", "cp1252", ";"),
        (b'\n"a;b;c","d"\n', "utf-8", ","),
        (b"email", "utf-8", ","),
    ],
)
def test_encoding_and_delimiter_are_found_out(sample: bytes, encoding: str, delimiter: str) -> None:
    assert sniff(sample) == (encoding, delimiter)


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (b"PK\x03\x04...", "Excel workbook"),
        (b"i\0d\0", "not a text file"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(sample: bytes, words: str) -> None:
    with pytest.raises(Unintelligible, match=words):
        sniff(sample)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary() | st.text("id,;\t|\"'\r\n\ufeff\0é", min_size=1).map(str.encode))
def test_no_bytes_make_it_crash(sample: bytes) -> None:
    try:
        shape = sniff(sample)
    except Unintelligible:
        return
    lines = sample.decode(shape.encoding, "replace").splitlines(keepends=True)
    for one in read_rows(iter(lines), shape.delimiter):
        named = one.under(["id", "email", "score", "created"])
        read_row(named, columns(["id", "email", "score", "created"], {}), "list", one.line, AS_IT_COMES)
