"""Other systems are told what happens here: signed, in order, never into our own network unless that is allowed by name.

Words for logs and the operator name the host alone: the rest of an address may be a secret.
"""

import asyncio
import json
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.environment import Environment
from bot.errors import Again, Held, Hopeless
from bot.out.addresses import Address, called, is_address, is_public
from bot.out.sending import SendEvent
from bot.out.spacing import DAY
from bot.settings import Out as Terms
from bot.signatures import sign
from storage.db import Space
from storage.out import Message, Out

LONGEST_REST: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)  # that a receiver may ask for
BUSY: Final = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)


class Private(Exception):
    """The host leads into our own network."""


class Unanswered(Exception):
    """Nobody was there, or what they said did not come; the sentence says which."""


@dataclass(slots=True)
class OutJobs:
    """`secrets` are by host. An address that does not answer rests a little, for all leads."""

    out: Out
    addresses: Sequence[Address]
    secrets: Mapping[str, Sequence[bytes]]
    private: Collection[str]
    wait: timedelta
    now: Callable[[], datetime]
    _rests: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, space: Space, terms: Sequence[Terms], environment: Environment, now: Callable[[], datetime]
    ) -> Self:
        """Raises SettingsError for a secret that cannot sign."""
        addresses = [Address.of(each) for each in terms]
        secrets = {each.host: environment.secrets_to(each.host) for each in addresses}
        return cls(Out(space), addresses, secrets, environment.private_hosts, environment.call_timeout, now)

    def runners(self) -> Mapping[type, Callable[[SendEvent, datetime], Awaitable[None]]]:
        return {SendEvent: self.send}

    async def send(self, job: SendEvent, until: datetime) -> None:
        """Tell it once. Raises Again, Held or Hopeless with why it was not taken."""
        address = called(self.addresses, job.to)
        if address is None:
            raise Hopeless(f"{job.to.partition('/')[0]} is not under `out` in app.yaml any more.")
        message = await self.out.get(job.event)
        if message is None:
            return
        secrets, now = self.secrets[address.host], self.now()
        if not secrets:
            raise Again(f"{address.variable} is not set, so nothing can be signed for {address.host}.", DAY)
        rest, _ = self._rests.get(address.name, (now, timedelta()))
        if rest > now or until - now <= self.wait:
            raise Held(max(rest - now, timedelta()))
        try:
            status, wait = await self._post(address, message, secrets)
        except Unanswered as unanswered:
            self._rest(address)
            raise Again(f"{address.host} {unanswered}.", DAY) from None
        if status in BUSY:
            self._rest(address, wait)
        else:
            self._rests.pop(address.name, None)
        _judge(address.host, status, wait)

    def _rest(self, address: Address, wait: timedelta = timedelta()) -> None:
        _, last = self._rests.get(address.name, (None, timedelta()))
        pause = min(max(last * 2, timedelta(seconds=5)), LONGEST_REST)
        self._rests[address.name] = (self.now() + max(pause, wait), pause)

    async def _post(
        self, address: Address, message: Message, secrets: Sequence[bytes]
    ) -> tuple[int, timedelta]:
        """The answer's status, and for how long it asks us to wait. Raises Unanswered."""
        content = json.dumps(message.body, sort_keys=True, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "user-agent": "Truce"}
        headers |= sign(message.id, content, secrets, self.now())
        hosts = PublicHosts(self.private)
        try:
            hosts.check(address.host)
            async with (
                self._session(hosts) as session,
                session.post(address.url, data=content, headers=headers, allow_redirects=False) as answer,
            ):  # what it says beside its status is not read
                return answer.status, _asked_for(answer.headers.get("retry-after", ""))
        except (Private, aiohttp.ClientError, OSError) as error:
            words = next(words for kind, words in _WORDS if isinstance(error, kind))
        raise Unanswered(words)  # outside of `except`: the error there knows the whole address

    def _session(self, hosts: AbstractResolver) -> aiohttp.ClientSession:
        """Of one call: nothing of it is kept, no cookie and no connection."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=hosts, use_dns_cache=False, force_close=True),
            timeout=aiohttp.ClientTimeout(total=self.wait.total_seconds()),
            cookie_jar=aiohttp.DummyCookieJar(),
        )


class PublicHosts(AbstractResolver):
    """Finds the addresses of a host, and gives none unless all of them may be spoken to: what is given is what is called."""

    def __init__(self, private: Collection[str]) -> None:
        self._private = private

    def check(self, host: str) -> None:
        """Raise Private for a host that is written as an address of our own network: nobody is asked for those."""
        meant = _as_read(host)
        if host not in self._private and is_address(meant) and not is_public(meant):
            raise Private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raise Private, or OSError where there is no such host."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        given = [str(place[0]) for *_, place in found]
        if host.lower() not in self._private and not all(map(is_public, given)):
            raise Private
        return [
            ResolveResult(
                hostname=host, host=each, port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for (kind, _, proto, *_), each in zip(found, given, strict=True)
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _as_read(host: str) -> str:
    """As who connects would read it: 127.1 and 2130706433 are 127.0.0.1."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
    except OSError:
        return host


def _judge(host: str, status: int, wait: timedelta) -> None:
    """Raise what an answer means unless it was taken."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.GONE:
        raise Hopeless(f"{host} answered 410: it wants no more. Take it out of `out` in app.yaml.")
    moved = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    more = ": Truce follows no redirect, `out` needs the address itself" if moved else ""
    raise Again(f"{host} answered {status}{more}.", DAY, wait)


def _asked_for(retry_after: str) -> timedelta:
    """Seconds alone: a date would have us believe a stranger's clock."""
    seconds = int(retry_after) if re.fullmatch("[0-9]{1,5}", retry_after) else 0
    return min(timedelta(seconds=seconds), LONGEST_WAIT)


_WORDS: Final[Sequence[tuple[type[Exception], str]]] = (
    (Private, "leads into a network of our own. If that is meant, name it in TRUCE_OUT_PRIVATE"),
    (TimeoutError, "did not answer in time"),
    (aiohttp.ClientSSLError, "has no certificate that can be trusted"),
    (aiohttp.ClientConnectorError, "cannot be reached"),
    (aiohttp.ClientConnectionError, "broke off"),
    (OSError, "broke off"),
    (aiohttp.ClientError, "answered in a way that is not HTTP"),
)
