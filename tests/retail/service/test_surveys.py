"""How it went, of one place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from retail.fulfilment import pickup
from retail.service.surveys import BadScore, NotYet, answer, summary
from tests.builders import a_ready_pickup, bob, paid_at_counter, promise_of
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def collected(house: House):
    order = a_ready_pickup(house)
    paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True)
    return promise_of(order)


def test_answers_are_counted(both_levels: House) -> None:
    first, second = collected(both_levels), collected(both_levels)
    answer(first, score=5)
    answer(second, score=2)
    answer(second, score=4, comment="x" * 900)
    since = timezone.now() - timedelta(days=1)
    found = summary("M01", since=since)
    assert (found.count, found.mean) == (2, 4.5)
    assert found.scores == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1}
    assert summary("M02", since=since).mean is None


@pytest.mark.parametrize("score", [0, 6, -1])
def test_one_to_five(apart: House, score: int) -> None:
    promise = collected(apart)
    with pytest.raises(BadScore):
        answer(promise, score=score)


def test_what_is_not_collected_is_not_judged(apart: House) -> None:
    promise = promise_of(a_ready_pickup(apart))
    with pytest.raises(NotYet):
        answer(promise, score=5)
