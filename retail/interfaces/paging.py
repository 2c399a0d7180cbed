"""Cursor pages: `{"results": [], "next": null}`, `next` being the address of the next.

A cursor says where the page before ended. It opens nothing: whoever may not see a row
does not see it with any cursor.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _

from retail.interfaces.problems import invalid

USUAL = 24
MOST = 100

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """`after` are the sort values of the last row of the page before, as texts; None on
    the first page."""

    limit: int
    after: list[str] | None


def asked(request: HttpRequest, *, keys: int) -> Asked:
    """`?limit=` and `?cursor=`; a cursor holds `keys` values. Raises Problem."""
    return Asked(_limit(request.GET.get("limit")), _after(request, keys))


def page(
    request: HttpRequest,
    asked: Asked,
    rows: Sequence[T],
    told: Callable[[T], Any],
    keys: Callable[[T], list[str]],
) -> dict[str, Any]:
    """`rows` are one more than the limit where another page follows."""
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    return {
        "results": [told(row) for row in shown],
        "next": _next(request, keys(shown[-1])) if more else None,
    }


def _limit(given: str | None) -> int:
    if given is None:
        return USUAL
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise invalid(limit=_("This must be a whole number from 1 to 100."))
    return int(given)


def _after(request: HttpRequest, keys: int) -> list[str] | None:
    given = request.GET.get("cursor")
    if given is None:
        return None
    try:
        found = orjson.loads(urlsafe_b64decode(given.encode("ascii")))
    except ValueError:
        found = None
    if (
        isinstance(found, list)
        and len(found) == keys
        and all(isinstance(each, str) and "\x00" not in each for each in found)
    ):
        return found
    raise invalid(cursor=_("This is no cursor of ours."))


def _next(request: HttpRequest, keys: list[str]) -> str:
    query = request.GET.copy()
    query["cursor"] = urlsafe_b64encode(orjson.dumps(keys)).decode()
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"
