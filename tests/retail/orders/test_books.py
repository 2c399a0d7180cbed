"""Each check of orders and money catches the violation it is for. The violation is made
by the tables' owner, constraints dropped and triggers off, and rolled back."""

from __future__ import annotations

import pytest

from inventory.ids import new_id
from retail import books
from retail.fulfilment import returning
from retail.orders import books as orders_books
from retail.orders.cancelling import cancel
from retail.orders.paying import PaymentDeclined, pay
from retail.payments import books as payments_books
from tests.builders import BOB, a_parcel_order, a_pickup_order, parcel_of, shipped
from tests.inventory.owner import as_owner
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, alice, placed

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)
CHECKS = {c.id: c for c in [*orders_books.CHECKS, *payments_books.CHECKS]}

LOOSENED = """
ALTER TABLE retail_refund DISABLE TRIGGER USER;
ALTER TABLE retail_orderevent DISABLE TRIGGER USER;
ALTER TABLE retail_order DROP CONSTRAINT order_total_adds_up;
ALTER TABLE retail_payment DROP CONSTRAINT refunded_within_captured;
"""
VIOLATIONS = [
    ("I10", "UPDATE retail_order SET status = 'cancelled' WHERE status = 'placed'"),
    ("I10", "UPDATE retail_order SET status = 'payment_failed'"),
    ("I12", "UPDATE retail_payment SET refunded = captured + 1"),
    ("I12", "DELETE FROM retail_refund"),
    ("I12", "UPDATE retail_refund SET amount = amount - 1"),
    (
        "I12",
        (
            "UPDATE retail_payment SET captured = amount - 1, to_take = 0"
            " WHERE status = 'captured' AND refunded = 0"
        ),
    ),
    ("I12", "UPDATE retail_payment SET captured = 1 WHERE status = 'failed'"),
    ("I12", "UPDATE retail_payment SET reserved = 0 WHERE status = 'authorised'"),
    ("I12", "UPDATE retail_fulfilmentline SET fulfilled = quantity"),
    (
        "I12",
        (
            "UPDATE retail_orderline SET dropped = 1 WHERE order_id IN"
            " (SELECT id FROM retail_order WHERE status = 'completed')"
        ),
    ),
    (
        "I12",
        (
            "UPDATE retail_payment SET method = 'at_store', captured = 0, to_take = 0"
            " WHERE status = 'captured' AND refunded = 0;"
            " UPDATE retail_order SET finished_at = now() - interval '1 hour'"
            " WHERE status = 'completed'"
        ),
    ),
    ("I14", "UPDATE retail_order SET total = total + 1"),
    ("I14", "UPDATE retail_order SET goods = goods + 1, total = total + 1"),
    ("I14", "UPDATE retail_orderline SET unit_price = unit_price + 1"),
    ("I14", "UPDATE retail_orderline SET total = total + 1"),
    ("I14", "UPDATE retail_orderline SET replaces = 99"),
    ("I14", "UPDATE retail_order SET tax = total + 1"),
    ("I14", "UPDATE retail_order SET points_redeemed = 30"),
    ("I14", "UPDATE retail_payment SET currency = 'USD'"),
    (
        "I15",
        "UPDATE retail_orderevent SET before = 'completed', after = 'placed'",
    ),
    ("I16", "UPDATE retail_order SET status = 'placed' WHERE status = 'completed'"),
    ("I16", "UPDATE retail_order SET status = 'completed' WHERE status = 'placed'"),
    ("I16", "UPDATE retail_fulfilment SET status = 'cancelled'"),
    ("I16", "UPDATE retail_fulfilment SET status = 'awaiting_payment'"),
    ("I16", "DELETE FROM retail_orderevent WHERE kind = 'completed'"),
    ("I17", "UPDATE retail_orderline SET origin = 'pos'"),
    ("I17", "UPDATE retail_orderevent SET origin = 'pos'"),
    ("I17", "UPDATE retail_payment SET origin = 'pos'"),
    ("I17", "UPDATE retail_refund SET origin = 'pos'"),
    ("I17", "UPDATE retail_fulfilment SET origin = 'pos'"),
    ("I17", "UPDATE retail_customer SET origin = 'pos'"),
    ("I22", "UPDATE retail_order SET body_hash = ''"),
    ("I22", "UPDATE retail_order SET maker = ''"),
]


def ordered(house: House) -> None:
    """Orders in every state that placing, paying and cancelling give."""
    placed(a_parcel((house.gtins[0], 1)))
    failed = placed(a_parcel((house.gtins[0], 1)))
    with pytest.raises(PaymentDeclined):
        pay(failed, payment_id=new_id(), token="decline")
    customer = alice(with_points=60)
    wish = a_parcel((house.gtins[1], 1), redeem_points=60)
    pay(placed(wish, customer=customer), payment_id=new_id(), token="approve")
    shipped(a_parcel_order(house))
    back = parcel_of(shipped(a_parcel_order(house)))
    returning.take_back(back, by=BOB, event_id=new_id())
    cancel(a_parcel_order(house), by="customer:1")
    a_pickup_order(house)


def test_each_check_catches_its_violation(both_levels: House) -> None:
    """One test, because its orders are committed and cloning takes time."""
    alias = "webshop" if both_levels.level == "cross-channel" else "shared"
    ordered(both_levels)
    found = {each: books.run(check, alias) for each, check in CHECKS.items()}
    assert [r for r in found.values() if not r.holds] == []

    for check_id, violation in VIOLATIONS:
        with as_owner(alias) as owner:
            owner.execute(LOOSENED)
            owner.execute(violation)  # type: ignore[call-overload]
            caught = owner.execute(CHECKS[check_id].sql).fetchall()  # type: ignore[call-overload]
        assert caught, (check_id, violation)


def test_every_check_has_a_violation() -> None:
    assert {check_id for check_id, _ in VIOLATIONS} == set(CHECKS)
