"""`truce import`: files as they come, into something that remembers leads as the storage does."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.arrivals import Outcome, Problem, Senseless
from bot.errors import Refused, Unintelligible
from bot.imports import Order, mapping
from handlers.imports import Summary, Wish, import_csv, try_csv
from handlers.imports.rows import Row


class Memory:
    """What the storage promises: it answers for every lead in order, and knows what it has."""

    def __init__(self) -> None:
        self.leads: dict[str | None, Row] = {}
        self.chunks: list[int] = []
        self.refuses: set[str] = set()
        self.fails_after = 10_000  # chunks

    async def arrive(self, leads: Sequence[Row]) -> list[Outcome | Senseless]:
        if len(self.chunks) >= self.fails_after:
            raise OSError("the disk is full")
        self.chunks.append(len(leads))
        return [self._outcome(lead) for lead in leads]

    def _outcome(self, lead: Row) -> Outcome | Senseless:
        if lead.external_id in self.refuses:
            return Senseless(problems=(Problem(path="id", words="No."),), raw="{}")
        known = self.leads.get(lead.external_id)
        self.leads[lead.external_id] = lead
        if known is None:
            return Outcome.NEW
        return Outcome.UNCHANGED if known == lead else Outcome.CHANGED


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Desk:
    """A folder, a memory, and what was said while importing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.memory, self.said = folder, Memory(), list[str]()
        self.output = io.StringIO()

    def file(self, text: str | bytes, name: str = "leads.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    async def imports(
        self, path: Path, *pairs: str, feed: str | None = None, dates: Order | None = None
    ) -> Summary:
        wish = Wish(feed=feed, mapping=mapping(pairs), dates=dates)
        return await import_csv(
            path, wish, arrive=self.memory.arrive, echo=self.said.append, terminal=self.output
        )

    def rejected(self, name: str = "leads.rejected.csv") -> str:
        return (self.folder / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")

    def names(self) -> list[Any]:
        return [lead.fields.get("contact.name") for lead in self.memory.leads.values()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_an_import_run_again_changes_nothing(desk: Desk) -> None:
    path = desk.file("id,name\n1,Pat\n2,Zoë\n")

    assert await desk.imports(path) == Summary(new=2)
    assert await desk.imports(path) == Summary(unchanged=2)

    desk.file("id,name\n1,Pat\n2,Zoe\n3,Kim\n")
    assert await desk.imports(path) == Summary(new=1, changed=1, unchanged=1)
    assert desk.said[-1] == "1 new, 1 changed, 1 unchanged, 0 refused."
    assert [file.name for file in desk.folder.iterdir()] == ["leads.csv"]


async def test_the_feed_is_named_after_the_file_unless_it_is_given(desk: Desk) -> None:
    path = desk.file("id\n1\n", "Spring List.csv")

    await desk.imports(path)
    assert desk.memory.leads["1"].feed == "spring_list"

    await desk.imports(path, feed="hubspot")
    assert desk.memory.leads["1"].feed == "hubspot"

    with pytest.raises(Refused, match="a-z, 0-9 and _"):
        await desk.imports(path, feed="Hub Spot")


async def test_it_says_what_the_columns_were_taken_for(desk: Desk) -> None:
    await desk.imports(desk.file("id,origin,note\n1,social,x\n"), "origin=source")

    assert desk.said[0] == (
        "Importing leads.csv into the feed leads. Column origin is source, id is id. 1 more is kept as a fact."
    )


async def test_a_lead_list_is_imported_with_its_columns_mapped(desk: Desk) -> None:
    path = desk.file(
        "mql_id,first_contact_date,landing_page_id,origin\n"
        "dac3,2018-02-01,88740e,social\n"
        "8c18,2017-10-20,007f90,\n"
    )
    pairs = ("mql_id=id", "first_contact_date=occurred_at", "origin=source", "landing_page_id=campaign")

    assert await desk.imports(path, *pairs) == Summary(new=2)

    told = desk.memory.leads["dac3"]
    assert told.fields == {"source": "social", "campaign": "88740e"}
    assert f"{told.occurred_at:%Y-%m-%d %Z}" == "2018-02-01 UTC"


async def test_leads_are_handed_on_a_hundred_at_a_time(desk: Desk) -> None:
    rows = "".join(f"{number},pat{number}@globex.test\n" for number in range(250))

    assert await desk.imports(desk.file(f"id,email\n{rows}")) == Summary(new=250)
    assert desk.memory.chunks == [100, 100, 50]


async def test_bad_rows_are_set_aside_with_line_and_reason_and_good_ones_go_in(desk: Desk) -> None:
    path = desk.file('id,email,note\n1,pat,"a\nb"\n2,kim@globex.test,\n\n,,\n3,,,,x\n,,c\n4,"x\n5,,\n')

    assert await desk.imports(path) == Summary(new=2, refused=4)

    assert sorted(filter(None, desk.memory.leads)) == ["2", "5"]
    assert desk.rejected() == (
        "rejected_line,rejected_reason,id,email,note\n"
        '2,"email: This should be one e-mail address, like pat@globex.com.",1,pat,"a\nb"\n'
        "7,(beyond the last column): This row has more cells than the header: "
        "does a text need quotation marks?,3,,,,x\n"
        "8,id or email: A lead needs an id or an e-mail address.,,,c\n"
        '9,"This cannot be split into cells: its quotation marks do not match, or it is too long.",4,"""x"\n'
    )
    assert desk.said[-2:] == [
        "Why rows were refused is in leads.rejected.csv; mend them there and import that file.",
        "2 new, 0 changed, 0 unchanged, 4 refused.",
    ]


async def test_rows_that_the_storage_refuses_are_set_aside_too(desk: Desk) -> None:
    desk.memory.refuses = {"2"}

    assert await desk.imports(desk.file("id;name\n1;Pat\n2;Kim\n3;Zoë\n")) == Summary(new=2, refused=1)
    assert desk.rejected() == "rejected_line;rejected_reason;id;name\n3;id: No.;2;Kim\n"


async def test_what_was_refused_can_be_mended_and_imported_itself(desk: Desk) -> None:
    await desk.imports(desk.file("id,email,name\n1,pat,Pat\n2,kim@globex.test,Kim\n3,zoe,Zoë\n"))
    mended = desk.file(desk.rejected().replace("pat,", "pat@globex.test,"), "leads.rejected.csv")

    assert await desk.imports(mended) == Summary(new=1, refused=1)

    assert desk.memory.leads["1"].feed == "leads"
    assert desk.memory.leads["1"].fields == {"contact.email": "pat@globex.test", "contact.name": "Pat"}
    assert desk.rejected("leads.rejected.rejected.csv").startswith(
        'rejected_line,rejected_reason,id,email,name\n3,"email: '
    )


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ";")]
)
async def test_encoding_and_delimiter_are_found_out(desk: Desk, encoding: str, delimiter: str) -> None:
    text = "id,name,note\r\n1,Zoë,x\r\n".replace(",", delimiter)

    assert await desk.imports(desk.file(text.encode(encoding))) == Summary(new=1)
    assert desk.names() == ["Zoë"]


