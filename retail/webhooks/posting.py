"""One POST to an address that a stranger chose: bounded in time and size, no redirect,
no proxy of the environment, no word of the answer but its status."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping
from http import HTTPStatus

from retail.webhooks.addresses import BadAddress, Place, Resolve, addresses_of, resolved

__all__ = ["SECONDS", "Answer", "post"]

SECONDS = 10.0  # for all of it but the look-up of the name
MOST_BYTES = 16 * 1024
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?:[ \r]|$)")


class Answer:
    """`status` 0: nobody answered, and `said` is why."""

    def __init__(self, status: int, said: str = "") -> None:
        self.status = status
        self.said = (said or _words(status))[:200]

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


def _words(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def post(
    place: Place,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolve = resolved,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """What was answered; never raises for what the other side does."""
    try:
        found = addresses_of(place, resolve)
    except BadAddress as error:
        return Answer(0, f"refused: {error.why}")
    except (OSError, UnicodeError):
        return Answer(0, "unknown name")
    try:
        return Answer(_asked(place, found[0], body, headers, trust, seconds))
    except TimeoutError:
        return Answer(0, "no answer in time")
    except ssl.SSLCertVerificationError as error:
        return Answer(0, f"certificate: {error.verify_message}")
    except (OSError, NoStatus) as error:
        return Answer(0, type(error).__name__)


class NoStatus(Exception):
    """What came was no answer of HTTP."""


def _asked(
    place: Place,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    trust: ssl.SSLContext | None,
    seconds: float,
) -> int:
    until = time.monotonic() + seconds
    with socket.create_connection((address, place.port), timeout=seconds) as plain:
        speaks: socket.socket = plain
        if place.tls:
            plain.settimeout(_left(until))
            context = trust or ssl.create_default_context()
            speaks = context.wrap_socket(plain, server_hostname=place.host)
        with speaks:
            speaks.settimeout(_left(until))
            speaks.sendall(_head(place, body, headers) + body)
            return _status(speaks, until)


def _head(place: Place, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"POST {place.path} HTTP/1.1",
        f"Host: {place.named}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _status(speaks: socket.socket, until: float) -> int:
    """Of the first answer that is no mere 1xx."""
    came = b""
    while len(came) < MOST_BYTES:
        speaks.settimeout(_left(until))
        more = speaks.recv(4096)
        came += more
        while b"\r\n\r\n" in came:
            found = STATUS.match(came)
            if found is None:
                raise NoStatus
            if found[1][0:1] != b"1":
                return int(found[1])
            came = came.partition(b"\r\n\r\n")[2]
        if not more:
            break
    raise NoStatus


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
