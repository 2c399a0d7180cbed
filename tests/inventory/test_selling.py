from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inventory import reserving, stock
from inventory.models import Location, Reservation, StockException, StockMovement
from inventory.selling import Broken
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"])
KIND = "fulfilment"
BY = "employee:1 Ada"


def sell(place: Location, units: dict[UUID, int], ticket: str) -> stock.TillIssue:
    return stock.sell_at_till(place, units, reference=ticket, by=BY)


def hold(place: Location, variant_id: UUID, units: int, name: str, age: int) -> None:
    reserving.reserve(
        place,
        {variant_id: units},
        kind=KIND,
        reference=name,
        at=timezone.now() - timedelta(minutes=age),
    )


def test_free_goods_are_sold_with_safety_units(pos: None, articles: list[UUID]) -> None:
    a, b, _ = articles
    careful = goods.a_place("M02", safety=2)
    goods.stocked(careful, {a: 2, b: 5})
    issued = sell(careful, {a: 2, b: 1}, "K1")
    assert issued == stock.TillIssue(broken=[], oversold={}, holds=[])
    assert goods.level(careful, a) == (0, 0, 0)
    assert goods.level(careful, b) == (4, 0, 0)
    assert StockMovement.objects.filter(kind="sale", reference="K1").count() == 2
    assert StockException.objects.count() == 0


def test_a_ticket_sells_once(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5})
    sell(place, {a: 2, b: 1}, "K1")
    before = goods.everything()
    assert sell(place, {a: 2, b: 1}, "K1") == stock.TillIssue([], {}, [])
    assert goods.everything() == before


def test_what_is_free_leaves_in_one_statement(
    place: Location,
    articles: list[UUID],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Again it sells what it has not sold yet, though the rest would be free too."""
    a, b, _ = articles
    goods.stocked(place, {a: 5, b: 5})
    for units in ({a: 2}, {a: 2}, {a: 2, b: 1}):
        with django_assert_num_queries(1, using="pos"):
            assert sell(place, units, "K1") == stock.TillIssue([], {}, [])
    assert [goods.level(place, each) for each in (a, b)] == [(3, 0, 0), (4, 0, 0)]


def test_the_youngest_unpicked_hold_breaks(
    place: Location, articles: list[UUID]
) -> None:
    a = articles[0]
    goods.stocked(place, {a: 6})
    hold(place, a, 1, "old", age=30)
    hold(place, a, 2, "younger", age=20)
    hold(place, a, 2, "youngest but picked", age=10)
    reserving.mark_picked(kind=KIND, reference="youngest but picked", quantities={a: 1})
    issued = sell(place, {a: 2}, "K1")
    assert issued.broken == [(KIND, "younger")]
    assert issued.holds == [Broken(KIND, "younger", a, 2)]
    assert issued.oversold == {}
    assert goods.level(place, a) == (4, 3, 0)
    assert Reservation.objects.get(reference="younger").state == "released"
    assert Reservation.objects.filter(state="held").count() == 2


def test_holds_break_until_there_is_enough(
    place: Location, articles: list[UUID]
) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 4, b: 1})
    hold(place, a, 2, "old", age=30)
    hold(place, a, 2, "young", age=20)
    hold(place, b, 1, "other goods", age=10)
    issued = sell(place, {a: 3}, "K1")
    assert issued.broken == [(KIND, "young"), (KIND, "old")]
    assert goods.level(place, a) == (1, 0, 0)
    assert goods.level(place, b) == (1, 1, 0)


def test_what_the_books_have_not_is_oversold(
    place: Location, articles: list[UUID]
) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 3})
    hold(place, a, 2, "picked", age=5)
    reserving.mark_picked(kind=KIND, reference="picked", quantities={a: 2})
    issued = sell(place, {a: 4, b: 1}, "K1")
    assert issued == stock.TillIssue(broken=[], oversold={a: 3, b: 1}, holds=[])
    assert goods.level(place, a) == (2, 2, 3)
    assert goods.level(place, b) == (0, 0, 1)
    noted = StockException.objects.get(variant_id=a)
    assert (noted.kind, noted.quantity, noted.reference) == ("oversold", 3, "K1")
    assert noted.closed_at is None
    # the picked goods still leave with their customer
    assert reserving.claim(kind=KIND, reference="picked", by=BY) == {a: 2}
    assert goods.level(place, a) == (0, 0, 3)
