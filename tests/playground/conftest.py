from collections.abc import AsyncIterator

import pytest

from playground.server import Playground
from tests.playground.office import Clock, Office, office_workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Playground]:
    async with Playground.running(office_workspace(), now=clock, limits=False) as running:
        yield running


@pytest.fixture
async def office(slack: Playground) -> AsyncIterator[Office]:
    """A Slack with a Bolt app in it, spoken to by signed requests."""
    async with Office.running(slack) as running:
        yield running
