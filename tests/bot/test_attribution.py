"""Attribution: exact by each model, whatever is missing."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attribution import UNKNOWN, Journey, Met, Model, credited, owed, shared
from bot.money import Money
from tests.bot.examples import DAY, NOW
from tests.bot.wall import steady

EUR = Money(currency="EUR", amount=120_000_000)


def met(*days_before: int) -> tuple[Met, ...]:
    """Touches so many days before the close, of a campaign each."""
    return tuple(
        Met(at=NOW - day * DAY, line=f"campaign:{place}", source="webinar")
        for place, day in enumerate(days_before)
    )


def journey(*days_before: int, handed: int | None = 20, opened: int | None = 10) -> Journey:
    return Journey(
        met=met(*days_before),
        handed_at=None if handed is None else NOW - handed * DAY,
        opened_at=None if opened is None else NOW - opened * DAY,
        closed_at=NOW,
        money=EUR,
    )


@pytest.mark.parametrize(
    ("model", "told", "parts"),
    [
        (Model.FIRST, journey(30, 15, 5), [1, 0, 0]),
        (Model.LAST, journey(30, 15, 5), [0, 0, 1]),
        (Model.LINEAR, journey(30, 15, 5), [Fraction(1, 3)] * 3),
        (Model.U, journey(30, 15, 12, 5), [Fraction(2, 5), Fraction(1, 10), Fraction(1, 10), Fraction(2, 5)]),
        (Model.U, journey(30, 5), [Fraction(1, 2)] * 2),
        (Model.U, journey(30), [1]),
        (
            Model.W,
            journey(30, 20, 15, 5),
            [Fraction(3, 10), Fraction(3, 10), Fraction(3, 10), Fraction(1, 10)],
        ),
        (
            Model.W,
            journey(30, 22, 21, 5, opened=None),
            [Fraction(3, 7), Fraction(1, 14), Fraction(3, 7), Fraction(1, 14)],
        ),
        (Model.W, journey(30, 15), [Fraction(2, 3), Fraction(1, 3)]),
        (Model.W, journey(5, 4), [Fraction(3, 4), Fraction(1, 4)]),  # nothing led to handoff or deal
        (Model.DECAY, journey(14, 7, 0), [Fraction(1, 7), Fraction(2, 7), Fraction(4, 7)]),
    ],
)
def test_a_deal_is_owed_to_its_touches_by_the_model(
    model: Model, told: Journey, parts: list[Fraction]
) -> None:
    assert owed(model, told) == parts


journeys = st.lists(st.integers(0, 400), min_size=1, max_size=12).map(lambda days: sorted(days, reverse=True))


@steady
@given(
    st.sampled_from(list(Model)),
    journeys,
    st.none() | st.integers(0, 400),
    st.none() | st.integers(0, 400),
    st.integers(0, 10**15),
)
def test_credits_sum_to_one_and_money_to_itself_exactly(
    model: Model, days: list[int], handed: int | None, opened: int | None, amount: int
) -> None:
    parts = owed(model, journey(*days, handed=handed, opened=opened))

    assert sum(parts) == 1
    assert min(parts) >= 0
    assert sum(shared(amount, parts)) == amount


def test_a_touch_of_some_hours_decays_by_part_of_a_half() -> None:
    near = Met(at=NOW - timedelta(hours=1), line="a", source="")
    far = Met(at=NOW - timedelta(days=3, hours=13), line="b", source="")

    parts = owed(Model.DECAY, Journey(met=(far, near), closed_at=NOW))

    assert sum(parts) == 1
    assert Fraction(58, 100) < parts[1] < Fraction(59, 100)


def test_what_was_earned_is_summed_by_campaign_and_a_deal_without_touches_is_unknown() -> None:
    told = [journey(30, 5), journey()]

    found = credited(Model.LINEAR, told, lambda each: each.line)

    assert list(found) == [UNKNOWN, "campaign:0", "campaign:1"]
    assert [each.deals for each in found.values()] == [1, Fraction(1, 2), Fraction(1, 2)]
    assert found["campaign:0"].money == {"EUR": 60_000_000}
    assert sum(each.money["EUR"] for each in found.values()) == 240_000_000
