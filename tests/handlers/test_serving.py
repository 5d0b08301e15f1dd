"""The ticks that wake the worker."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from handlers.serving import ticking
from tests.program import until

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_ticks_come_on_the_loops_own_thread_and_what_is_begun_is_ended() -> None:
    threads: list[int] = []
    minutes: list[str] = []

    async def every_minute() -> None:
        minutes.append("begun")
        await asyncio.sleep(0)
        minutes.append("ended")

    async with ticking(lambda: threads.append(threading.get_ident()), every_minute, lambda: NINE):
        await until(lambda: len(threads) > 1)

    assert set(threads) == {threading.get_ident()}
    assert minutes == ["begun", "ended"]


async def test_a_minute_is_over_when_the_clock_says_so_however_it_got_there() -> None:
    at, looks, ticks = [NINE], [NINE - timedelta(minutes=1)], [0]

    async def every_minute() -> None:
        looks.append(at[0])

    def tick() -> None:
        ticks[0] += 1

    async with ticking(tick, every_minute, lambda: at[0]):
        for moved in (NINE + timedelta(days=7), NINE):  # the demo's time machine, there and back
            at[0] = moved
            await until(lambda: looks[-1] == at[0])
        seen = ticks[0]
        await until(lambda: ticks[0] > seen)

    assert looks[1:] == [NINE, NINE + timedelta(days=7), NINE]


@pytest.mark.slow
async def test_a_minute_that_takes_long_holds_up_no_tick_and_is_not_begun_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    at, begun, ticks, go_on = [NINE], [0], [0], asyncio.Event()

    async def every_minute() -> None:
        begun[0] += 1
        await (go_on.wait() if begun[0] > 1 else asyncio.sleep(0))

    def tick() -> None:
        ticks[0] += 1
        at[0] += timedelta(hours=1)

    async with ticking(tick, every_minute, lambda: at[0]):
        await until(lambda: begun[0] == 2)
        seen = ticks[0]
        await until(lambda: ticks[0] > seen + 2)
        assert begun == [2]
        go_on.set()
        await until(lambda: begun[0] > 2)

    assert caplog.text == ""
