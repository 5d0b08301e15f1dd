"""What retros teach together: by what they are alike, the note of a month, and the export."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.deals import Deal, DealState
from bot.jobs import Sight
from bot.money import Money
from bot.retros.exporting import COLUMNS, as_object, as_row
from bot.retros.learning import Lesson, band, known_by, patterns, words_of
from bot.retros.looks import RetroSight
from bot.retros.months import month_message, month_note, month_of
from bot.retros.retro import Action, Reply, Retro, RetroState, Seat, Told
from bot.retros.retro import Part as Of
from bot.retros.story import Side, Story
from tests.bot.examples import ACME
from tests.bot.looks import hold_to_slack

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
LOST = Lesson(
    answers=[Told(id="a", said={"main": "price", "handed": "early"}, by=None, shown=True)],
    campaign="Autumn webinar",
    competitor="Initech",
    segment=("Logistics", "GB"),
    money=Money(amount=120_000_000, currency="EUR"),
    outcome=DealState.LOST,
)
ACTION = Action(what="Call sooner", who="UAMY", due=date(2026, 11, 20), by="UAMY")


def test_what_is_alike_is_counted_in_every_way_that_one_looks_at_it() -> None:
    assert patterns([LOST] * 6) == [
        "Main reason: Price and value 6 (pattern).",
        "Competitor: Initech 6 (pattern).",
        "Campaign: Autumn webinar 6 (pattern).",
        "Segment: GB 6 (pattern), Logistics 6 (pattern).",
        "Amount: 10,000 to 100,000 EUR 6 (pattern).",
        "Handed over too early: Autumn webinar 6 (pattern).",
    ]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (9_999_999, "under 1,000 EUR"),
        (10_000_000, "1,000 to 10,000 EUR"),
        (99_999_999_999, "1,000,000"),
        (10_000_000_000, "from 1,000,000 EUR"),
    ],
)
def test_amounts_lie_in_bands(amount: int, said: str) -> None:
    assert said in band(Money(amount=amount, currency="EUR"))


def test_the_note_of_a_month_comes_on_the_first_working_day_of_the_next() -> None:
    name, due = month_note(ACME, datetime(2027, 1, 1, 0, 5, tzinfo=UTC))

    assert name == "retro_month:2026-12"
    assert due.job.sight == Sight.RETRO_MONTH  # type: ignore[union-attr]  # a Show
    assert due.at == datetime(2027, 1, 1, 9, tzinfo=UTC)  # a Friday
    _, due = month_note(ACME, datetime(2026, 8, 31, 23, 30, tzinfo=UTC))
    assert due.at == datetime(2026, 9, 1, 8, tzinfo=UTC)  # by then it is September in London
    _, due = month_note(ACME, datetime(2026, 8, 2, 12, tzinfo=UTC))
    assert due.at == datetime(2026, 8, 3, 8, tzinfo=UTC)  # the first is a Saturday


def test_a_month_in_which_nothing_was_looked_back_at_has_no_note() -> None:
    assert month_message("2026-11", [], TODAY) is None


def test_the_note_of_a_month_says_what_was_alike_and_what_became_of_the_changes() -> None:
    done, dropped = replace(ACTION, done=True), replace(ACTION, dropped_because="No time")
    lessons = [LOST, *(replace(LOST, outcome=DealState.WON, action=each) for each in (ACTION, done, dropped))]

    message = month_message("2026-11", lessons, TODAY)

    assert message is not None
    body = hold_to_slack(message)
    assert body["text"].startswith(
        "What deals taught us in November 2026. 4 look backs: 3 won, 1 lost. Main reason: Price and value 4 (signal)."
    )
    assert "3 changes chosen: 1 done, 1 dropped, 1 past its day." in body["text"]


@pytest.mark.parametrize("about", ["2026-01", "2026-02", "2026-12"])
def test_a_month_is_all_of_its_days(about: str) -> None:
    month = month_of(about)

    assert (month.first.day, month.end.day) == (1, 1)
    assert f"{month.first:%Y-%m}" == about


def seen(**changes: object) -> RetroSight:
    fields: dict[str, Any] = {
        "name": "=Globex",
        "amount": 120_000_000,
        "currency": "EUR",
        "competitor": "Initech",
        "stage": "lost",
    }
    retro = Retro(
        id="d1",
        state=RetroState.ACTING,
        outcome=DealState.LOST,
        noted_at=NOW,
        seats=(Seat(person="UAMY", part=Of.OWNER, answered=True), Seat(person="UEVA", part=Of.MARKETER)),
        answers=(
            Told(id="a", said={"main": "price", "well": "Fast\nanswers"}, by="UAMY", shown=True),
            Told(id="b", said={"main": "timing"}, by=None, shown=True),
            Told(id="c", said={"main": "trust"}, by="UEVA", shown=False),
        ),
        action=ACTION,
    )
    told = RetroSight(
        retro=retro,
        deal=Deal(id="d1", feed="crm", external_id="opp-7", state=DealState.LOST, fields=fields),
        story=Story(moments=(), days={Side.MARKETING: 3, Side.SALES: 4}),
        company="Globex",
        who=lambda each: {"UAMY": "Amy", "UEVA": "Eva"}[each],
        agreement=ACME,
        campaigns=("Autumn webinar",),
        segment=("Logistics",),
        replies=(Reply(ts="1", by="UAMY", words="The status page was down"),),
    )
    return replace(told, **changes)  # type: ignore[arg-type]  # a test's own words


def test_a_line_of_the_export_has_every_column_and_no_formula() -> None:
    row = as_row(seen())

    assert tuple(row) == COLUMNS
    assert row["name"] == "'=Globex"
    assert (row["days"], row["marketing_days"], row["waiting_days"], row["sales_days"]) == (
        "7",
        "3",
        "0",
        "4",
    )
    assert row["said_main"] == "Price and value | Timing"
    assert row["said_well"] == "Fast answers"
    assert (row["amount"], row["currency"]) == ("12000.00", "EUR")
    assert (row["change"], row["change_by"], row["change_became"]) == ("Call sooner", "Amy", "open")


def test_an_export_says_no_more_of_who_wrote_what_than_the_thread_does() -> None:
    told = as_object(seen())

    assert [each["by"] for each in told["answers"]] == ["Amy", None]
    assert "trust" not in str(told).lower()


def test_what_a_retro_is_found_by_holds_its_fields_apart_from_its_words() -> None:
    words = known_by(seen()).split()

    assert {"lost", "globex", "initech", "0competitor0initech", "0campaign0autumn", "0segment0logistics"} <= {
        *words
    }
    assert "0campaign0initech" not in words
    assert "trust" not in words
    assert words_of("Ünï-côdé 12") == ["uni", "code", "12"]
