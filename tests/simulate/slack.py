"""Slack at the wire's edge: takes every call at once, and notes what was posted when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulate.company import BOT, CHANNEL, FEEDBACK, WORKSPACE, Company


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message, or a change of one."""

    at: datetime
    post: str  # our id in its metadata; empty for a change
    channel: str
    ts: str


class Wire(AsyncWebClient):
    """Slack's own client, short of its wire."""

    def __init__(self, company: Company, now: Callable[[], datetime]) -> None:
        super().__init__(token="xoxb-simulate")
        self._company, self._now = company, now
        self.posted: list[Posted] = []

    async def api_call(self, api_method: str, *_: Any, **given: Any) -> Any:
        told = {**(given.get("params") or {}), **(given.get("json") or {}), **(given.get("data") or {})}
        answer: dict[str, Any] = {"ok": True}
        match api_method:
            case "auth.test":
                answer |= {"team_id": WORKSPACE, "bot_id": "B0TRUCE", "user_id": BOT}
            case "conversations.list":
                names = {CHANNEL: "leads", FEEDBACK: "marketing-feedback"}
                answer["channels"] = [{"id": each, "name": name} for each, name in names.items()]
            case "users.list":
                answer["members"] = self._company.users()
            case "conversations.info":
                answer["channel"] = {"id": told["channel"], "is_member": True}
            case "conversations.members":
                answer["members"] = [each.id for each in self._company.everyone]
            case "conversations.open":
                answer["channel"] = {"id": f"D{told['users']}"}
            case "conversations.history" | "conversations.replies":
                answer["messages"] = self._history(told["channel"])
            case "chat.postMessage":
                answer |= self._note(told, told["metadata"]["event_payload"]["id"])
            case "chat.update":
                answer |= self._note(told, "")
            case _:
                _refuse(api_method)
        return answer

    def _note(self, told: dict[str, Any], post: str) -> dict[str, str]:
        channel = told["channel"]
        channel = f"D{channel}" if channel.startswith("U") else channel
        now = self._now()
        ts = told.get("ts") or f"{now.timestamp():.0f}.{len(self.posted):06}"
        self.posted.append(Posted(at=now, post=post, channel=channel, ts=ts))
        return {"channel": channel, "ts": ts}

    def _history(self, channel: str) -> list[dict[str, Any]]:
        return [
            {
                "ts": each.ts,
                "metadata": {"event_type": "truce_post", "event_payload": {"id": each.post}},
            }
            for each in reversed(self.posted)
            if each.channel == channel and each.post
        ]


def _refuse(api_method: str) -> None:
    """No files here, neither dropped nor handed over: what Truce tells needs no picture."""
    if not api_method.startswith("files."):
        raise AssertionError(f"nobody simulates {api_method}")
    raise SlackApiError("", {"error": "missing_scope"})  # type: ignore[no-untyped-call] # as slack_sdk has it
