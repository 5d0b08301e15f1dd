"""Which Slack statuses say that somebody is not here, in four languages, and which do not."""

from datetime import UTC, datetime

import pytest

from bot.statuses import Status

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("emoji", "text"),
    [
        (":palm_tree:", ""),
        (":palm_tree:", "Vacationing"),
        (":face_with_thermometer:", "Out sick"),
        ("🌴", "bis Montag"),
        ("", "OOO until Monday"),
        ("", "Out of office."),
        (":calendar:", "On holiday, ask Ben"),
        ("", "holiday"),
        ("", "Leave"),
        ("", "on parental leave"),
        ("", "Sick :("),
        ("", "Im Urlaub"),
        ("", "krank"),
        ("", "außer Haus"),
        ("", "Nicht im Büro"),
        ("", "En congé jusqu'au 3"),
        ("", "Arrêt maladie"),
        ("", "de vacaciones"),
        ("", "Día libre"),
        ("", "Fuera de la oficina"),
    ],
)
def test_holiday_sick_and_out_of_office_are_away(emoji: str, text: str) -> None:
    assert Status(emoji=emoji, text=text).says_away()


@pytest.mark.parametrize(
    ("emoji", "text"),
    [
        ("", ""),
        (":calendar:", "In a meeting"),
        (":bus:", "Commuting"),
        (":house_with_garden:", "Working remotely"),
        (":rocket:", "Holiday campaign"),
        (":palm_tree:", "Back from vacation"),
        ("", "zurück aus dem Urlaub"),
        ("", "leave me a message"),
        ("", "Illustrating"),
        ("", "de vuelta de vacaciones"),
    ],
)
def test_everything_else_is_not(emoji: str, text: str) -> None:
    assert not Status(emoji=emoji, text=text).says_away()


def test_a_status_has_ended_with_its_time_or_when_it_says_nothing() -> None:
    assert Status().ended(NOW)
    assert Status(text="Lunch", until=NOW).ended(NOW)
    assert not Status(text="Lunch").ended(NOW)


def test_what_is_kept_of_a_status_tells_it_from_others_and_nothing_else() -> None:
    ill, holiday = Status(text="sick"), Status(text="holiday")

    assert ill.mark() == Status(text="sick").mark()
    assert ill.mark() != holiday.mark()
    assert "sick" not in ill.mark()
