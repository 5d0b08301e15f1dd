"""manifest.json asks Slack for what the bot really uses: no more, and no less."""

import ast
import json
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot import ids, slash
from bot.health import SCOPES as SCOPES_KNOWN
from tests.world import ROOT, World

MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
# What Slack wants for each method, for public and private channels and direct messages alike.
SCOPES = {
    "apps_connections_open": set(),  # by a token of its own
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_delete": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},
    "files_list": {"files:read"},
    "usergroups_list": {"usergroups:read"},
    "users_info": {"users:read", "users:read.email"},
    "users_list": {"users:read", "users:read.email"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
COMMAND_SCOPES = {"commands"}
EVENT_SCOPES = {
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "dnd_updated_user": {"dnd:read"},
    "file_shared": {"files:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}


def called(folder: Path) -> set[str]:
    """The Web API's methods that the code names."""
    return {
        node.attr
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and "_" in node.attr and hasattr(AsyncWebClient, node.attr)
        if isinstance(node.value, ast.Attribute | ast.Name) and "client" in ast.unparse(node.value)
    }


def test_every_method_that_is_called_has_its_scopes_and_no_scope_is_asked_for_in_vain() -> None:
    methods = called(ROOT / "handlers")

    assert methods == SCOPES.keys()
    needed = set().union(*(SCOPES[method] for method in methods), *EVENT_SCOPES.values(), COMMAND_SCOPES)
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed


def test_the_doctor_knows_what_follows_from_each_scope_that_is_missing() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES_KNOWN.keys()


async def test_the_events_subscribed_to_are_those_that_somebody_handles(world: World) -> None:
    told = MANIFEST["settings"]["event_subscriptions"]["bot_events"]

    assert {name.partition(".")[0] for name in told} == set(world.truce.edge.routes.events)


async def test_every_word_of_the_command_that_is_answered_is_explained_and_no_other(world: World) -> None:
    assert set(slash.USES) == set(world.truce.edge.routes.commands)
    assert set(slash.SYNONYMS.values()) <= {slash.HELP, *slash.USES}
    assert not {*slash.SYNONYMS, *slash.POLITE} & slash.USES.keys()


async def test_there_is_the_one_command_and_each_shortcut_that_is_promised_is_answered(world: World) -> None:
    assert [each["command"] for each in MANIFEST["features"]["slash_commands"]] == [slash.COMMAND]
    promised = {each["callback_id"] for each in MANIFEST["features"]["shortcuts"]}
    assert promised == set(world.truce.edge.routes.shortcuts) == set(ids.SHORTCUTS)


def test_there_is_one_manifest_where_slacks_own_tool_looks_for_it() -> None:
    found = [path for path in ROOT.rglob("manifest.json") if ".venv" not in path.parts]

    assert found == [ROOT / "manifest.json"]
