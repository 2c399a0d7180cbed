"""Keeping an order's goods for it: in the stock's own row where we own the place, by a
claim on the feed's row where a store's stock is only known by its feed.

`sourcing.owns` is the only branch here. All verbs here run inside a transaction, after
everything else that the transaction writes, so that a much wanted row of stock is
locked for the shortest time. The order is stock first, points after it, as at the till.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from inventory import reserving
from inventory.models import LocationKind, Reservation, ReservationState
from retail.fulfilment import feed, sourcing
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.terms import terms_of
from retail.orders.models import Order
from retail.payments.models import PaymentMethod, PaymentStatus

__all__ = [
    "HOLD",
    "KIND",
    "hold",
    "in_order",
    "keep",
    "let_go",
    "quantities_of",
    "waiting",
]

# How long goods wait for the money, from each attempt to pay on.
HOLD = timedelta(minutes=15)


def quantities_of(fulfilment: Fulfilment) -> dict[UUID, int]:
    """Units per variant that are still to be had; one query."""
    return {
        variant: quantity - dropped
        for variant, quantity, dropped in fulfilment.lines.values_list(
            "variant_id", "quantity", "dropped"
        )
        if quantity > dropped
    }


def hold(
    fulfilment: Fulfilment,
    quantities: Mapping[UUID, int],
    *,
    expires_at: datetime | None,
    at: datetime,
    margin: int | None = None,
) -> None:
    """All lines or nothing; raises OutOfStock. One or two statements, one more where
    the caller does not say which `margin` of units the store keeps from the web."""
    if margin is None:
        margin = _margin(fulfilment)
    if sourcing.owns(fulfilment.location):
        reserving.reserve(
            fulfilment.location,
            dict(quantities),
            kind=KIND,
            reference=str(fulfilment.id),
            expires_at=expires_at,
            at=at,
            margin=margin,
        )
    else:
        feed.claim(fulfilment.location, dict(quantities), margin=margin)


def _margin(fulfilment: Fulfilment) -> int:
    if fulfilment.location.kind == LocationKind.WAREHOUSE:
        return 0
    return terms_of([fulfilment.location])[fulfilment.location_id].buffer


def in_order(fulfilments: Iterable[Fulfilment]) -> list[Fulfilment]:
    """Whoever holds or lets go the goods of several promises takes them in this order,
    so that two orders of the same places do not wait in a circle."""
    return sorted(fulfilments, key=lambda each: each.location_id)


def keep(fulfilment: Fulfilment, *, held: bool, at: datetime) -> None:
    """Paid for: the goods wait without an end. `held` says whether they were still
    held for it; where the hold had ended they are taken anew. Raises OutOfStock."""
    if not sourcing.owns(fulfilment.location):
        if not held:
            feed.claim(
                fulfilment.location,
                quantities_of(fulfilment),
                margin=_margin(fulfilment),
            )
        return
    wanted = quantities_of(fulfilment)
    reference = str(fulfilment.id)
    try:
        reserving.keep(kind=KIND, reference=reference)
    except reserving.HoldGone:
        hold(fulfilment, wanted, expires_at=None, at=at)
        return
    # a till may have sold part of it; `keep` has locked what is left
    held_now = dict(
        Reservation.objects.filter(
            kind=KIND, reference=reference, state=ReservationState.HELD
        ).values_list("variant_id", "quantity")
    )
    if held_now != wanted:
        reserving.release(kind=KIND, reference=reference)
        hold(fulfilment, wanted, expires_at=None, at=at)


def let_go(
    fulfilment: Fulfilment, quantities: Mapping[UUID, int], *, state: str = "released"
) -> None:
    """Everybody else may have the goods again."""
    if sourcing.owns(fulfilment.location):
        reserving.release(kind=KIND, reference=str(fulfilment.id), state=state)
    else:
        feed.unclaim(fulfilment.location, dict(quantities))


def waiting(order: Order) -> bool:
    """Whether an unpaid order's goods are held: exactly while one attempt to pay is
    pending. A claim on the feed carries no name, so this is how it is known."""
    return order.payments.filter(
        method=PaymentMethod.ONLINE, status=PaymentStatus.PENDING
    ).exists()
