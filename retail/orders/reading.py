"""What an order is decided by, read in one statement before its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inventory.places import Channel, Origin
from inventory.prices import Priced, priced_asked
from inventory.questions import Question, Row, answers, columns_of, row_of
from retail.fulfilment.terms import Store, store_asked
from retail.orders.asking import Asked
from retail.orders.models import Order
from retail.orders.numbers import number_asked
from retail.promotions.models import Promotion
from retail.promotions.offering import in_force_asked, place_of

__all__ = ["Read", "order_of", "read"]

_ORDER = f"SELECT {columns_of(Order, 'o')} FROM retail_order o WHERE id = %(id)s"  # noqa: S608


@dataclass(frozen=True)
class Read:
    """`order` is the one that has this id already; `number` the next one, "" where
    there is such an order. `store` is that of the wish; `goods` {gtin: what the web asks
    for it}; `running` the offers that are given there without a code."""

    order: Order | None
    number: str
    store: Store | None
    goods: dict[str, Priced]
    running: list[Promotion]


def read(id: UUID, wish: Asked, *, at: datetime) -> Read:
    """One query."""
    return Read(
        *answers(
            _order_asked(id),
            number_asked(id, Origin.WEBSHOP),
            store_asked(wish.location_code if wish.collects else ""),
            priced_asked(Channel.WEBSHOP, [gtin for gtin, _ in wish.lines], at=at),
            in_force_asked(place_of(Channel.WEBSHOP), at=at),
        )
    )


def order_of(id: UUID) -> Order | None:
    """The order of this id, if there is one. One query."""
    return answers(_order_asked(id))[0]


def _order_asked(id: UUID) -> Question[Order | None]:
    return Question(_ORDER, {"id": id}, _first)


def _first(rows: Sequence[Row]) -> Order | None:
    return row_of(Order, rows[0])[0] if rows else None
