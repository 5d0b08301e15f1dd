"""A person is removed as the terminal does it, beside the running bot."""

from storage.erasures import Erasures
from storage.traces import find
from tests.world import World


async def is_removed(world: World, who: str) -> None:
    here = world.db.of(world.slack.desk.store.workspace.team_id)
    agreement = world.truce.wired.intake._agreement
    await Erasures(here, agreement).erase(await find(here, who), world.now())