async def test_a_file_that_turns_out_not_to_be_utf_8_far_down_is_read_as_cp1252(desk: Desk) -> None:
    rows = "".join(f"{number},Pat\n" for number in range(20_000))

    await desk.imports(desk.file(f"id,name\n{rows}last,Zoë\n".encode("cp1252")))

    assert desk.names()[-1] == "Zoë"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "Excel workbook"),
        (b'"id\n1\n', "no header"),
        (b"id," + b"x" * 1_100_000, "no CSV file"),
    ],
)
async def test_what_is_no_table_is_refused_whole(desk: Desk, content: bytes, words: str) -> None:
    with pytest.raises(Unintelligible, match=words):
        await desk.imports(desk.file(content))

    assert desk.memory.chunks == []


async def test_a_column_that_is_not_there_is_one_sentence_and_nothing_is_imported(desk: Desk) -> None:
    with pytest.raises(Refused, match="There is no column mql in the file"):
        await desk.imports(desk.file("id\n1\n"), "mql=id")

    assert desk.memory.chunks == []


async def test_progress_is_shown_on_a_terminal_only(desk: Desk) -> None:
    path = desk.file("id\n" + "".join(f"{number}\n" for number in range(300)))

    await desk.imports(path)
    assert desk.output.getvalue() == ""

    desk.output = Terminal()
    await desk.imports(path)
    assert "0:00 left" in desk.output.getvalue()


TRAPS = (
    "\ufeffRecord ID;First Name;Email;Score;Create Date;Phone Number;Notes;Notes\r\n"
    '1;Pat;pat@globex.test;12,5;2024-01-15;020 7946 0000;"two\r\nlines";x\r\n'
    '2;Kim;kim@globex.test;7;15.01.2024 13:45;;=HYPERLINK("http://evil.test");y\n'
    "3;Zoë;zoe@globex.test;8;1/15/2024;;;\r"
    f"4;{'x' * 100_000};bo@globex.test;9;2024-01-15;;;\r\n"
    "Record ID;First Name;Email;Score;Create Date;Phone Number;Notes;Notes\r\n"
    "5;Ann;ann;high;31.02.2024;;;\n"
    "6;Lou;lou@globex.test\r\n"
    "+7;=1+1;nobody\n"
)


