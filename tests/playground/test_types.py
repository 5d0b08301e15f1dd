"""What the playground answers and sends is held against Slack's official types, by TypeScript, and slack_sdk's models."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from playground.desk import METHODS
from playground.traffic import Answer, Call
from tests.needs import program
from tests.playground.tour import EVENTS, toured

TYPES = Path(__file__).parent / "types"
# no type in @slack/web-api
UNTYPED = {"apps.uninstall"}
SUBTYPES = {
    None: "GenericMessageEvent",
    "message_changed": "Changed",
    "message_deleted": "Deleted",
    "file_share": "FileShareMessageEvent",
    "thread_broadcast": "Broadcast",
}
# what Slack sends and these types, made from samples (in which a null leaves no trace), do not know
SHARED = {"connected_team_ids", "pending_connected_team_ids", "pending_shared"}
FILE = {"alt_txt", "timestamp", "user_team", "media_display_type", "file_access"}
THREAD = {"thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"}
MORE = {
    "AppHomeOpenedEvent": {
        *("submit", "close", "clear_on_close", "notify_on_close", "id", "team_id", "app_id", "hash", "state"),
        *("app_installed_team_id", "bot_id", "root_view_id", "previous_view_id"),
    },
    "AuthRevokeResponse": {"revoked"},
    "Broadcast": {"app_id", "bot_id", "bot_profile", "team"},
    "ConversationsHistoryResponse": {"pinned_to"},
    "ConversationsJoinResponse": SHARED,
    "ConversationsListResponse": SHARED,
    "ConversationsOpenResponse": {"is_user_deleted"},
    "ConversationsRepliesResponse": {"subtype", "client_msg_id", "files", "pinned_to"},
    "FileShareMessageEvent": {"team", "client_msg_id", *FILE},
    "GenericMessageEvent": {"app_id", *FILE},
    "PinsListResponse": {"edited"},
    "ReactionsGetResponse": {"edited", "pinned_to", *THREAD},
    "UsergroupsListResponse": {"auto_type"},
}
# Enums are read as their values. What may be absent may be null: Slack sends null, the samples do not show it.
# A message inside an event of what became of it has neither channel nor event_ts, whatever the type says.
HEAD = """
import type * as Slack from "@slack/types";
import type * as Web from "@slack/web-api";
type Plain<T> = T extends string ? (string extends T ? string : `${T}`)
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[]
  : { [K in keyof T]: undefined extends T[K] ? Plain<T[K]> | null : Plain<T[K]> };
type Inner = Omit<Slack.GenericMessageEvent, "subtype" | "channel" | "channel_type" | "event_ts">
  & { subtype?: string; app_id?: string; root?: object; reply_count?: number; reply_users?: string[];
      reply_users_count?: number; latest_reply?: string };
type Changed = Omit<Slack.MessageChangedEvent, "message" | "previous_message">
  & { message: Inner; previous_message: Inner };
type Deleted = Omit<Slack.MessageDeletedEvent, "previous_message"> & { previous_message: Inner };
type Broadcast = Omit<Slack.ThreadBroadcastMessageEvent, "client_msg_id" | "root"> & { root: Inner };
"""


@pytest.fixture(scope="session")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Slack's types and a compiler for them, as the lock file has them."""
    npm, folder = program("npm"), tmp_path_factory.mktemp("types")
    program("node", "nodejs")
    for name in ("package.json", "package-lock.json", "tsconfig.json"):
        shutil.copy(TYPES / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._]", name))


def without(value: Any, names: set[str]) -> Any:
    if isinstance(value, list):
        return [without(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: one for name, one in value.items() if name not in names}
    return {name: one if name == "bot_profile" else without(one, names) for name, one in kept.items()}


def line(name: str, kind: str, value: Any) -> str:
    """Give a line of TypeScript that says: this value is of that type."""
    body = json.dumps(without(value, MORE.get(kind.rpartition(".")[2], set())))
    if kind == "Slack.GenericMessageEvent":
        body = f"{{subtype: undefined, {body[1:]}"
    return f"export const {name}: {kind if kind in {'Changed', 'Deleted', 'Broadcast'} else f'Plain<{kind}>'} = {body};"


def answers(calls: list[Call]) -> list[str]:
    """Give a line for each answer that was good."""
    rows = []
    for number, call in enumerate(calls):
        if not call.ok or call.method in UNTYPED:
            continue
        group_dm = call.method == "conversations.open" and call.answer["channel"].get("is_mpim")
        kind = "ConversationsInfoResponse" if group_dm else f"{pascal(call.method)}Response"
        rows.append(line(f"a{number}", f"Web.{kind}", call.answer))
    return rows


def events(sent: list[Answer]) -> list[str]:
    """Give a line for each event."""
    rows = []
    for number, one in enumerate(sent):
        event = one.payload["event"]
        kind = pascal(event["type"]).replace("Dnd", "DND") + "Event"
        if event["type"] == "message":
            kind = SUBTYPES[event.get("subtype")]
        own = kind in {"Changed", "Deleted", "Broadcast"}
        rows.append(line(f"e{number}", kind if own else f"Slack.{kind}", event))
    return rows


@pytest.mark.slow
async def test_every_answer_and_every_event_has_slacks_official_type(typescript: Path) -> None:
    async with toured() as slack:
        calls, sent = slack.calls(), slack.answers("events_api")
    (typescript / "answers.ts").write_text(
        "\n".join([HEAD, *answers(calls), *events(sent)]), encoding="utf-8"
    )
    compiler = typescript / "node_modules" / "typescript" / "bin" / "tsc"
    process = await asyncio.create_subprocess_exec(
        program("node", "nodejs"),
        compiler,
        "--project",
        typescript,
        cwd=typescript,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 240)

    assert out.decode().splitlines() == []
    assert process.returncode == 0


async def test_the_tour_leaves_no_method_and_no_event_out() -> None:
    async with toured() as slack:
        called = {call.method for call in slack.calls() if call.ok}
        happened = {one.payload["event"]["type"] for one in slack.answers("events_api")}

    assert called == set(METHODS)
    metadata = {f"message_metadata_{kind}" for kind in ("posted", "updated", "deleted")}
    assert happened == {one.partition(".")[0] for one in EVENTS} | metadata


async def test_slack_sdks_models_read_what_is_answered() -> None:
    async with toured() as slack:
        calls = slack.calls()
    views: list[dict[str, Any]] = [call.answer["view"] for call in calls if "view" in call.answer]
    blocks = [block for call in calls for block in call.answer.get("message", {}).get("blocks", [])]

    assert views
    for view in views:
        known = {name: value for name, value in view.items() if name != "app_installed_team_id"}
        assert View(**known).to_dict()["blocks"] == view["blocks"]
    assert blocks
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict() == block
