"""The office page of what customers say."""

from __future__ import annotations

import pytest
from django.test import Client

from retail.fulfilment import pickup
from retail.service.surveys import answer
from tests.builders import a_ready_pickup, bob, carry, paid_at_counter, promise_of
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.signing_in import a_head, sign_in
from tests.webshop.visiting import text_of

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE = "/office/service/"


def test_answers_and_promises_are_told_place_by_place(
    both_levels: House, client: Client, django_assert_num_queries
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    assert "Nobody has answered yet" in text_of(client.get(PAGE))
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True)
    carry()
    answer(promise_of(order), score=4, comment="Quick <b>and</b> kind")
    page = text_of(client.get(PAGE))
    assert "4.0 of 5, by 1 answer" in page
    assert "Quick &lt;b&gt;and&lt;/b&gt; kind" in page
    assert "4 of 5 · Place M01" in page
    side = "webshop" if both_levels.level == "cross-channel" else "shared"
    with django_assert_num_queries(6, using=side):
        client.get(PAGE)


def test_a_stranger_signs_in(apart: House, client: Client) -> None:
    assert "/sign-in/" in client.get(PAGE)["Location"]