A_DATE = "Create Date: This should be a date, like 2026-11-22 or 22.11.2026, with or without a time."
A_NUMBER = "Score: This should be a number, like 90 or 12.5."
AN_EMAIL = "Email: This should be one e-mail address, like pat@globex.com."


async def test_a_file_of_every_trap_at_once_brings_in_what_is_good_and_names_what_is_not(desk: Desk) -> None:
    assert await desk.imports(desk.file(TRAPS)) == Summary(new=4, refused=3)

    leads = desk.memory.leads
    assert sorted(filter(None, leads)) == ["1", "2", "3", "6"]
    assert leads["1"].fields["score"] == 12.5
    assert leads["1"].fields["facts.notes"] == "two\nlines"
    assert leads["2"].fields["facts.notes"] == '=HYPERLINK("http://evil.test")'
    assert leads["2"].fields["facts.notes_2"] == "y"
    dates = [leads[each].occurred_at for each in "123"]
    assert [f"{date:%Y-%m-%d %H:%M}" for date in dates if date] == [
        "2024-01-15 00:00",
        "2024-01-15 13:45",
        "2024-01-15 00:00",
    ]
    assert desk.said[1:] == [
        "1 row was left out: the header again.",
        "Why rows were refused is in leads.rejected.csv; mend them there and import that file.",
        "4 new, 0 changed, 0 unchanged, 3 refused.",
    ]
    table = list(csv.reader(desk.rejected().splitlines(), delimiter=";"))
    assert [(line, reason) for line, reason, *_ in table[1:]] == [
        ("6", "First Name: This is longer than 10,000 characters."),
        ("8", f"{A_DATE} {A_NUMBER} {AN_EMAIL}"),
        ("10", AN_EMAIL),
    ]
    assert table[3][2:5] == ["'+7", "'=1+1", "nobody"]


async def test_no_cell_of_the_refused_is_computed_and_all_come_back_as_they_were(desk: Desk) -> None:
    await desk.imports(desk.file("id,email,name\n-1,pat,=1+1\n"))
    assert "'-1,pat,'=1+1" in desk.rejected()
    mended = desk.file(desk.rejected().replace("pat", "pat@globex.test"), "leads.rejected.csv")

    assert await desk.imports(mended) == Summary(new=1)
    assert desk.memory.leads["-1"].fields["contact.name"] == "=1+1"


async def test_dates_that_nothing_settles_are_asked_for_before_anything_is_kept(desk: Desk) -> None:
    path = desk.file("id,created\n1,2024-01-15\n2,03/04/2024\n")

    with pytest.raises(Refused, match=r"03/04/2024 in line 3.*--dates day-first"):
        await desk.imports(path)
    assert desk.memory.chunks == []

    await desk.imports(path, dates=Order.DAY_FIRST)
    assert f"{desk.memory.leads['2'].occurred_at:%d %b}" == "03 Apr"


async def test_a_dry_run_shows_columns_and_first_rows_and_keeps_nothing(desk: Desk) -> None:
    path = desk.file(TRAPS)

    tried = try_csv(path, Wish(mapping={}), echo=desk.said.append, terminal=desk.output)

    said = "\n".join(desk.said)
    assert tried.refused == 3
    assert desk.memory.chunks == []
    assert list(desk.folder.iterdir()) == [path]
    assert "leads.csv is utf-8-sig, split at ';'." in said
    assert "  Create Date   is occurred_at" in said
    assert "Line 2 becomes\n  id: 1\n  occurred_at: 2024-01-15 00:00 UTC\n  score: 12.5\n" in said
    assert "Line 10: Email: This should be one e-mail address" in said
    assert desk.said[-1] == (
        "Nothing was kept: this was a dry run. 4 rows would go into the feed leads, 3 would be refused."
    )


async def test_what_stops_an_import_is_told_with_what_was_kept_so_far(desk: Desk) -> None:
    path = desk.file("id\n" + "".join(f"{number}\n" for number in range(300)))
    whole, desk.memory.fails_after = desk.memory.fails_after, 2

    with pytest.raises(OSError, match="the disk is full"):
        await desk.imports(path)

    assert desk.said[-1] == (
        "Stopped. So far 200 new, 0 changed, 0 unchanged, 0 refused. "
        "Run it again: what was kept stays unchanged."
    )
    desk.memory.fails_after = whole
    assert await desk.imports(path) == Summary(new=100, unchanged=200)


async def test_a_place_that_takes_no_refused_rows_is_known_before_anything_is_kept(desk: Desk) -> None:
    path = desk.file("id,email\n1,pat\n")
    (desk.folder / "leads.rejected.csv").mkdir()

    with pytest.raises(Refused, match="copy the file to a folder of yours"):
        await desk.imports(path)
    assert desk.memory.chunks == []
