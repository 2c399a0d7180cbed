"""JSON bodies, read strictly: one meaning, bounded size, nothing that a database or a
later reader would stumble over."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _

from retail.interfaces.problems import Problem, invalid

MOST_BYTES = 1024 * 1024
DEEPEST = 12


class BadJson(ValueError):
    """Not JSON, or JSON that means two things."""


def body_of(request: HttpRequest) -> Any:
    """The decoded body; an empty one is {}. Raises Problem.

    Taken through `request.body`, which stays readable when the request is tried again.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise Problem("too-large")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem("unsupported-media-type")
    raw = request.body
    if len(raw) > MOST_BYTES:
        raise Problem("too-large")
    if not raw.strip():
        return {}
    if request.content_type != "application/json":
        raise Problem("unsupported-media-type")
    try:
        return decoded(raw)
    except BadJson as error:
        raise invalid(body=_("This is not JSON: %(why)s") % {"why": error}) from error


def decoded(raw: bytes) -> Any:
    """Raises BadJson, also for NaN and Infinity, a name given twice in one object, more
    than DEEPEST levels, and characters that no text may hold (U+0000, halves of a pair).
    """
    try:
        found = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_number,
            parse_float=_finite,
            object_pairs_hook=_once_each,
        )
    except RecursionError as error:
        raise BadJson("too deep") from error
    except BadJson:
        raise
    except ValueError as error:
        raise BadJson("malformed") from error
    _check(found)
    return found


def _no_number(constant: str) -> NoReturn:
    raise BadJson(f"{constant} is no number")


def _finite(text: str) -> float:
    """1e999 would be read as infinity."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadJson(f"{text[:20]} is no number")
    return number


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("a name is given twice")
    return found


def _check(found: Any) -> None:
    level = [found]
    for _depth in range(DEEPEST):
        deeper: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                deeper += each.values()
                deeper += each
            elif isinstance(each, list):
                deeper += each
            elif isinstance(each, str):
                _check_text(each)
        if not deeper:
            return
        level = deeper
    raise BadJson("too deep")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadJson("half a character") from error
    if "\x00" in text:
        raise BadJson("U+0000 in a text")
