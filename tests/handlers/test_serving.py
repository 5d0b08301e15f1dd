"""The ticks that wake the worker."""

import asyncio
import threading

from handlers.serving import ticking
from tests.program import until


async def test_ticks_come_on_the_loops_own_thread_and_what_is_begun_is_ended() -> None:
    threads: list[int] = []
    minutes: list[str] = []

    async def every_minute() -> None:
        minutes.append("begun")
        await asyncio.sleep(0)
        minutes.append("ended")

    async with ticking(lambda: threads.append(threading.get_ident()), every_minute):
        await until(lambda: len(threads) > 1)

    assert set(threads) == {threading.get_ident()}
    assert minutes == ["begun", "ended"]
