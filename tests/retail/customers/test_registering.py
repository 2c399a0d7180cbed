import threading

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers.linking import rows_of
from retail.customers.models import Customer, CustomerLink
from retail.customers.phones import BadPhone, e164, shown
from retail.customers.registering import (
    customer_for_account,
    own_row,
    prove_email,
    register,
)
from retail.customers.reviewing import unlink
from retail.loyalty.models import LoyaltyAccount
from tests.retail.customers.people import (
    LEVELS,
    PROVEN,
    SIDES,
    a_customer,
    stand,
    store_alice,
    web_alice,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


class Account:
    def __init__(self) -> None:
        self.id = new_id()
        self.email = "Alice@Example.com"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06 39 98 01 01", "+33639980101"),
        ("+33 6.39.98.01.01", "+33639980101"),
        ("0033639980101", "+33639980101"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_phone_has_one_form(typed: str, number: str) -> None:
    assert e164(typed) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+33639980101", "06_39_98_01_01"),
        ("+4930123456", "+49_30_123456"),
        ("3949", "3949"),
        ("the caretaker", "the caretaker"),
        ("", ""),
    ],
)
def test_a_phone_is_shown_as_people_read_it(number: str, text: str) -> None:
    assert shown(number) == text.replace("_", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("typed", ["12", "no phone", "+33 6 39", "0639980101" * 3])
def test_what_could_not_ring_is_refused(typed: str) -> None:
    with pytest.raises(BadPhone):
        e164(typed)


@pytest.mark.parametrize("level", LEVELS)
def test_registering_makes_a_row_a_card_and_an_account(level: str) -> None:
    stand(level)
    customer = web_alice()
    with channels.use_channel(Channel.WEBSHOP):
        assert customer.origin == "webshop"
        assert customer.email == "alice@example.com"
        assert customer.phone == "+33639980101"
        assert customer.card.startswith("W-")
        assert len(customer.card) == 10
        account = LoyaltyAccount.objects.get(customer=customer)
        assert (account.origin, account.balance) == ("webshop", 0)


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_id_registers_once(level: str) -> None:
    stand(level)
    first = web_alice()
    again = web_alice(id=first.id, first_name="Somebody else")
    assert again.first_name == "Alice"
    with channels.use_channel(Channel.WEBSHOP):
        assert Customer.objects.count() == LoyaltyAccount.objects.count() == 1


def test_a_bad_phone_registers_nobody() -> None:
    stand("multichannel")
    with pytest.raises(BadPhone):
        web_alice(phone="12")
    with channels.use_channel(Channel.WEBSHOP):
        assert not Customer.objects.exists()


def test_a_taken_card_number_moves_to_the_next() -> None:
    stand("multichannel")
    first = web_alice()
    second = a_customer(Channel.WEBSHOP, card=first.card)
    assert second.card != first.card


def test_apart_the_store_knows_nothing_of_a_web_registration() -> None:
    stand("multichannel")
    web_alice()
    with channels.use_channel(Channel.POS):
        assert not Customer.objects.exists()


def test_an_account_has_one_customer() -> None:
    stand("multichannel")
    account = Account()
    with channels.use_channel(Channel.WEBSHOP):
        first = customer_for_account(account, first_name="Alice")
        assert first.email_verified_at is None
        again = customer_for_account(account, verified_at=PROVEN)
        assert again == first
        assert again.email_verified_at == PROVEN
        assert Customer.objects.get().account_id == account.id


def test_apart_nobody_gets_a_row_of_the_other_channel() -> None:
    stand("multichannel")
    alice = web_alice()
    with (
        channels.use_channel(Channel.WEBSHOP),
        channels.atomic(),
        pytest.raises(channels.FeatureOff),
    ):
        own_row(alice, Channel.POS)


def test_unified_a_person_gets_the_stores_own_row_once() -> None:
    stand("omnichannel")
    alice = web_alice()
    with channels.use_channel(Channel.POS), channels.atomic():
        own = own_row(alice, Channel.POS)
        assert own_row(alice, Channel.POS) == own
        assert own_row(own, Channel.POS) == own
        assert (own.origin, own.first_name) == ("pos", "Alice")
        assert own.card.startswith("M-")
        assert LoyaltyAccount.objects.filter(customer=own, origin="pos").exists()
        assert rows_of(own) == [own, alice]
        person = CustomerLink.objects.first().person
        assert own_row(person, Channel.POS) == own
        assert own_row(person, Channel.WEBSHOP) == alice


def test_a_row_that_was_parted_is_not_taken_again() -> None:
    stand("omnichannel")
    alice = web_alice()
    with channels.use_channel(Channel.POS), channels.atomic():
        own = own_row(alice, Channel.POS)
        assert unlink(own, by="test")
        other = own_row(alice, Channel.POS)
        assert other != own
        assert rows_of(alice) == [alice, other]
        assert rows_of(own) == [own]


def test_unified_a_proven_address_links_at_once() -> None:
    stand("omnichannel")
    store = store_alice(email="alice@example.com", email_verified_at=PROVEN, phone="")
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        web = register(id=new_id(), channel=Channel.WEBSHOP, email="alice@example.com")
        assert rows_of(web) == [web]
        prove_email(web, at=PROVEN)
        assert rows_of(web) == [web, store]


def test_unified_a_phone_typed_on_the_web_proves_nothing() -> None:
    stand("omnichannel")
    store_alice()
    web = web_alice()
    with channels.use_channel(Channel.WEBSHOP):
        assert rows_of(web) == [web]


def test_unified_a_phone_told_in_the_store_links_at_once() -> None:
    stand("omnichannel")
    web = web_alice()
    store = store_alice()
    with channels.use_channel(Channel.POS):
        assert rows_of(store) == [store, web]


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_eight_tills_make_one_own_row() -> None:
    stand("omnichannel")
    alice = web_alice()
    made: list[Customer] = []

    def act() -> None:
        from django.db import connections

        with channels.use_channel(Channel.POS), channels.atomic():
            made.append(own_row(alice, Channel.POS))
        connections.close_all()

    tills = [threading.Thread(target=act) for _ in range(8)]
    for till in tills:
        till.start()
    for till in tills:
        till.join()
    assert len(made) == 8
    assert len({row.id for row in made}) == 1
    with channels.use_channel(Channel.POS):
        assert CustomerLink.objects.count() == 2
