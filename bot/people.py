"""Who is who in a workspace, and who may do what. A role goes by task; one person may have several."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.errors import Refused
from bot.text import count, mention

NAMED: Final = 5  # people in one sentence


class Role(StrEnum):
    REP = "reps"
    MARKETER = "marketers"
    MANAGER = "managers"
    ADMIN = "admins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in Slack. `external` people are of another organisation; `groups` are user groups."""

    slack_id: str
    name: str
    email: str | None = None
    tz: str | None = None
    guest: bool = False
    external: bool = False
    deactivated: bool = False
    bot: bool = False
    admin: bool = False
    groups: tuple[str, ...] = ()
    channels: frozenset[str] | None = None  # of ours, that they are in; None: that was not asked

    def answers_to(self, entry: str) -> bool:
        """Whether the settings mean this person by an e-mail, a Slack id or a @usergroup."""
        return entry in (self.slack_id, *self.groups) or entry.lower() == self.email


class Named:
    """Many people by what the settings may call them: `answers_to`, without asking each of them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_name: dict[str, list[Person]] = {}
        self._by_email: dict[str, list[Person]] = {}
        for person in people:
            for name in (person.slack_id, *person.groups):
                self._by_name.setdefault(name, []).append(person)
            if person.email is not None:
                self._by_email.setdefault(person.email, []).append(person)

    def meant_by(self, entry: str) -> Sequence[Person]:
        """Whom this entry means, in the order in which they were given."""
        return self._by_name.get(entry) or self._by_email.get(entry.lower()) or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who has which task: entries of the settings by role.

    A role that is not there belongs to every full member; that of an admin to the workspace's own.
    `aliases` lead from an address that a CRM uses to the person's own.
    """

    named: Mapping[Role, Sequence[str]]
    aliases: Mapping[str, str]
    channel: str = ""  # whose members have a role that names nobody

    def has(self, person: Person, role: Role) -> bool:
        """Guests act only if they are named; people of other organisations and who has left, never."""
        if person.external or person.deactivated or person.bot:
            return False
        entries = self.named.get(role)
        if entries is None and role is Role.ADMIN:
            return person.admin
        if entries is None:
            known = any(person.answers_to(entry) for named in self.named.values() for entry in named)
            return known or (not person.guest and self._is_in(person, role))
        return any(person.answers_to(entry) for entry in entries)

    def _is_in(self, person: Person, role: Role) -> bool:
        """Leads are for who is in their channel; other tasks for who is in any of ours."""
        if person.channels is None or not self.channel:
            return True
        return self.channel in person.channels if role is Role.REP else bool(person.channels)

    def need(self, person: Person, *roles: Role) -> None:
        """Refuse, with who takes leads here and whom to ask, unless the person has one of these roles."""
        if not any(self.has(person, role) for role in roles):
            raise Refused(self._sentence(person, roles[0]))

    def address(self, email: str) -> str:
        """The person's own address, for one that a CRM uses; a Slack user id stays what it is."""
        return self.aliases.get(email.lower(), email.lower() if "@" in email else email)

    def _sentence(self, person: Person, role: Role) -> str:
        if person.external:
            return "Only people of this workspace take part in its handovers."
        what = {
            Role.REP: "Sales takes leads here",
            Role.MARKETER: "Marketing decides this",
            Role.MANAGER: "A manager decides this",
            Role.ADMIN: "An admin decides this",
        }[role]
        if role is Role.REP and role not in self.named and self.channel and not person.guest:
            return f"Who is in <#{self.channel}> takes leads here. Join it, then try once more."
        ask = self._whom(Role.MANAGER) or self._whom(Role.ADMIN)
        whom = self._whom(role)
        asked = "them" if ask and ask == whom else ask or "a manager"
        return f"{what}{f': {whom}' if whom else ''}. Ask {asked} to add you."

    def _whom(self, role: Role) -> str:
        entries = list(self.named.get(role, ()))
        shown = ", ".join(_mention(entry) for entry in entries[:NAMED])
        rest = len(entries) - NAMED
        return f"{shown} and {count(rest, 'other')}" if rest > 0 else shown


def _mention(entry: str) -> str:
    return entry if "@" in entry else mention(entry)
