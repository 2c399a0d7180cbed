"""How a basket may be received, as the checkout shows it: stores with their slots, and
for each product whether it is sent or collected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.utils.translation import gettext as _

from inventory.money import ZERO
from retail.formatting import day, day_time, slot
from retail.fulfilment.models import Method
from retail.fulfilment.offering import PlaceOffer
from retail.fulfilment.slot_grid import Slot
from retail.orders.baskets import BasketContents, BasketItem
from retail.promotions.pricing import shipping_for
from webshop.reasons import refusal_of, why_then
from webshop.who import Visitor

__all__ = ["StoreRow", "default_ways", "parcel_for", "proposed", "store_rows"]


@dataclass(frozen=True)
class SlotRow:
    value: str
    words: str
    free: int
    chosen: bool


@dataclass(frozen=True)
class StoreRow:
    """`offered` has all of the basket; `partly` some of it, when the rest may be sent.
    `note` says the hour, or why there is none; `days` are (day, its slots)."""

    code: str
    name: str
    note: str
    offered: bool
    partly: bool
    ready: str
    why: list[str]
    days: list[tuple[str, list[SlotRow]]]
    picked: str
    chosen: bool = False

    @property
    def slot_name(self) -> str:
        return f"slot_{self.code}"

    @property
    def soon(self) -> bool:
        """Whether no slot is picked, or one that is gone."""
        return not any(each.chosen for _day, rows in self.days for each in rows)


def store_rows(
    offers: Iterable[PlaceOffer],
    basket: BasketContents,
    *,
    chosen: str,
    mixed: bool,
    slots: Mapping[str, str],
    now: datetime,
) -> list[StoreRow]:
    """`chosen` is a store's code, `mixed` whether a store that has some is enough,
    `slots` are {store's code: the slot picked there}. The chosen one first, then the
    offers' own order."""
    rows = [_row(each, basket, slots, now) for each in offers]
    rows.sort(key=lambda row: row.code != chosen)
    return [
        replace(
            row, chosen=row.code == chosen and (row.offered or (mixed and row.partly))
        )
        for row in rows
    ]


def _row(
    offer: PlaceOffer,
    basket: BasketContents,
    slots: Mapping[str, str],
    now: datetime,
) -> StoreRow:
    place = offer.location
    can_come = not (offer.silent or offer.terms.paused or offer.full)
    has = [line for line in basket.lines if has_all(offer, line)]
    partly = can_come and 0 < len(has) < len(basket.lines)
    open_here = offer.pickup_offered or partly
    found = offer.slots() if open_here else []
    picked = slots.get(place.code, "")
    address = f"{place.address}, {place.city}"
    ready = offer.ready_by or (offer.soonest() if partly else None)
    return StoreRow(
        code=place.code,
        name=place.name,
        note=_("Ready %(at)s · %(address)s")
        % {"at": day_time(ready, now=now), "address": address}
        if offer.pickup_offered and ready
        else refusal_of(offer),
        offered=offer.pickup_offered,
        partly=partly,
        ready=day_time(ready, now=now) if ready else "",
        why=why_then(offer),
        days=_days(found, picked, now),
        picked=picked,
    )


def has_all(offer: PlaceOffer, line: BasketItem) -> bool:
    return offer.free.get(line.product.variant_id, 0) >= line.quantity


def _days(
    slots: Iterable[Slot], picked: str, now: datetime
) -> list[tuple[str, list[SlotRow]]]:
    rows = [
        (
            day(each.starts_at, now=now),
            SlotRow(
                value=each.starts_at.isoformat(),
                words=slot(each.starts_at, each.ends_at),
                free=each.free,
                chosen=each.free > 0 and each.starts_at.isoformat() == picked,
            ),
        )
        for each in slots
    ]
    by_day = groupby(rows, key=lambda row: row[0])
    return [(name, [row for _name, row in group]) for name, group in by_day]


def default_ways(
    basket: BasketContents,
    offers: Iterable[PlaceOffer],
    parcels: Mapping[UUID, int],
    store: str,
) -> dict[str, str]:
    """{GTIN: "collect" or "ship"}: collected what the chosen store has, or the first
    that has anything; sent what it lacks and the warehouse has."""
    open_here = [each for each in offers if each.soonest() is not None]
    here = next(
        (each for each in open_here if each.location.code == store),
        max(
            open_here,
            key=lambda o: sum(has_all(o, x) for x in basket.lines),
            default=None,
        ),
    )
    return {
        line.gtin: Method.SHIP
        if (here is None or not has_all(here, line))
        and parcels.get(line.product.variant_id, 0) >= line.quantity
        else Method.COLLECT
        for line in basket.lines
    }


def parcel_for(basket: BasketContents, ways: Mapping[str, str]) -> Decimal:
    """What sending costs where only some of it is sent."""
    sent = [line.total for line in basket.lines if ways.get(line.gtin) == Method.SHIP]
    return shipping_for(sum(sent, ZERO)) if sent else ZERO


def proposed(who: Visitor, methods: list[str]) -> str | None:
    """The way that the customer prefers, where it is to be had; collecting for who chose
    a store; else they choose."""
    if who.customer and who.customer.receives in methods:
        return who.customer.receives
    return methods[0] if len(methods) == 1 or who.store_code else None
