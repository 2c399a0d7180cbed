"""One code, many at once: never more often than it may be."""

from __future__ import annotations

import pytest

from retail.orders.models import Order
from retail.promotions.coupons import CouponRefused
from retail.promotions.models import CouponUse
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, free, placed
from tests.retail.orders.test_races import at_once
from tests.retail.promotions.offers import a_coupon

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)


def test_a_code_for_two_is_used_by_two(both_levels: House) -> None:
    coupon = a_coupon(most=2, rule={"kind": "percent", "percent": "10", "goods": {}})
    gtin = both_levels.gtins[0]

    def buy() -> Order | CouponRefused:
        try:
            return placed(a_parcel((gtin, 1), coupons=["MERCI"]))
        except CouponRefused as refused:
            return refused

    answers = at_once(*[buy] * 6)

    assert sum(isinstance(each, Order) for each in answers) == 2
    coupon.refresh_from_db()
    assert (coupon.used, CouponUse.objects.count()) == (2, 2)
    # the goods of those who were refused are free
    assert free("W01", gtin) == 8
