"""A team as rules see it: only for what nobody can see in Slack."""

from bot.agreement import Agreement, Channels
from bot.teams import Colleague, TeamNow
from storage.teams import team_now
from tests.world import World


async def team_of(world: World, name: str = "") -> TeamNow:
    """The team of this name now, else the last."""
    workspace = world.slack.desk.store.workspace.team_id
    channels = Channels(leads="C", feedback="C", retros="C", managers="C")
    agreement = Agreement.of(world.settings, channels, "Europe/London")
    return await world.db.read(lambda session: team_now(session, workspace, agreement, name))


async def rep(world: World, handle: str) -> Colleague:
    """A rep now."""
    found = (await team_of(world)).whom(world.slack.desk.store.person(handle).id)
    assert found is not None, f"{handle} is no rep"
    return found
