"""Each of stock's checks catches the violation it is for: a check that never fired is
no check. The violation is made by the owner, constraints dropped, and rolled back."""

# ruff: noqa: S608 - statements of the test itself
from __future__ import annotations

from typing import Any

import psycopg
import pytest

from inventory import reserving, stock, transferring
from inventory.books import CHECKS, Check
from inventory.ids import new_id
from inventory.models import Location, StockMovement
from inventory.places import Channel
from retail import books
from retail.channels import atomic, use_channel
from tests.inventory import goods
from tests.inventory.owner import as_owner

pytestmark = pytest.mark.django_db(databases=["default", "pos"], transaction=True)
BY = "employee:1 Ada"
Owner = psycopg.Connection[tuple[Any, ...]]
BY_ID = {check.id: check for check in [*CHECKS, books.origin_known()]}

LEVEL = "ALTER TABLE inventory_stocklevel DROP CONSTRAINT "
QUIET = "ALTER TABLE inventory_stockmovement DISABLE TRIGGER USER; "
VIOLATIONS = [
    ("I1", "UPDATE inventory_stocklevel SET on_hand = on_hand + 1"),
    ("I1", QUIET + "DELETE FROM inventory_stockmovement WHERE kind = 'sale'"),
    ("I1", "DELETE FROM inventory_stocklevel"),
    ("I2", "UPDATE inventory_stocklevel SET oversold = 1, on_hand = on_hand + 1"),
    ("I2", "UPDATE inventory_stockexception SET closed_at = now()"),
    (
        "I2",
        LEVEL + "reserved_within_on_hand; "
        "UPDATE inventory_stocklevel SET reserved = on_hand + 1",
    ),
    (
        "I2",
        LEVEL + "reserved_within_on_hand; " + LEVEL + "stock_never_negative; "
        "UPDATE inventory_stocklevel SET on_hand = -1",
    ),
    ("I3", "UPDATE inventory_stocklevel SET reserved = 0"),
    ("I3", "UPDATE inventory_reservation SET state = 'expired' WHERE state = 'held'"),
    ("I3", "DELETE FROM inventory_stocklevel"),
    (
        "I4",
        QUIET
        + "UPDATE inventory_stockmovement SET quantity = -1 WHERE kind = 'receive'",
    ),
    ("I4", "DELETE FROM inventory_stockexception"),
    ("I4", "UPDATE inventory_stocklevel SET sequence = sequence + 1"),
    (
        "I5",
        "UPDATE inventory_reservation SET expires_at = now() - interval '3 minutes'",
    ),
    ("I6", QUIET + "DELETE FROM inventory_stockmovement WHERE kind = 'fulfilment'"),
    ("I6", "UPDATE inventory_reservation SET state = 'claimed'"),
    ("I6", "UPDATE inventory_reservation SET quantity = 9 WHERE state = 'claimed'"),
    ("I7", "UPDATE inventory_transfer SET status = 'sent' WHERE status = 'asked'"),
    ("I7", "UPDATE inventory_transfer SET status = 'asked' WHERE status = 'received'"),
    ("I7", "UPDATE inventory_transferline SET quantity = quantity + 1"),
    ("I7", "DELETE FROM inventory_transferline"),
    ("I9", "UPDATE inventory_location SET channel = 'webshop'"),
    ("I9", "UPDATE inventory_stocklevel SET origin = 'webshop'"),
    ("I9", "UPDATE inventory_reservation SET origin = 'webshop'"),
    ("I9", QUIET + "UPDATE inventory_stockmovement SET origin = 'webshop'"),
    ("I45", "UPDATE inventory_stocklevel SET origin = 'webshop'"),
    (
        "I45",
        (
            "ALTER TABLE inventory_variant DROP CONSTRAINT variant_has_owner;"
            "UPDATE inventory_variant SET origin = 'nobody'"
        ),
    ),
]


def traded() -> None:
    """A bit of everything: held, claimed, sold, oversold, moved to another place."""
    with use_channel(Channel.POS), atomic():
        place = goods.a_place()
        a, b = goods.variants(2)
        goods.stocked(place, {a: 6})
        reserving.reserve(place, {a: 1}, kind="fulfilment", reference="F1")
        reserving.reserve(place, {a: 2}, kind="fulfilment", reference="F2")
        reserving.claim(kind="fulfilment", reference="F1", by=BY)
        stock.sell_at_till(place, {a: 1, b: 2}, reference="K1", by=BY)
        other = goods.a_place("M02")
        moved = transferring.ask(place, other, {a: 1}, id=new_id(), by=BY)
        transferring.send(moved, by=BY)
        transferring.receive(moved, by=BY)
        transferring.ask(place, other, {a: 1}, id=new_id(), by=BY)


def violations(check: Check, owner: Owner) -> int:
    given = {"owners": ["pos"]} if "%(owners)s" in check.sql else None
    return len(owner.execute(check.sql, given).fetchall())


def test_each_check_catches_its_violation() -> None:
    """One test, because its trade is committed and cloning a database takes time."""
    traded()
    for check in BY_ID.values():
        assert books.run(check, "pos").rows == 0, check.id
    for check_id, violation in VIOLATIONS:
        with as_owner("pos") as owner:
            owner.execute(violation)
            assert violations(BY_ID[check_id], owner) > 0, (check_id, violation)
    for check in BY_ID.values():
        assert books.run(check, "pos").rows == 0, check.id


def test_every_check_has_a_violation() -> None:
    assert {check_id for check_id, _ in VIOLATIONS} == set(BY_ID)


def test_settled_dips_are_no_violation() -> None:
    traded()
    with use_channel(Channel.POS), atomic():
        place = Location.objects.get(code="M01")
        b = StockMovement.objects.get(kind="sale", quantity=-2).variant_id
        goods.stocked(place, {b: 1})
        stock.sell_at_till(place, {b: 3}, reference="K2", by=BY)
        goods.stocked(place, {b: 9})
    for check in CHECKS:
        assert books.run(check, "pos").rows == 0, check.id
