"""Writing down what a customer is to be told: rows beside their cause, sent later.

A notice is written in the transaction of what it tells, in the order's own database, so
that it is told exactly when that happened; `sending` sends it afterwards.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.ids import derived
from inventory.inserting import insert
from retail.customers.models import Customer
from retail.notices.models import Notice, Way
from retail.orders.models import Order

__all__ = ["BY_SMS", "KINDS", "OPTIONAL", "SMS", "UnknownNotice", "notify"]

KINDS = frozenset(
    {
        "order_received",
        "pickup_ready",
        "pickup_short",
        "pickup_refused",
        "choice_made_for_you",
        "pickup_reminder",
        "pickup_expired",
        "pickup_extended",
        "pickup_transfer",
        "pickup_collector",
        "order_cancelled",
        "refunded",
        "reservation_lapsed",
        "parcel_shipped",
        "collected_thanks",
    }
)
# Those that somebody on the way wants to know now; only where the order has a phone.
BY_SMS = frozenset(
    {"pickup_ready", "pickup_short", "pickup_refused", "pickup_reminder"}
)
# Those that a customer may do without; the others say what happens to an order.
OPTIONAL = frozenset({"pickup_reminder", "collected_thanks"})
SMS = "sms"  # among what is unwanted: short messages, of whatever kind


class UnknownNotice(Exception):
    """Nobody has written what a notice of this kind says."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def notify(
    kind: str,
    *,
    order: Order,
    subject: UUID,
    data: Mapping[str, Any] | None = None,
    key: str = "",
    due: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """The order's customer is told this, once: the same kind about the same `subject`
    (an order, a fulfilment) with the same `key` again has no effect.

    `data` are the values of its text as JSON, none of them personal: names, codes and
    links are added when it is sent. With `due` it is sent then, if it is still true.
    What the customer does without is not written: see `Customer.unwanted`. Inside the
    transaction of the cause; one INSERT, and a query where they may have said so.
    Raises UnknownNotice.
    """
    if kind not in KINDS:
        raise UnknownNotice(kind)
    at = at or timezone.now()
    ways = {Way.EMAIL: order.email}
    if kind in BY_SMS:
        ways[Way.SMS] = order.phone
    if kind in OPTIONAL or ways.get(Way.SMS):
        unwanted = _unwanted(order)
        if kind in OPTIONAL and kind in unwanted:
            return
        if SMS in unwanted:
            ways.pop(Way.SMS, None)
    insert(
        [
            Notice(
                id=derived(subject, "notice", kind, way, key),
                origin=order.origin,
                kind=kind,
                way=way,
                subject=subject,
                key=key,
                order_id=order.id,
                address=address,
                language=order.language,
                data=dict(data or {}),
                made_at=at,
                due_at=due or at,
            )
            for way, address in ways.items()
            if address
        ],
        unless_there=True,
    )


def _unwanted(order: Order) -> list[str]:
    """Of a guest nothing is known."""
    if order.customer_id is None:
        return []
    found = Customer.objects.filter(id=order.customer_id)
    return found.values_list("unwanted", flat=True).first() or []
