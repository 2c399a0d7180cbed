"""Offers and codes on web orders: what is taken off, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail import books, channels
from retail.fulfilment import pickup, returning
from retail.orders.cancelling import cancel, expire_unpaid
from retail.orders.models import Order
from retail.orders.paying import PaymentDeclined, pay
from retail.orders.placing import CouponRefused
from retail.payments.capturing import first_payment_id
from retail.promotions.coupons import Reason, find_all
from retail.promotions.making import end, make_coupon
from retail.promotions.offering import place_of
from tests.builders import (
    BOB,
    a_parcel_order,
    bob,
    money_of,
    parcel_of,
    promise_of,
    shipped,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, everything, placed
from tests.retail.orders.test_choosing import bought, decided
from tests.retail.promotions.offers import (
    FIVE_FROM_THIRTY,
    TEN_PERCENT,
    THREE_FOR_TWO,
    a_coupon,
    an_offer,
)

pytestmark = pytest.mark.django_db(databases=SIDES)
JAR, OIL, WINE = 0, 1, 2  # 3.40, 12.00 and 25.00 euros


def assert_books_hold() -> None:
    found = books.check(channels.open_databases())
    assert [each for each in found if not each.holds and each.id != "I23"] == []


def test_the_order_keeps_what_was_taken_off_and_by_what(both_levels: House) -> None:
    offer = an_offer(THREE_FOR_TWO)
    order = placed(a_parcel((both_levels.gtins[JAR], 3), (both_levels.gtins[OIL], 1)))

    jars, oil = order.lines.order_by("position")
    # four units, one of them free: the cheapest of the three dearest
    assert (jars.discount, jars.total) == (Decimal("3.40"), Decimal("6.80"))
    assert jars.offers == [
        {
            "promotion": str(offer.id),
            "name": "Remise",
            "amount": "3.40",
            "code": "",
        }
    ]
    assert (oil.discount, oil.offers, oil.total) == (0, [], Decimal(12))
    assert (order.goods, order.discount) == (Decimal("18.80"), Decimal("3.40"))
    assert_books_hold()


def test_shipping_is_free_by_what_is_paid_for_the_goods(apart: House) -> None:
    wine = a_parcel((apart.gtins[WINE], 2))
    assert placed(wine).shipping == 0
    an_offer(TEN_PERCENT)
    order = placed(wine)
    assert (order.goods, order.shipping) == (Decimal(45), Decimal("4.90"))


@pytest.mark.parametrize(
    "given",
    [
        {"starts_at": timezone.now() + timedelta(days=1)},
        {"ends_at": timezone.now() - timedelta(hours=1)},
        {"channels": ["pos"]},
        {"stores": ["M01"]},
        {"needs_code": True},
        {"channel": Channel.POS},
    ],
)
def test_an_offer_that_is_not_given_here_and_now(apart: House, given: dict) -> None:
    an_offer(TEN_PERCENT, **given)
    assert placed(a_parcel((apart.gtins[WINE], 1))).discount == 0


def test_what_is_dropped_comes_back_at_what_it_cost(both_levels: House) -> None:
    """The store misses one of three jars of which one was free."""
    an_offer(THREE_FOR_TWO)
    order = bought(both_levels, (JAR, 3))
    assert money_of(order) == Decimal("6.80")
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.short, order, {1: 1}, reason="missing")
    decided(order, promise_of(order), "drop")
    assert money_of(order) == Decimal("4.53")
    assert_books_hold()


def test_what_comes_back_is_refunded_at_what_it_cost(both_levels: House) -> None:
    an_offer(THREE_FOR_TWO)
    order = shipped(a_parcel_order(both_levels, (JAR, 3), (WINE, 2)))
    returning.take_back(parcel_of(order), by=BOB, event_id=new_id())
    order.refresh_from_db()
    assert money_of(order) == 0
    assert_books_hold()


def test_a_code_is_used_by_the_order_and_given_back(both_levels: House) -> None:
    coupon = a_coupon("MERCI", most=1)
    wish = a_parcel((both_levels.gtins[WINE], 2), coupons=["merci "])
    order = placed(wish)
    assert (order.discount, order.goods) == (Decimal(5), Decimal(45))
    assert order.lines.get().offers[0]["code"] == "MERCI"
    coupon.refresh_from_db()
    assert (coupon.used, coupon.uses.get().reference) == (1, order.id)
    with pytest.raises(CouponRefused) as refused:
        placed(wish)
    assert refused.value.reason == Reason.USED_UP

    assert cancel(order, by="customer:1") == "done"
    coupon.refresh_from_db()
    assert coupon.used == 0
    placed(wish)
    assert_books_hold()


def test_a_payment_that_failed_gives_it_back_in_the_end(apart: House) -> None:
    coupon = a_coupon(most=1)
    order = placed(a_parcel((apart.gtins[WINE], 2), coupons=["MERCI"]))
    with pytest.raises(PaymentDeclined):
        pay(order, payment_id=first_payment_id(order.id), token="decline")
    coupon.refresh_from_db()
    assert coupon.used == 1  # the customer may try another card
    expire_unpaid(timezone.now() + timedelta(hours=2))
    coupon.refresh_from_db()
    assert (coupon.used, Order.objects.get().status) == (0, "cancelled")


def refusals(house: House) -> dict[str, Reason]:
    a_coupon("LATER", starts_at=timezone.now() + timedelta(days=1))
    over = a_coupon("OVER")
    with channels.atomic():
        end(over.promotion, at=timezone.now() - timedelta(hours=1))
    a_coupon("STORES", stores=["M01"])
    a_coupon("DEAR", rule={**FIVE_FROM_THIRTY, "from": "500"})
    return {
        "NOSUCH": Reason.UNKNOWN,
        "LATER": Reason.NOT_YET,
        "OVER": Reason.OVER,
        "STORES": Reason.ELSEWHERE,
        "DEAR": Reason.NOTHING,
    }


def test_a_code_that_gives_nothing_is_refused_and_nothing_moves(apart: House) -> None:
    wanted = refusals(apart)
    before = everything()
    for code, reason in wanted.items():
        with pytest.raises(CouponRefused) as refused:
            placed(a_parcel((apart.gtins[WINE], 2), coupons=[code]))
        assert refused.value.reason == reason
    assert everything() == before


def test_many_codes_are_looked_up_at_once(
    apart: House, django_assert_num_queries
) -> None:
    one = a_coupon("ONE")
    with channels.atomic():
        make_coupon(one.promotion, "TWO")
    web = place_of(Channel.WEBSHOP)
    with django_assert_num_queries(1, using="webshop"):
        found, refused = find_all(
            ["nosuch", " one", "two", "one"], web, at=timezone.now()
        )
    assert found == [one]
    assert [(each.code, each.reason) for each in refused] == [
        ("NOSUCH", Reason.UNKNOWN),
        ("TWO", Reason.TWICE),
        ("ONE", Reason.TWICE),
    ]


def test_an_offer_that_everybody_gets_has_no_codes(apart: House) -> None:
    offer = an_offer()
    before = everything()
    with channels.atomic(), pytest.raises(ValueError, match="MERCI"):
        make_coupon(offer, "MERCI")
    assert everything() == before


def test_a_code_of_the_stores_is_known_where_offers_are_shared(
    both_levels: House,
) -> None:
    a_coupon("CAISSE", channel=Channel.POS)
    wish = a_parcel((both_levels.gtins[WINE], 2), coupons=["CAISSE"])
    if not channels.shared():
        with pytest.raises(CouponRefused) as refused:
            placed(wish)
        assert refused.value.reason == Reason.UNKNOWN
        return
    order = placed(wish)
    assert (order.discount, order.origin) == (Decimal(5), "webshop")
    assert_books_hold()
