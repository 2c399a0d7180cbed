"""A pickup's moves as a store's forms ask for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.ids import derived
from inventory.models import Location, LocationKind
from retail.fulfilment import deadlines, pickup, shelves
from retail.fulfilment.models import PickupJob
from retail.fulfilment.name_checks import Desk, reason_for, second_person
from retail.fulfilment.typed_work import (
    Act,
    Posted,
    Unclear,
    pick_first,
    picks,
    plain,
    reason_of,
    units_of,
    whole,
)
from retail.fulfilment.words import REASONS, SHORT_REASONS
from retail.interfaces.typed import one_line

__all__ = ["STORE_ACTS", "hand_over"]


def _short(job: PickupJob, posted: Posted, **who: Any) -> None:
    """The form counts what is missing now; the verb wants it in all."""
    position = whole(posted.get("position", ""))
    known = dict(job.lines.values_list("position", "short"))
    missing = known.get(position, 0) + whole(posted.get("units", ""))
    pickup.short(
        job,
        {position: missing},
        reason=reason_of(posted, SHORT_REASONS),
        offers=_offers(position, posted),
        **who,
    )


def _offers(position: int, posted: Posted) -> list[pickup.Instead]:
    """The one article that the form offers for the line, or none."""
    gtin = posted.get("instead", "").strip()
    if not gtin:
        return []
    variant = shelves.by_gtin(gtin)
    if variant is None:
        raise Unclear(_("This article is not known."))
    units = whole(posted.get("instead_units") or posted.get("units", ""))
    return [pickup.Instead(position, variant.id, units)]


def _await_transfer(job: PickupJob, posted: Posted, **who: Any) -> None:
    """So many units of one line, from the store that was chosen."""
    source = Location.objects.filter(
        code=posted.get("source", ""), kind=LocationKind.STORE
    ).first()
    if source is None:
        raise Unclear(_("Say which store it comes from."))
    asked = {whole(posted.get("position", "")): whole(posted.get("units", ""))}
    reason = reason_of(posted, SHORT_REASONS)
    pickup.await_transfer(job, asked, source=source, reason=reason, **who)


def _stage(job: PickupJob, posted: Posted, *, by: str, event_id: UUID) -> None:
    """The bags stand on their shelf; a second button tells the customer at once."""
    shelf = one_line(posted.get("shelf", ""), most=20)
    if not shelf:
        raise Unclear(_("Say which shelf the bag stands on."))
    bags = whole(posted.get("bags") or "1")
    pickup.stage(job, shelf=shelf, bags=bags, by=by, event_id=event_id)
    if posted.get("then") == "ready":
        pickup.ready(job, by=by, event_id=derived(event_id, "ready"))


def _extend(job: PickupJob, posted: Posted, **who: Any) -> None:
    held = job.hold_until or timezone.now()
    until = deadlines.extended_until(job.location, held)
    pickup.extend(job, until=until, **who)


def _check_in(job: PickupJob, posted: Posted, **who: Any) -> None:
    pickup.check_in(job, place=one_line(posted.get("place", ""), most=60), **who)


def hand_over(job: PickupJob, posted: Posted, *, desk: Desk, **who: Any) -> None:
    """All that is here, or only the units that the form names."""
    lines = units_of(job, posted) if posted.get("part") else None
    who["identity_checked"] = bool(posted.get("identity_checked"))
    if posted.get("name_checked"):
        reason = reason_for(posted)
        second = second_person(desk, posted)
        pickup.hand_over(
            job,
            name_checked=True,
            reason=reason,
            approved_by=second,
            lines=lines,
            **who,
        )
        return
    code = posted.get("code", "").strip()
    if not code:
        raise Unclear(_("Type or scan the code that the customer shows."))
    pickup.hand_over(job, code=code[:40], lines=lines, **who)


def _for_a_reason(verb: Act) -> Act:
    def act(job: Any, posted: Posted, **who: Any) -> None:
        verb(job, reason=reason_of(posted, REASONS), **who)

    return act


# "choose" is missing: what is done about a short line is the customer's to say
STORE_ACTS: dict[str, Act] = {
    "accept": plain(pickup.accept),
    "reject": _for_a_reason(pickup.reject),
    "start-picking": plain(pickup.start_picking),
    "pick": picks(pickup.pick),
    "short": _short,
    "await-transfer": _await_transfer,
    "transfer-arrived": plain(pickup.transfer_arrived),
    "stage": pick_first(_stage, pickup.pick),
    "ready": plain(pickup.ready),
    "extend": _extend,
    "check-in": _check_in,
    "hand-over": hand_over,
    "expire": plain(pickup.expire),
    "restock": plain(pickup.restock),
    "cancel": _for_a_reason(pickup.cancel),
}
