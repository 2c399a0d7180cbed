"""Where the house may call: addresses that others give it must not lead inside.

What a URL says is checked when it is given, what its name resolves to each time that it
is called, and the connection is made to the very address that was checked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

__all__ = ["BadAddress", "Place", "Resolve", "addresses_of", "is_outside", "place_of"]

LONGEST = 500
PORTS = (443, 8443)
NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)
PLAIN = re.compile(r"[!-~]+")  # printable ASCII, so no line of a request ends in it
INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion")
# global unicast, less what only wraps another address or leads to no host
UNICAST = ipaddress.ip_network("2000::/3")
WRAPPED = [
    ipaddress.ip_network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# which Python calls global: of protocols, a cloud's own data among them, and of 6to4
SPECIAL = [ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24")]
Resolve = Callable[[str, int], list[str]]


class BadAddress(Exception):
    """`why`: a word for programs, `url` where the URL itself is at fault."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Place:
    """`path` with its query; `here`: this very machine, in a demonstration."""

    host: str
    port: int
    path: str
    tls: bool
    here: bool = False

    @property
    def named(self) -> str:
        """As the header Host says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.tls else 80
        return host if self.port == usual else f"{host}:{self.port}"


def place_of(url: str) -> Place:
    """Asks no name server. Raises BadAddress."""
    if len(url) > LONGEST or not PLAIN.fullmatch(url) or set(url) & set('\\"<>^`{|}'):
        raise BadAddress("url")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise BadAddress("url") from error
    if "@" in parts.netloc:
        raise BadAddress("credentials")
    if parts.fragment or not host or "%" in parts.netloc:
        raise BadAddress("url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "http":
        if not settings.DEMO or host not in ("localhost", "127.0.0.1"):
            raise BadAddress("https")
        return Place(host, port or 80, path, tls=False, here=True)
    if parts.scheme != "https":
        raise BadAddress("https")
    if port not in (None, *PORTS) and not settings.DEMO:
        raise BadAddress("port")
    number = _number(host)
    if number is None:
        if not NAME.fullmatch(host) or host.endswith(tuple(f".{n}" for n in INSIDE)):
            raise BadAddress("host")
    elif not is_outside(number):
        raise BadAddress("inside")
    return Place(host, port or 443, path, tls=True)


def _number(host: str) -> str | None:
    """The address that `host` is written as, in whichever way a resolver would read it:
    2130706433, 0x7f.1 and 017700000001 are 127.0.0.1."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def is_outside(address: str) -> bool:
    """Whether it is somebody's on the public net: no network of a house, no address that
    wraps another (NAT64, 6to4, Teredo, IPv4 in IPv6), no group."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # with a zone: of one link only
        return False
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in each for each in SPECIAL)
    return found in UNICAST and not any(found in each for each in WRAPPED)


def resolved(host: str, port: int) -> list[str]:
    """Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def addresses_of(place: Place, resolve: Resolve = resolved) -> list[str]:
    """Where to connect to now. One address inside among them refuses them all. Raises
    BadAddress, OSError."""
    found = resolve(place.host, place.port)
    if place.here:
        found = [each for each in found if ipaddress.ip_address(each).is_loopback]
    elif not all(is_outside(each) for each in found):
        raise BadAddress("inside")
    if not found:
        raise BadAddress("host")
    return found
