"""Who is in the workspace: read from Slack at start and daily, kept by events, looked up when unknown."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Held, Later
from bot.health import of_people, weigh
from bot.jobs import Due, LearnPeople
from bot.people import Person
from bot.statuses import Status
from handlers.payloads import Routes
from storage.jobs import Jobs
from storage.people import People
from storage.presence import Presences

log = logging.getLogger(__name__)
Groups = dict[str, tuple[str, ...]]  # the handles of groups, by person
LOOK_UP_WITHIN: Final = 1.0  # seconds, while a person waits
PAGE: Final = 200
PAGES_PACE: Final = timedelta(seconds=3)  # users.list takes twenty calls a minute


@dataclass(slots=True)
class PeopleHandlers:
    people: People
    presences: Presences
    jobs: Jobs
    client: AsyncWebClient
    workspace: str
    named: frozenset[str]  # in app.yaml: e-mails, ids and @groups
    now: Callable[[], datetime]
    _known: set[str] = field(default_factory=set)

    def routes(self) -> Routes:
        return Routes(events={"user_change": self.changed, "team_join": self.changed})

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {LearnPeople: self.learn}

    async def know(self, slack_id: str, team: str | None) -> None:
        """Make sure that we have this person; somebody new costs one call."""
        if slack_id in self._known:
            return
        if await self.people.get(slack_id) or await self._look_up(slack_id, team):
            self._known.add(slack_id)

    async def changed(self, event: Mapping[str, Any]) -> None:
        person = read_person(event["user"], self.workspace)
        known = await self.people.get(person.slack_id)
        groups = () if known is None else known.groups
        await self.people.keep([replace(person, groups=groups)], self.now())
        await self.presences.notice({person.slack_id: read_status(event["user"])}, self.now())

    async def learn(self, job: LearnPeople, _until: datetime) -> None:
        """One page of the workspace's people; the next is a job of its own, and after the last we say who is missing."""
        handles, groups = await self._groups()
        page = await self._call(self.client.users_list, limit=PAGE, cursor=job.cursor or None)
        people = [read_person(user, self.workspace) for user in page["members"]]
        await self.people.keep([await self._grouped(each, groups) for each in people], self.now())
        statuses = {user["id"]: read_status(user) for user in page["members"]}
        await self.presences.notice(statuses, self.now())
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if cursor:
            await self.jobs.add([Due(job=LearnPeople(cursor=cursor), at=self.now() + PAGES_PACE)])
            return
        present, gone = await self.people.find(self.named)
        for sentence in weigh(of_people(sorted(self.named), present | handles, gone)):
            log.warning("%s", sentence)

    async def _grouped(self, person: Person, groups: Groups | None) -> Person:
        """With their groups of today; those we knew, where Slack does not tell."""
        if groups is not None:
            return replace(person, groups=groups.get(person.slack_id, ()))
        known = await self.people.get(person.slack_id)
        return person if known is None else replace(person, groups=known.groups)

    async def _groups(self) -> tuple[set[str], Groups | None]:
        """Which of the named user groups there are, and their handles by member; None where groups are not told."""
        named = {name for name in self.named if name.startswith("@")}
        if not named:
            return set(), {}
        try:
            answer = await self._call(self.client.usergroups_list, include_users=True)
        except SlackApiError as error:
            log.warning("user groups of app.yaml are not known: Slack says %s", error.response.get("error"))
            return named, None
        handles, found = set[str](), Groups()
        for group in answer["usergroups"]:
            handle = f"@{group['handle']}"
            if handle in named:
                handles.add(handle)
                for user in group.get("users", ()):
                    found[user] = (*found.get(user, ()), handle)
        return handles, found

    async def _look_up(self, slack_id: str, team: str | None) -> bool:
        try:
            async with asyncio.timeout(LOOK_UP_WITHIN):
                answer = await self.client.users_info(user=slack_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            log.warning("Slack did not say who somebody is: the next click asks again")
            return False
        user = {"team_id": team or self.workspace, **answer["user"]}
        await self.people.keep([read_person(user, self.workspace)], self.now())
        return True

    async def _call(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        try:
            return await method(**arguments)
        except SlackApiError as error:
            if error.response.get("error") == "ratelimited":
                wait = int(error.response.headers.get("Retry-After", 30))
                raise Held(timedelta(seconds=wait)) from None
            raise
        except (aiohttp.ClientError, TimeoutError):
            raise Later(timedelta(seconds=30)) from None


def read_person(user: Mapping[str, Any], workspace: str) -> Person:
    """A person as Slack tells of them. Guests are those with restrictions; others' people are external."""
    profile = user.get("profile") or {}
    email = profile.get("email")
    return Person(
        slack_id=user["id"],
        name=str(profile.get("display_name") or profile.get("real_name") or user.get("name") or "Somebody"),
        email=email.lower() if email else None,
        tz=user.get("tz"),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        external=bool(user.get("is_stranger") or user.get("team_id", workspace) != workspace),
        deactivated=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
        admin=bool(user.get("is_admin") or user.get("is_owner")),
    )


def read_status(user: Mapping[str, Any]) -> Status:
    """Somebody's status as Slack tells of it; one that does not end by itself ends at second 0."""
    profile = user.get("profile") or {}
    ends = profile.get("status_expiration")
    return Status(
        emoji=str(profile.get("status_emoji") or ""),
        text=str(profile.get("status_text") or ""),
        until=datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else None,
    )
