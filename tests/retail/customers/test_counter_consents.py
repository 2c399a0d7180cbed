"""What a customer answered at the counter."""

from __future__ import annotations

import re

import pytest

from inventory.places import Channel
from retail import channels
from retail.customers.models import ConsentEvent, Customer
from tests.retail.customers.forgetting import in_store, on_web
from tests.retail.fulfilment.working import bob, page
from tests.retail.orders.house import SIDES, open_house

pytestmark = pytest.mark.django_db(databases=SIDES)

PAGE = "/pos/store/customers/"


def ask(client, customer: Customer, word: str, **changes: str):
    text = page(client.get(PAGE, {"id": str(customer.id)}))
    form = next(f for f in text.split("<form")[1:] if 'value="email_offers"' in f)
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.split("<button")[0]))
    given |= {"answer": word, **changes}
    return client.post(f"{PAGE}consent/", given, follow=True)


@pytest.mark.parametrize("level", ["cross-channel", "omnichannel"])
def test_an_answer_is_kept_on_the_stores_row(level: str, db: None) -> None:
    open_house(level)
    customer = in_store()
    client = bob()
    assert "Never asked in a store." in page(client.get(PAGE, {"id": customer.id}))
    assert "Stores: yes" in page(ask(client, customer, "yes"))
    assert "Refused in a store: " in page(ask(client, customer, "no"))
    with channels.use_channel(Channel.POS):
        yes, no = ConsentEvent.objects.order_by("at")
    assert (yes.customer_id, yes.origin, yes.granted) == (customer.id, "pos", True)
    assert yes.by.endswith(" Bob")
    assert not no.granted


def test_together_the_site_is_shown_and_a_stores_row_is_made(db: None) -> None:
    open_house("omnichannel")
    customer = on_web()
    text = page(ask(bob(), customer, "yes"))
    assert "Stores: yes" in text
    assert "Web: no" in text
    with channels.use_channel(Channel.POS):
        said = ConsentEvent.objects.get()
    assert said.customer_id != customer.id
    assert said.origin == "pos"


def test_apart_a_customer_of_the_site_is_nobody(db: None) -> None:
    open_house("cross-channel")
    customer = on_web()
    given = {"customer": str(customer.id), "purpose": "email_offers", "answer": "yes"}
    assert bob().post(f"{PAGE}consent/", given).status_code == 404


def test_a_text_that_is_not_written_is_refused(db: None) -> None:
    open_house("omnichannel")
    customer = in_store()
    text = page(ask(bob(), customer, "yes", wording="x"))
    assert "This page was out of date." in text
    with channels.use_channel(Channel.POS):
        assert not ConsentEvent.objects.exists()
