"""Baskets of other systems: gathered there, priced here. One is its key's, under the id
that the caller made, and is forgotten when nobody has changed it for a month.

They lie beside visitors' baskets, as those of a session of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from inventory import prices
from inventory.ids import derived
from inventory.inserting import insert
from inventory.places import Channel, Origin
from retail import channels
from retail.orders.asking import UnknownProduct
from retail.orders.models import Basket, BasketLine

__all__ = ["KEPT", "find", "forget", "remove", "replace"]

KEPT = timedelta(days=30)
MARK = "key:"  # no hash of a visitor's session begins so


def find(id: UUID, *, maker: str) -> Basket | None:
    """One query."""
    return _own(id, maker).first()


def replace(
    id: UUID,
    *,
    maker: str,
    lines: Mapping[str, int],
    coupons: Sequence[str],
    at: datetime,
) -> tuple[Basket, bool]:
    """The basket as it is now, and whether it is new. `lines` are units by GTIN; all that
    lay in it before is gone. Opens its own transaction. Raises UnknownProduct, and
    Basket.DoesNotExist where the id is somebody else's."""
    found = prices.priced(Channel.WEBSHOP, list(lines), at=at)
    if unknown := [gtin for gtin in lines if gtin not in found]:
        raise UnknownProduct(*unknown)
    wanted = Basket(
        id=id,
        origin=Origin.WEBSHOP,
        session=_session(id, maker),
        begun_at=at,
        coupons=list(coupons),
    )
    with channels.atomic():
        changed = _own(id, maker).update(begun_at=at, coupons=wanted.coupons)
        if not changed:
            insert([wanted], unless_there=True)
            # two at once: the second waited for the first's row and finds it here
            _own(id, maker).select_for_update(of=("self",)).get()
        BasketLine.objects.filter(basket_id=id).delete()
        insert(
            BasketLine(
                id=derived(id, "line", found[gtin].variant_id),
                origin=wanted.origin,
                basket_id=id,
                variant_id=found[gtin].variant_id,
                quantity=units,
            )
            for gtin, units in lines.items()
        )
    return wanted, not changed


def remove(id: UUID, *, maker: str) -> bool:
    """Whether it was there."""
    with channels.atomic():
        return bool(_own(id, maker).delete()[0])


def forget(now: datetime) -> int:
    """Of the pinned channel's database; answers how many."""
    with channels.atomic():
        old = Basket.objects.filter(
            session__startswith=MARK, begun_at__lt=now - KEPT
        ).delete()
    return old[1].get(Basket._meta.label, 0)


def _own(id: UUID, maker: str) -> QuerySet[Basket]:
    return Basket.objects.filter(id=id, session=_session(id, maker))


def _session(id: UUID, maker: str) -> str:
    return MARK + sha256(f"{maker} {id}".encode()).hexdigest()[:60]
