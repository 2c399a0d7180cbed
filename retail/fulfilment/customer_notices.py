"""Which news of a place its customer is told by e-mail or SMS, in the transaction that
hears it. A state that was passed over by later news is not told any more."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from retail.fulfilment import deadlines
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.states import PickupStatus
from retail.notices.telling import notify
from retail.orders.models import Order

__all__ = ["default_choice", "parcel_left", "tell_customer"]


def tell_customer(
    fulfilment: Fulfilment, payload: Mapping[str, Any], *, was: str, at: datetime
) -> None:
    """`payload` is the news, `was` the promise's state before it."""
    found = list(_told(fulfilment, payload, was=was, at=at))
    if not found:
        return
    order = Order.objects.get(id=fulfilment.order_id)
    for kind, given in found:
        notify(kind, order=order, subject=fulfilment.id, at=at, **given)


def _told(
    fulfilment: Fulfilment, payload: Mapping[str, Any], *, was: str, at: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, what else `notify` is given)."""
    status, version = payload["status"], str(fulfilment.job_version)
    choose_by = _iso(fulfilment.choose_by)
    if status == PickupStatus.READY:
        until = {"hold_until": _iso(fulfilment.hold_until)}
        if was != PickupStatus.READY:
            yield "pickup_ready", {"data": until}
        if payload["move"] == "extend":
            yield "pickup_extended", {"data": until}
        if fulfilment.hold_until is not None:
            # written now, sent on the last day if it is still true then; another one
            # for another last day
            due = deadlines.remind_at(fulfilment.location, fulfilment.hold_until)
            key = fulfilment.hold_until.date().isoformat()
            given = {"key": key, "due": max(due, at), "data": until}
            yield "pickup_reminder", given
    elif status == PickupStatus.SHORT:
        yield "pickup_short", {"key": version, "data": _short(fulfilment, payload)}
    elif status == PickupStatus.REJECTED:
        asked = {"choose_by": choose_by, "default": "cancel"}
        yield "pickup_refused", {"data": asked}
    elif status == PickupStatus.AWAITING_TRANSFER and was != status:
        late = {"ready_by": _iso(fulfilment.ready_by)}
        yield "pickup_transfer", {"key": version, "data": late}
    elif status == PickupStatus.EXPIRED:
        yield "pickup_expired", {}
    elif status == PickupStatus.COLLECTED:
        yield "collected_thanks", {}


def default_choice(lines: Sequence[Mapping[str, Any]]) -> str:
    """What is chosen for a customer who does not: go on where anything is left."""
    left = any(line["quantity"] > line["short"] for line in lines)
    return "drop" if left else "cancel"


def parcel_left(fulfilment: Fulfilment, *, at: datetime) -> None:
    order = Order.objects.get(id=fulfilment.order_id)
    notify("parcel_shipped", order=order, subject=fulfilment.id, at=at)


def _short(fulfilment: Fulfilment, payload: Mapping[str, Any]) -> dict[str, Any]:
    titles = {
        line.order_line.position: line.order_line.title
        for line in fulfilment.lines.select_related("order_line")
    }
    offers = fulfilment.offers
    return {
        "missing": {
            titles.get(line["position"], line.get("title", "")): line["short"]
            for line in payload["lines"]
            if line["short"]
        },
        "offers": [f"{each['quantity']} × {each['title']}" for each in offers],
        "choose_by": _iso(fulfilment.choose_by),
        "default": default_choice(payload["lines"]),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
