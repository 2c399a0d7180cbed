"""A move as a form asks for it: typed values in, one verb called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from retail.fulfilment import pickup, return_forms, shipping
from retail.fulfilment.models import PickupJob, ShipJob
from retail.fulfilment.mounts import Mount
from retail.fulfilment.name_checks import Desk
from retail.fulfilment.store_forms import STORE_ACTS, hand_over
from retail.fulfilment.typed_work import (
    Act,
    Posted,
    Unclear,
    event_of,
    pick_first,
    picks,
    plain,
    reason_of,
    whole,
)
from retail.fulfilment.words import REASONS
from retail.interfaces.typed import one_line
from retail.staff.agreeing import NotAManager
from retail.staff.signing_in import Locked, WrongPin

__all__ = ["REFUSALS", "Unclear", "event_of", "make", "whole"]

REFUSALS = (
    Locked,
    NotAManager,
    WrongPin,
    pickup.BadBags,
    pickup.BadLines,
    pickup.BadOffer,
    pickup.ExtendedBefore,
    pickup.IdReused,
    pickup.IdentityNeeded,
    pickup.IllegalMove,
    pickup.Incomplete,
    pickup.NoTransfer,
    pickup.NotPaid,
    pickup.NotSameOwner,
    pickup.OutOfStock,
    pickup.WrongCode,
    shipping.BadTracking,
)


def make(
    mount: Mount,
    name: str,
    job: PickupJob | ShipJob,
    posted: Posted,
    *,
    by: str,
    desk: Desk,
) -> None:
    """Make the move `name` with what was typed. Raises KeyError for a move that this
    place does not make by hand, Unclear, and the verb's refusals."""
    acts = STORE_ACTS if mount.is_store else WAREHOUSE_ACTS
    act = acts[name]
    more = {"desk": desk} if act is hand_over else {}
    act(job, posted, by=by, event_id=event_of(posted), **more)


def _ship(job: ShipJob, posted: Posted, **who: Any) -> None:
    shipping.ship(job, tracking=one_line(posted.get("tracking", ""), most=80), **who)


def _return(job: ShipJob, posted: Posted, **who: Any) -> None:
    try:
        return_forms.from_form(job, posted, **who)
    except ValueError as error:
        raise Unclear(_("A quantity is a whole number.")) from error


def _cancel(job: ShipJob, posted: Posted, **who: Any) -> None:
    shipping.cancel(job, reason=reason_of(posted, REASONS), **who)


WAREHOUSE_ACTS: dict[str, Act] = {
    "start-picking": plain(shipping.start_picking),
    "pick": picks(shipping.pick),
    "pack": pick_first(plain(shipping.pack), shipping.pick),
    "ship": _ship,
    "deliver": plain(shipping.deliver),
    "return": _return,
    "cancel": _cancel,
}
