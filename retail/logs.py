"""Lines of the log: in production one JSON object each, elsewhere for people.

A JSON line says where and what kind, and nothing that somebody sent or that a row holds:
an address is its route, an error its class and the places it came through. Errors of
databases quote whole rows, and addresses hold cards, codes and e-mails.
"""

from __future__ import annotations

import logging
import traceback
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

__all__ = ["JsonLines", "about", "configured"]

# What every line says that is written meanwhile: of which request, of which task.
_about: ContextVar[Mapping[str, Any] | None] = ContextVar("about", default=None)
MOST_CAUSES = 5
# What a line of Celery's may say of a task; not its arguments, nor its error's text.
OF_TASKS = ("id", "name", "description", "runtime")


def configured(*, level: str, json: bool, requests: bool) -> dict[str, Any]:
    """Django's LOGGING; `requests`: a line for each, whatever `level` is."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
            "json": {"()": JsonLines},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if json else "line",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "retail.requests": {"level": "INFO" if requests else "WARNING"},
            # statements with their values, at DEBUG
            "django.db.backends": {"level": "INFO"},
        },
    }


@contextmanager
def about(**said: Any) -> Iterator[None]:
    token = _about.set(said)
    try:
        yield
    finally:
        _about.reset(token)


class JsonLines(logging.Formatter):
    """`extra={"said": {…}}` adds members to a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **(_about.get() or _request_of(record)),
            **getattr(record, "said", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["errors"] = [_error(each) for each in _causes(record.exc_info[1])]
        return orjson.dumps(line, default=str).decode()


def _request_of(record: logging.LogRecord) -> dict[str, str]:
    meta = getattr(getattr(record, "request", None), "META", {})
    return {"request": meta["REQUEST_ID"]} if "REQUEST_ID" in meta else {}


def _message(record: logging.LogRecord) -> str:
    if isinstance(record.args, Mapping):
        known = {name: record.args[name] for name in OF_TASKS if name in record.args}
        return str(record.msg) % defaultdict(lambda: "…", known)
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    told = tuple(_told(each, record) for each in record.args or ())
    return str(record.msg) % told if told else str(record.msg)


def _told(value: object, record: logging.LogRecord) -> object:
    if isinstance(value, BaseException):
        return type(value).__name__
    request = getattr(record, "request", None)
    if request is not None and isinstance(value, str) and value.startswith("/"):
        match = getattr(request, "resolver_match", None)
        return f"/{match.route}" if match else "an address that leads nowhere"
    return value


def _error(error: BaseException) -> dict[str, Any]:
    steps = traceback.extract_tb(error.__traceback__)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "through": [f"{each.filename}:{each.lineno} {each.name}" for each in steps],
    }


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it came of."""
    found: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if found is None:
            return
        yield found
        hidden = found.__suppress_context__
        found = found.__cause__ or (None if hidden else found.__context__)
