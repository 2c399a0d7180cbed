"""Paying online: once, never for nothing, never lost."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import reserving
from inventory.ids import new_id
from inventory.models import Reservation
from retail import channels
from retail.bank.models import Charge
from retail.fulfilment.models import Fulfilment, ShipJob
from retail.loyalty import points
from retail.orders.cancelling import cancel, expire_unpaid
from retail.orders.holding import HOLD
from retail.orders.paying import NotPayable, PaymentDeclined, UnknownPayment, pay
from retail.payments import capturing, providers
from retail.payments.capturing import first_payment_id
from retail.payments.models import Payment, Refund
from tests.retail.orders.house import (
    NOON,
    SIDES,
    a_parcel,
    a_pickup,
    alice,
    everything,
    free,
    placed,
)

pytestmark = pytest.mark.django_db(databases=SIDES)
LEVELS = pytest.mark.parametrize(
    "house", ["cross-channel", "omnichannel"], indirect=True
)


def paid(order, *, id=None, at=None, **given):
    token = given.get("token", "approve")
    payment = pay(order, payment_id=id or new_id(), token=token, at=at)
    order.refresh_from_db()
    return payment


@LEVELS
def test_paid_the_parcel_goes_to_the_warehouse(house):
    order = placed(a_parcel((house.gtins[0], 2)), at=NOON)
    payment = paid(order, id=first_payment_id(order.id), at=NOON)

    assert order.status == "placed"
    assert (payment.status, payment.captured) == ("authorised", 0)
    assert payment.reserved == order.total
    job = ShipJob.objects.get()
    assert (job.order_number, job.status) == (order.number, "placed")
    assert Reservation.objects.get().expires_at is None
    moved = order.events.get(kind="placed")
    assert (moved.before, moved.after) == ("awaiting_payment", "placed")


@LEVELS
def test_paid_the_pickup_is_asked_of_the_store(house):
    order = placed(a_pickup((house.gtins[0], 2), payment_method="online"))
    assert free("M01", house.gtins[0]) == 1
    paid(order)

    promise = Fulfilment.objects.get()
    assert promise.status == ("placed" if channels.shared() else "requested")
    assert promise.due == 0
    assert free("M01", house.gtins[0]) == 1


@LEVELS
def test_the_same_payment_again_takes_nothing_more(house):
    order = placed(a_parcel((house.gtins[0], 1)))
    id = new_id()
    first = paid(order, id=id)
    before = everything()

    assert paid(order, id=id) == first
    assert paid(order, id=id, token="decline") == first
    assert everything() == before


@LEVELS
def test_declined_the_goods_are_free_and_another_try_is_welcome(house):
    order = placed(a_pickup((house.gtins[0], 3), payment_method="online"))
    id = new_id()
    assert free("M01", house.gtins[0]) == 0
    with pytest.raises(PaymentDeclined):
        paid(order, id=id, token="decline")
    order.refresh_from_db()
    assert order.status == "payment_failed"
    assert free("M01", house.gtins[0]) == 3

    before = everything()
    with pytest.raises(PaymentDeclined):
        paid(order, id=id)
    assert everything() == before

    paid(order)
    assert order.status == "placed"
    assert free("M01", house.gtins[0]) == 0
    assert sorted(p.status for p in order.payments.all()) == [
        "authorised",
        "failed",
        "void",
    ]


@LEVELS
def test_declined_twice_is_still_one_order_that_can_be_paid(house):
    order = placed(a_pickup((house.gtins[0], 3), payment_method="online"))
    for _ in range(2):
        with pytest.raises(PaymentDeclined):
            paid(order, token="decline")
    assert free("M01", house.gtins[0]) == 3
    paid(order)

    assert order.status == "placed"
    assert free("M01", house.gtins[0]) == 0


@LEVELS
def test_another_try_may_come_too_late_for_the_goods(house):
    order = placed(a_pickup((house.gtins[0], 3), payment_method="online"))
    with pytest.raises(PaymentDeclined):
        paid(order, token="decline")
    placed(a_pickup((house.gtins[0], 1)))
    before = everything()

    with pytest.raises(reserving.OutOfStock):
        paid(order)
    assert everything() == before


@LEVELS
def test_an_unpaid_order_ends_with_its_hold(house):
    customer = alice(with_points=90)
    order = placed(
        a_pickup((house.gtins[0], 3), payment_method="online", redeem_points=90),
        customer=customer,
        at=NOON,
    )
    assert expire_unpaid(NOON + HOLD - timedelta(seconds=1)) == []
    assert expire_unpaid(NOON + HOLD) == [order.id]
    assert expire_unpaid(NOON + HOLD) == []

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert free("M01", house.gtins[0]) == 3
    assert points.balance(customer).total == 90
    assert {p.status for p in order.payments.all()} == {"void"}


def test_another_try_lengthens_the_hold(house):
    order = placed(a_parcel((house.gtins[0], 1)), at=NOON)
    later = NOON + timedelta(minutes=10)
    with pytest.raises(PaymentDeclined):
        paid(order, token="decline", at=later)

    assert expire_unpaid(NOON + HOLD) == []
    assert expire_unpaid(later + HOLD) == [order.id]


@LEVELS
def test_money_for_a_cancelled_order_is_let_go_at_once(house, monkeypatch):
    order = placed(a_parcel((house.gtins[0], 1)))
    begin = providers.begin

    def cancelled_meanwhile(payment, **given):
        cancel(order, by="customer:1")
        return begin(payment, **given)

    monkeypatch.setattr(providers, "begin", cancelled_meanwhile)
    payment = paid(order)

    assert order.status == "cancelled"
    assert (payment.status, payment.captured) == ("void", 0)
    assert Charge.objects.get(id=payment.id).status == "released"
    assert not Refund.objects.exists()
    assert free("W01", house.gtins[0]) == 10


@LEVELS
def test_money_that_comes_after_the_goods_went_is_let_go(house, monkeypatch):
    order = placed(a_parcel((house.gtins[0], 10)), at=NOON)
    begin = providers.begin

    def sold_meanwhile(payment, **given):
        with channels.atomic():
            reserving.expire_due(NOON + HOLD)
        placed(a_parcel((house.gtins[0], 1)))
        return begin(payment, **given)

    monkeypatch.setattr(providers, "begin", sold_meanwhile)
    payment = paid(order, id=first_payment_id(order.id))

    assert order.status == "cancelled"
    assert (payment.status, payment.captured, payment.reserved) == ("void", 0, 0)
    assert Charge.objects.get(id=payment.id).status == "released"
    assert free("W01", house.gtins[0]) == 9


def test_a_hold_that_ended_is_taken_anew_when_the_money_comes(house, monkeypatch):
    order = placed(a_parcel((house.gtins[0], 10)), at=NOON)
    with channels.atomic():
        reserving.expire_due(NOON + HOLD)
    paid(order, id=first_payment_id(order.id))

    assert order.status == "placed"
    assert free("W01", house.gtins[0]) == 0


@LEVELS
def test_two_attempts_at_once_reserve_the_money_once(house, monkeypatch):
    order = placed(a_parcel((house.gtins[0], 1)))
    begin = providers.begin
    other = new_id()

    def the_other_is_faster(payment, **given):
        monkeypatch.setattr(providers, "begin", begin)
        paid(order, id=other)
        return begin(payment, **given)

    monkeypatch.setattr(providers, "begin", the_other_is_faster)
    late = paid(order)

    assert order.status == "placed"
    assert Payment.objects.get(id=other).status == "authorised"
    assert (late.status, late.captured) == ("void", 0)
    assert set(Charge.objects.values_list("status")) == {("authorised",), ("released",)}
    assert ShipJob.objects.count() == 1


def test_what_is_paid_in_the_store_is_not_paid_online(house):
    order = placed(a_pickup((house.gtins[0], 1)))
    before = everything()

    with pytest.raises(NotPayable):
        paid(order)
    with pytest.raises(NotPayable):
        paid(order, id=first_payment_id(order.id))
    assert everything() == before


def test_a_paid_order_takes_no_other_payment(house):
    order = placed(a_parcel((house.gtins[0], 1)))
    paid(order)

    with pytest.raises(NotPayable):
        paid(order)


def test_the_payment_of_another_order_is_not_this_ones(house):
    one = placed(a_parcel((house.gtins[0], 1)))
    other = placed(a_parcel((house.gtins[0], 1)))
    before = everything()

    with pytest.raises(UnknownPayment):
        paid(other, id=first_payment_id(one.id))
    assert everything() == before


def test_a_token_that_nobody_gave_pays_for_nothing(house):
    order = placed(a_parcel((house.gtins[0], 1)))

    with pytest.raises(PaymentDeclined):
        paid(order, token="approved?")


def test_the_store_takes_the_money_once(house):
    order = placed(a_pickup((house.gtins[0], 1)))
    with channels.atomic():
        for _ in range(2):
            capturing.paid_at_store(order.id, amount=order.total, reference="ticket-1")

    payment = order.payments.get()
    assert (payment.status, payment.captured) == ("captured", Decimal("3.40"))
