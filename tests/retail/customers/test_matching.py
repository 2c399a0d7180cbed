"""What joining would make of the customers, told beforehand."""

from datetime import date

import pytest
from django.db import connections

from inventory.places import Channel
from retail import channels
from retail.customers.linking import link_known
from retail.customers.matching import foresee, foreseen, masked
from retail.customers.models import Customer, PossibleMatch
from tests.retail.customers.people import (
    PROVEN,
    SIDES,
    a_customer,
    stand,
    store_alice,
    web_alice,
)


def some_people() -> None:
    """Alice by phone, Farid by e-mail, Rose by score, Nadia in doubt, Hugo alone."""
    web_alice()
    store_alice()
    mail = {"email": "farid@example.com", "email_verified_at": PROVEN}
    rose = {
        "first_name": "Rose",
        "last_name": "Lambert",
        "birth_date": date(1969, 4, 30),
        "postcode": "92300",
    }
    nadia = {
        "last_name": "Moreau",
        "birth_date": date(1982, 6, 14),
        "postcode": "75017",
    }
    for channel, spelled in ((Channel.WEBSHOP, "Nadia"), (Channel.POS, "Nadya")):
        proof = (
            {"email": f"{spelled}@example.org", "email_verified_at": PROVEN}
            if channel == Channel.WEBSHOP
            else {}
        )
        a_customer(channel, first_name="Farid", last_name="Benali", **mail)
        a_customer(
            channel, **rose, **({**proof, "email": "rose@example.org"} if proof else {})
        )
        a_customer(channel, first_name=spelled, **nadia, **proof)
    a_customer(Channel.POS, first_name="Hugo", last_name="Bernard")


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_it_tells_while_apart_what_the_run_will_do() -> None:
    stand("multichannel")
    some_people()
    told = foresee()
    assert told["certain"] == {"email": 2, "phone": 2}
    assert (told["scored"], told["doubts"], told["people"], told["kept"]) == (
        2,
        1,
        3,
        0,
    )
    assert {each["reason"] for each in told["examples"]} == {"email", "phone", "score"}
    [doubt] = told["doubt_examples"]
    assert {doubt["one"]["name"], doubt["other"]["name"]} == {"Nadia M.", "Nadya M."}
    assert {doubt["one"]["channel"], doubt["other"]["channel"]} == {"webshop", "pos"}
    assert (doubt["score"], doubt["reason"]) == (84, "")
    assert "nadia@" not in str(told).lower()
    assert "+33639980101" not in str(told)
    for side in Channel:
        with channels.use_channel(side):
            assert Customer.objects.count() in {4, 5}
            assert not PossibleMatch.objects.exists()


@pytest.mark.django_db(databases=SIDES)
def test_what_is_linked_already_is_counted_as_kept() -> None:
    stand("omnichannel")
    some_people()
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        assert link_known(by="system").doubts == 1
        connections["shared"].ensure_connection()
        told = foreseen(connections["shared"].connection, "retail_customer")
    assert (told["certain"], told["scored"]) == ({}, 0)
    assert (told["people"], told["kept"], told["doubts"]) == (3, 6, 1)


def test_a_row_is_recognised_and_not_read() -> None:
    assert masked(
        "Zoé", "Li", "pos", "zoe.li@example.com", "+33639980101", "M-12345678"
    ) == {
        "name": "Zoé L.",
        "channel": "pos",
        "email": "z…@example.com",
        "phone": "…01",
        "card": "M-…5678",
    }
    assert masked("", "", "webshop", "", "", "") == {
        "name": "",
        "channel": "webshop",
        "email": "",
        "phone": "",
        "card": "",
    }
