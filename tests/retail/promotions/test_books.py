"""Each check of offers catches the violation it is for."""

from __future__ import annotations

import pytest

from retail import books
from retail.promotions.books import CHECKS
from tests.inventory.owner import as_owner
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, placed
from tests.retail.promotions.offers import a_coupon, an_offer

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)

LOOSENED = """
ALTER TABLE retail_coupon DROP CONSTRAINT coupon_within_limit;
ALTER TABLE retail_orderline DROP CONSTRAINT order_line_discount_within;
"""
VIOLATIONS = [
    ("I52", "UPDATE retail_orderline SET discount = discount + 1"),
    ("I52", "UPDATE retail_orderline SET offers = '[]'"),
    ("I38", "UPDATE retail_coupon SET used = 0"),
    ("I38", "UPDATE retail_coupon SET most = 0"),
    ("I38", "UPDATE retail_couponuse SET given_back_at = now()"),
    ("I38", "UPDATE retail_couponuse SET origin = 'pos'"),
    ("I38", "UPDATE retail_promotion SET origin = 'pos'"),
]


def test_each_check_catches_its_violation(apart: House) -> None:
    an_offer()
    a_coupon(most=1)
    placed(a_parcel((apart.gtins[2], 2), coupons=["MERCI"]))
    assert [each for each in CHECKS if not books.run(each, "webshop").holds] == []
    for id, violation in VIOLATIONS:
        [check] = [each for each in CHECKS if each.id == id]
        with as_owner("webshop") as owner:
            owner.execute(LOOSENED)
            owner.execute(violation)  # type: ignore[call-overload]
            caught = owner.execute(check.sql).fetchall()  # type: ignore[call-overload]
        assert caught, violation
