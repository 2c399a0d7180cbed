"""What a journey must know before it begins, read from the house's databases."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tests.living import House

APART = ("multichannel", "cross-channel")


@dataclass(frozen=True)
class Goods:
    """A product that the warehouse and every store of Paris have plenty of."""

    gtin: str
    title: str
    price: Decimal  # on the web


def side(house: House, channel: str) -> str:
    """The database in which that channel's rows lie."""
    return channel if house.level in APART else "shared"


def goods(house: House, many: int = 2) -> list[Goods]:
    rows = house.rows(
        side(house, "pos"),
        """
        SELECT v.gtin FROM inventory_stocklevel s
        JOIN inventory_variant v ON v.id = s.variant_id
        JOIN inventory_location l ON l.id = s.location_id
        WHERE l.code IN ('BAT', 'LFO') AND v.unit = 'piece'
        GROUP BY v.gtin
        HAVING count(*) = 2 AND min(s.on_hand - s.reserved - s.safety) >= 12
        ORDER BY v.gtin
        """,
    )
    listed = house.rows(
        side(house, "webshop"),
        """
        SELECT v.gtin, li.title, p.amount FROM inventory_listing li
        JOIN inventory_variant v ON v.id = li.variant_id
        JOIN inventory_price p ON p.listing_id = li.id
        WHERE li.origin = 'webshop' AND v.gtin = ANY(%s)
        ORDER BY v.gtin
        """,
        [gtin for (gtin,) in rows],
    )
    return [Goods(*row) for row in listed[:many]]


def card_of(house: House, first_name: str, channel: str) -> str:
    ((card,),) = house.rows(
        side(house, channel),
        "SELECT card FROM retail_customer WHERE first_name = %s AND origin = %s",
        first_name,
        channel,
    )
    return card


def holds(house: House) -> None:
    """The books of every open database hold."""
    house.manage("books", "check", "--json")


def points_of(house: House, first_name: str) -> dict[str, int]:
    """{owner of the account: points}, of one person's accounts."""
    return dict(
        house.rows(
            side(house, "webshop"),
            """
            SELECT a.origin, a.balance FROM retail_loyaltyaccount a
            JOIN retail_customer c ON c.id = a.customer_id WHERE c.first_name = %s
            """,
            first_name,
        )
    )


def held(house: House, store: str, goods: Goods) -> int:
    """Units of it that the store keeps for somebody."""
    ((units,),) = house.rows(
        side(house, "pos"),
        """
        SELECT s.reserved FROM inventory_stocklevel s
        JOIN inventory_variant v ON v.id = s.variant_id
        JOIN inventory_location l ON l.id = s.location_id
        WHERE v.gtin = %s AND l.code = %s
        """,
        goods.gtin,
        store,
    )
    return units


def points_apart(house: House, first_name: str) -> dict[str, int]:
    """The same while databases are apart: each account in its own, and in no other."""
    found: dict[str, int] = {}
    for alias in ("webshop", "pos"):
        rows = house.rows(
            alias,
            """
            SELECT a.origin, a.balance FROM retail_loyaltyaccount a
            JOIN retail_customer c ON c.id = a.customer_id WHERE c.first_name = %s
            """,
            first_name,
        )
        assert {origin for origin, _ in rows} == {alias}
        found |= dict(rows)
    return found
