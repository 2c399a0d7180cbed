"""Sums of an order: exact to the cent, whatever the lines are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.money import ZERO, rounded
from retail.promotions.pricing import (
    FREE_SHIPPING_FROM,
    SHIPPING,
    shipping_for,
    totals,
)

RATES = [Decimal("0.0210"), Decimal("0.0550"), Decimal("0.1000"), Decimal("0.2000")]
money = st.decimals(min_value=0, max_value=500, places=2, allow_nan=False)
lines = st.lists(
    st.tuples(st.integers(1, 9999), money, st.sampled_from(RATES)),
    min_size=1,
    max_size=12,
)


def test_one_jar_at_the_reduced_rate():
    sums = totals([(2, Decimal("3.43"), Decimal("0.0550"))])

    assert sums.line_totals == (Decimal("6.86"),)
    assert sums.goods == sums.total == Decimal("6.86")
    assert sums.tax == Decimal("0.36")


def test_shipping_is_taxed_as_the_goods_are():
    food = totals([(1, Decimal("10.55"), Decimal("0.0550"))], shipping=SHIPPING)
    soap = totals([(1, Decimal("10.55"), Decimal("0.2000"))], shipping=SHIPPING)

    assert food.tax == Decimal("0.81")
    assert soap.tax == Decimal("2.58")


def test_points_lower_the_price_and_so_the_tax():
    sums = totals([(1, Decimal("12.00"), Decimal("0.2000"))], points_value=Decimal(12))

    assert (sums.total, sums.tax) == (ZERO, ZERO)


def test_points_pay_for_goods_only():
    with pytest.raises(ValueError, match="points"):
        totals(
            [(1, Decimal("3.00"), RATES[1])], shipping=SHIPPING, points_value=Decimal(4)
        )


def test_nothing_costs_nothing():
    assert totals([]).total == ZERO


def test_from_49_euros_on_shipping_is_free():
    assert shipping_for(FREE_SHIPPING_FROM - Decimal("0.01")) == SHIPPING
    assert shipping_for(FREE_SHIPPING_FROM) == ZERO


@given(lines, money, st.floats(0, 1))
def test_the_parts_add_up_and_the_tax_is_within_them(asked, shipping, share):
    goods = sum((rounded(n * price) for n, price, _ in asked), ZERO)
    value = rounded(goods * Decimal(share).quantize(Decimal("0.001")))
    sums = totals(asked, shipping=shipping, points_value=min(value, goods))

    assert sum(sums.line_totals, ZERO) == sums.goods == goods
    assert sums.total == sums.goods + shipping - min(value, goods)
    assert ZERO <= sums.tax <= sums.total
    # never above the highest rate, give or take a cent per rate
    highest = sums.total - sums.total / (1 + max(rate for _, _, rate in asked))
    assert sums.tax <= highest + Decimal("0.04")


@given(lines)
def test_the_order_of_the_lines_does_not_matter(asked):
    one, other = totals(asked), totals(asked[::-1])

    assert (one.goods, one.tax, one.total) == (other.goods, other.tax, other.total)
