"""A move as a form asks for it: typed values in, one verb called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from inventory.ids import derived
from retail.fulfilment import pickup, return_forms, shipping
from retail.fulfilment.models import PickupJob, ShipJob
from retail.fulfilment.mounts import Mount
from retail.fulfilment.words import REASONS, SHORT_REASONS
from retail.interfaces.typed import one_line

__all__ = ["REFUSALS", "Unclear", "event_of", "make"]

Posted = Mapping[str, str]
Act = Callable[..., Any]

REFUSALS = (
    pickup.BadLines,
    pickup.IdReused,
    pickup.IllegalMove,
    pickup.Incomplete,
    pickup.NotPaid,
    pickup.WrongCode,
    shipping.BadTracking,
)


class Unclear(Exception):
    """Something in the form is missing or cannot be meant; the text says what."""


def event_of(posted: Posted) -> UUID:
    """The id under which the move is made once. Raises Unclear."""
    try:
        return UUID(posted.get("event", ""))
    except ValueError as error:
        raise Unclear(_("The form was incomplete. Please do it again.")) from error


def make(
    mount: Mount, name: str, job: PickupJob | ShipJob, posted: Posted, *, by: str
) -> None:
    """Make the move `name` with what was typed. Raises KeyError for a move that this
    place does not make by hand, Unclear, and the verb's refusals."""
    acts = STORE_ACTS if mount.is_store else WAREHOUSE_ACTS
    act = acts[name]
    act(job, posted, by=by, event_id=event_of(posted))


def _plain(verb: Act) -> Act:
    def act(job: Any, posted: Posted, **who: Any) -> None:
        verb(job, **who)

    return act


def _pick(verb: Act) -> Act:
    def act(job: Any, posted: Posted, **who: Any) -> None:
        verb(job, _units(job, posted), **who)

    return act


def _then(verb: Act, pick: Act) -> Act:
    """The picking form's last button: what it says is kept first, even when the move
    itself is refused."""

    def act(job: Any, posted: Posted, *, by: str, event_id: UUID) -> None:
        if any(name.startswith("line-") for name in posted):
            units = _units(job, posted)
            pick(job, units, by=by, event_id=derived(event_id, "pick"))
        verb(job, posted, by=by, event_id=event_id)

    return act


def _units(job: Any, posted: Posted) -> dict[int, int]:
    """{position: units in the bag}; a button may say that all was found."""
    if posted.get("all"):
        return {
            line.position: line.quantity - getattr(line, "short", 0)
            for line in job.lines.all()
        }
    return {
        _whole(name.removeprefix("line-")): _whole(value)
        for name, value in posted.items()
        if name.startswith("line-")
    }


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Unclear(_("A quantity is a whole number.")) from error


def _reason(posted: Posted, known: Mapping[str, Any]) -> str:
    reason = posted.get("reason", "")
    if reason not in known:
        raise Unclear(_("Say why, please."))
    return reason


def _short(job: PickupJob, posted: Posted, **who: Any) -> None:
    """The form counts what is missing now; the verb wants it in all."""
    position = _whole(posted.get("position", ""))
    known = dict(job.lines.values_list("position", "short"))
    missing = known.get(position, 0) + _whole(posted.get("units", ""))
    pickup.short(job, {position: missing}, reason=_reason(posted, SHORT_REASONS), **who)


def _stage(job: PickupJob, posted: Posted, **who: Any) -> None:
    shelf = one_line(posted.get("shelf", ""), most=20)
    if not shelf:
        raise Unclear(_("Say which shelf the bag stands on."))
    pickup.stage(job, shelf=shelf, **who)


def _check_in(job: PickupJob, posted: Posted, **who: Any) -> None:
    pickup.check_in(job, place=one_line(posted.get("place", ""), most=60), **who)


def _hand_over(job: PickupJob, posted: Posted, **who: Any) -> None:
    if posted.get("name_checked"):
        pickup.hand_over(job, name_checked=True, **who)
        return
    code = posted.get("code", "").strip()
    if not code:
        raise Unclear(_("Type or scan the code that the customer shows."))
    pickup.hand_over(job, code=code[:40], **who)


def _for_a_reason(verb: Act) -> Act:
    def act(job: Any, posted: Posted, **who: Any) -> None:
        verb(job, reason=_reason(posted, REASONS), **who)

    return act


def _ship(job: ShipJob, posted: Posted, **who: Any) -> None:
    shipping.ship(job, tracking=one_line(posted.get("tracking", ""), most=80), **who)


def _return(job: ShipJob, posted: Posted, **who: Any) -> None:
    try:
        return_forms.from_form(job, posted, **who)
    except ValueError as error:
        raise Unclear(_("A quantity is a whole number.")) from error


# "choose" is missing: what is done about a short line is the customer's to say
STORE_ACTS: dict[str, Act] = {
    "accept": _plain(pickup.accept),
    "reject": _for_a_reason(pickup.reject),
    "start-picking": _plain(pickup.start_picking),
    "pick": _pick(pickup.pick),
    "short": _short,
    "stage": _then(_stage, pickup.pick),
    "ready": _plain(pickup.ready),
    "check-in": _check_in,
    "hand-over": _hand_over,
    "expire": _plain(pickup.expire),
    "restock": _plain(pickup.restock),
    "cancel": _for_a_reason(pickup.cancel),
}
WAREHOUSE_ACTS: dict[str, Act] = {
    "start-picking": _plain(shipping.start_picking),
    "pick": _pick(shipping.pick),
    "pack": _then(_plain(shipping.pack), shipping.pick),
    "ship": _ship,
    "deliver": _plain(shipping.deliver),
    "return": _return,
    "cancel": _for_a_reason(shipping.cancel),
}
