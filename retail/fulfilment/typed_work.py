"""What the forms of a place's work have in common: ids, quantities, reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from inventory.ids import derived

__all__ = [
    "Act",
    "Posted",
    "Unclear",
    "event_of",
    "pick_first",
    "picks",
    "plain",
    "reason_of",
    "units_of",
    "whole",
]

Posted = Mapping[str, str]
Act = Callable[..., Any]


class Unclear(Exception):
    """Something in the form is missing or cannot be meant; the text says what."""


def event_of(posted: Posted) -> UUID:
    """The id under which the move is made once. Raises Unclear."""
    try:
        return UUID(posted.get("event", ""))
    except ValueError as error:
        raise Unclear(_("The form was incomplete. Please do it again.")) from error


def plain(verb: Act) -> Act:
    def act(job: Any, posted: Posted, **who: Any) -> None:
        verb(job, **who)

    return act


def picks(verb: Act) -> Act:
    def act(job: Any, posted: Posted, **who: Any) -> None:
        verb(job, units_of(job, posted), **who)

    return act


def pick_first(verb: Act, pick: Act) -> Act:
    """The picking form's last button: what it says is kept first, even when the move
    itself is refused."""

    def act(job: Any, posted: Posted, *, by: str, event_id: UUID) -> None:
        if any(name.startswith("line-") for name in posted):
            units = units_of(job, posted)
            pick(job, units, by=by, event_id=derived(event_id, "pick"))
        verb(job, posted, by=by, event_id=event_id)

    return act


def units_of(job: Any, posted: Posted) -> dict[int, int]:
    """{position: units}; a button may say that all was found. Raises Unclear."""
    if posted.get("all"):
        return {
            line.position: line.quantity - getattr(line, "short", 0)
            for line in job.lines.all()
        }
    return {
        whole(name.removeprefix("line-")): whole(value)
        for name, value in posted.items()
        if name.startswith("line-")
    }


def whole(text: str) -> int:
    """Raises Unclear."""
    try:
        return int(text)
    except ValueError as error:
        raise Unclear(_("A quantity is a whole number.")) from error


def reason_of(posted: Posted, known: Mapping[str, Any]) -> str:
    """Raises Unclear."""
    reason = posted.get("reason", "")
    if reason not in known:
        raise Unclear(_("Say why, please."))
    return reason
