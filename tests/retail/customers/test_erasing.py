"""Erasing: what names a person is gone, the rows stay."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from inventory.places import Channel
from retail import channels
from retail.books import run
from retail.channels.models import Erasure
from retail.customers import erasing
from retail.customers.books import CHECKS
from retail.customers.linking import link_known
from retail.customers.models import Customer, CustomerLink
from retail.customers.personal import wipes
from retail.loyalty import points
from retail.loyalty.models import LoyaltyAccount
from retail.orders.models import Order
from retail.staff.models import Account
from tests.builders import a_pickup_order
from tests.levels import SIDES, apart, both_levels, shared_only
from tests.retail.customers.forgetting import (
    MAIL,
    NAME,
    PHONE,
    a_day,
    a_ticket_of,
    in_store,
    named_in,
    on_web,
)
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)
__all__ = ["apart", "both_levels", "shared_only"]

I50 = next(check for check in CHECKS if check.id == "I50")
APPEND_ONLY = {each.table for each in wipes() if each.append_only}


def test_names_are_gone_and_rows_are_kept(both_levels: House) -> None:
    customer = on_web()
    parcel, _pickup, guest = a_day(both_levels, customer)
    here = channels.current().database
    orders = Order.objects.count()
    assert {"retail_customer", "retail_order", "retail_fulfilment"} < set(
        named_in(here)
    )
    made = erasing.erase(customer, by="test")

    assert [each.customer_id for each in made] == [customer.id]
    # what is append only the copier wipes, in `replay`
    assert set(named_in(here)) <= APPEND_ONLY
    assert named_in("default") == []
    after = Customer.objects.get(id=customer.id)
    assert after.erased_at is not None
    assert after.card.startswith("E-")
    assert Order.objects.count() == orders
    assert Order.objects.get(id=parcel.id).total == parcel.total
    nobody = f"erased-{customer.id}@erased.invalid"
    assert Order.objects.get(id=guest.id).email == nobody
    assert LoyaltyAccount.objects.get(customer=customer).balance > 0
    assert not Account.objects.exists()
    assert not erasing.is_finished()
    assert run(I50, here).holds


def test_erasing_again_changes_nothing(both_levels: House) -> None:
    customer = on_web()
    a_day(both_levels, customer)
    first = erasing.erase(customer, by="test")
    before = everything()
    again = erasing.erase(Customer.objects.get(id=customer.id), by="somebody else")
    assert everything() == before
    assert [each.by for each in again] == [each.by for each in first] == ["test"]
    erasing.adopt()
    assert Erasure.objects.count() == 1


def test_an_open_order_is_finished_first(both_levels: House) -> None:
    customer = on_web()
    order = a_pickup_order(both_levels, customer=customer)
    before = everything()
    with pytest.raises(erasing.StillOpen) as refusal:
        erasing.erase(customer, by="test")
    assert refusal.value.numbers == [order.number]
    assert everything() == before
    assert not Erasure.objects.exists()
    assert Account.objects.exists()


def test_together_both_rows_are_wiped(shared_only: House) -> None:
    web, store = on_web(), in_store()
    with channels.atomic():
        points.earn(web, points=60, reference="opening")
        link_known(by="system")
    a_ticket_of(shared_only, store)
    erasing.erase(store, by="test")
    assert set(named_in("shared")) <= APPEND_ONLY
    assert set(Erasure.objects.values_list("customer_id", flat=True)) == {
        web.id,
        store.id,
    }
    assert not CustomerLink.objects.filter(ended_at=None).exists()
    assert not Account.objects.exists()
    assert points.balance(Customer.objects.get(id=web.id)).total == 60


def test_apart_the_other_channel_keeps_its_own(apart: House) -> None:
    web, store = on_web(), in_store()
    erasing.erase(web, by="test")
    assert named_in("webshop") == []
    with channels.use_channel(Channel.POS):
        kept = Customer.objects.get(id=store.id)
    assert (kept.first_name, kept.phone, kept.erased_at) == (NAME, PHONE, None)


def test_the_same_address_may_begin_anew(both_levels: House) -> None:
    first = on_web()
    erasing.erase(first, by="test")
    second = on_web()
    assert second.id != first.id
    assert second.email == MAIL
    assert Customer.objects.get(id=first.id).email == ""


def test_a_crash_in_between_is_finished_later(both_levels: House, client) -> None:
    customer = on_web()
    erasing.erase(customer, by="test")
    Erasure.objects.all().delete()
    account = Account.objects.create_customer(email=MAIL)
    Customer.objects.filter(id=customer.id).update(account_id=account.id)
    client.force_login(account, backend="retail.staff.backends.CustomerBackend")
    assert Session.objects.count() == 1
    erasing.adopt()
    assert Erasure.objects.get().customer_id == customer.id
    assert not Account.objects.exists()
    assert not Session.objects.exists()


def test_i50_an_erased_customer_who_is_named(both_levels: House) -> None:
    customer = on_web()
    a_day(both_levels, customer)
    here = channels.current().database
    erasing.erase(customer, by="test")
    assert run(I50, here).holds
    for model, wrong in (
        (Customer, {"phone": PHONE}),
        (Customer, {"card": "W-12345678"}),
        (Order, {"first_name": NAME}),
        (Order, {"email": MAIL}),
    ):
        row = model.objects.filter(
            **({"id": customer.id} if model is Customer else {"customer": customer})
        ).order_by("id")
        before = row.values(*wrong).first()
        assert before is not None
        one = model.objects.filter(id=row.values("id")[:1])
        one.update(**wrong)
        assert not run(I50, here).holds, wrong
        assert erasing.status()["databases"][here]["left"]
        one.update(**before)
        assert run(I50, here).holds
