"""To whom what happens here is told: the addresses of `out`, what each wants, and where nothing may be sent.

What stands behind the host in an address may be a secret of its own: words name the host alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Self
from urllib.parse import urlsplit

from bot.out.telling import Event
from bot.settings import Out

PREFIX: Final = "TRUCE_OUT_SECRET_"
# The last four bytes are an IPv4 address: RFC 6052, and RFC 4291, section 2.5.5.1.
LAST_FOUR: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
FOUR_BYTES: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`name` is what jobs call it: the host, and a hash of the whole."""

    url: str
    name: str
    host: str
    events: frozenset[str]
    feed: str | None  # whose own news it is not told again

    @classmethod
    def of(cls, out: Out) -> Self:
        host, events = host_of(out.url), frozenset(out.events)
        return cls(url=out.url, name=name_of(out.url), host=host, events=events, feed=out.feed)

    def wants(self, event: Event) -> bool:
        """Whether it is told of this; never of what came from its own feed, so that nothing goes in circles."""
        return event.kind in self.events and (self.feed is None or event.origin != self.feed)

    @property
    def variable(self) -> str:
        """Where the environment has its secret."""
        return variable_of(self.host)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def name_of(url: str) -> str:
    """The address in a word that may be shown: two of one host are told apart, and what is secret is not said."""
    return f"{host_of(url)}/{sha256(url.encode()).hexdigest()[:8]}"


def variable_of(host: str) -> str:
    """TRUCE_OUT_SECRET_CRM_TEST for crm.test."""
    letters = (letter if letter.isascii() and letter.isalnum() else "_" for letter in host.upper())
    return PREFIX + "".join(letters)


def called(addresses: Sequence[Address], name: str) -> Address | None:
    """The address of this name; of one that is not there any more, the only one of its host."""
    known = {each.name: each for each in addresses}
    of_host = [each for each in addresses if each.host == name.partition("/")[0]]
    return known.get(name) or (of_host[0] if len(of_host) == 1 else None)


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address is of the internet, whatever it is wrapped in; not of this machine or its network."""
    ip = ip_address(address.partition("%")[0])
    inner = _within(ip) if isinstance(ip, IPv6Address) else None
    return ip.is_global and not ip.is_multicast and (inner is None or is_public(str(inner)))


def _within(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    return IPv4Address(int(ip) & FOUR_BYTES) if any(ip in each for each in LAST_FOUR) else None
