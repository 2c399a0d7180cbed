"""Two at once, with real threads that commit: a letter goes out once, a choice is made
once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from retail.fulfilment import pickup
from retail.notices.sending import send_due
from retail.orders.choosing import NotAChoice, choose
from retail.orders.defaulting import choose_due
from retail.orders.models import OrderEvent
from tests.builders import a_pickup_order, bob, carry
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.orders.test_choosing import promise
from tests.retail.orders.test_races import at_once

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)


def test_four_workers_send_each_letter_once(apart: House) -> None:
    for _ in range(3):
        a_pickup_order(apart)
    answers = at_once(*[send_due] * 4)
    assert sum(answers) == 3
    assert len(mail.outbox) == 3


def test_the_customer_and_the_default_at_once(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.short, order, {1: 1}, reason="missing")
    asked = promise(order)
    later = timezone.now() + timedelta(days=5)

    def by_hand() -> Any:
        try:
            return choose(order, asked, "cancel")
        except NotAChoice as refusal:
            return refusal

    answers = at_once(by_hand, lambda: choose_due(later))
    carry()

    chosen = OrderEvent.objects.filter(order=order, kind="choice_made")
    assert len(chosen) == 1
    order.refresh_from_db()
    asked.refresh_from_db()
    if isinstance(answers[0], NotAChoice):
        assert (asked.status, answers[1]) == ("picking", [asked.id])
    else:
        assert (order.status, answers[1]) == ("cancelled", [])
