"""One code, many at once: never more often than it may be."""

from __future__ import annotations

import pytest

from inventory.ids import new_id
from retail import channels
from retail.orders.models import Order
from retail.promotions import coupons
from retail.promotions.coupons import CouponRefused
from retail.promotions.models import CouponUse, UseKind
from tests.levels import SIDES
from tests.retail.orders.house import NOON, House, a_parcel, free, placed
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


def test_one_purchase_sent_many_times_uses_a_code_once(apart: House) -> None:
    coupon, order = a_coupon(most=2), new_id()

    def use() -> None:
        with channels.atomic():
            coupons.use([coupon], kind=UseKind.ORDER, reference=order, at=NOON)

    def give_back() -> int:
        with channels.atomic():
            return coupons.give_back(order, at=NOON)

    at_once(*[use] * 4)
    coupon.refresh_from_db()
    assert (coupon.used, CouponUse.objects.count()) == (1, 1)

    assert sorted(at_once(*[give_back] * 3)) == [0, 0, 1]
    coupon.refresh_from_db()
    assert coupon.used == 0
