from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from inventory import reserving, stock
from inventory.ids import new_id
from inventory.models import Location, Reservation, StockMovement
from inventory.quantities import BadQuantity
from inventory.reserving import HoldGone, OutOfStock, Short
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"])
KIND = "fulfilment"
BY = "employee:1 Ada"


def states(reference: str) -> list[tuple[int, str]]:
    found = Reservation.objects.filter(reference=reference).order_by("variant_id")
    return list(found.values_list("quantity", "state"))


def test_units_are_held(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5, b: 5})
    reference = str(new_id())
    assert reserving.reserve(place, {a: 2, b: 5}, kind=KIND, reference=reference)
    assert goods.level(place, a) == (5, 2, 0)
    assert goods.level(place, b) == (5, 5, 0)
    assert states(reference) == [(2, "held"), (5, "held")]
    assert {r.origin for r in Reservation.objects.all()} == {"pos"}
    assert StockMovement.objects.filter(kind=KIND).count() == 0


def test_holding_again_takes_nothing(place: Location, articles: list[UUID]) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    reserving.reserve(place, {a: 4}, kind=KIND, reference="F1")
    assert reserving.reserve(place, {a: 4}, kind=KIND, reference="F1") is False
    assert goods.level(place, a) == (5, 4, 0)


def test_no_line_is_held_when_one_is_short(
    place: Location, articles: list[UUID]
) -> None:
    a, b, c = articles
    goods.stocked(place, {a: 5, b: 3})
    reserving.reserve(place, {b: 2}, kind=KIND, reference="F1")
    before = goods.everything()
    with pytest.raises(OutOfStock) as refusal:
        reserving.reserve(place, {a: 5, b: 2, c: 1}, kind=KIND, reference="F2")
    assert sorted(refusal.value.lines, key=lambda s: s.variant_id) == [
        Short(b, 2, 1),
        Short(c, 1, 0),
    ]
    assert goods.everything() == before


def test_safety_units_are_not_promised(pos: None, articles: list[UUID]) -> None:
    a = articles[0]
    careful = goods.a_place("M02", safety=2)
    goods.stocked(careful, {a: 5})
    with pytest.raises(OutOfStock) as refusal:
        reserving.reserve(careful, {a: 4}, kind=KIND, reference="F1")
    assert refusal.value.lines == (Short(a, 4, 3),)
    assert reserving.reserve(careful, {a: 3}, kind=KIND, reference="F1")


def test_a_hold_let_go_frees_its_units(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5, b: 5})
    reserving.reserve(place, {a: 2, b: 3}, kind=KIND, reference="F1")
    assert reserving.release(kind=KIND, reference="F1") == {a: 2, b: 3}
    assert reserving.release(kind=KIND, reference="F1") == {}
    assert goods.level(place, a) == (5, 0, 0)
    assert goods.level(place, b) == (5, 0, 0)
    assert states("F1") == [(2, "released"), (3, "released")]


def test_a_part_of_a_hold_is_let_go(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5, b: 5})
    reserving.reserve(place, {a: 3, b: 3}, kind=KIND, reference="F1")
    reserving.mark_picked(kind=KIND, reference="F1", quantities={a: 3})
    assert reserving.release(kind=KIND, reference="F1", quantities={a: 1}) == {a: 1}
    assert goods.level(place, a) == (5, 2, 0)
    assert goods.level(place, b) == (5, 3, 0)
    assert states("F1") == [(2, "held"), (3, "held")]


def test_a_cause_that_lost_its_hold_takes_anew(
    place: Location, articles: list[UUID]
) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    reserving.reserve(place, {a: 2}, kind=KIND, reference="F1")
    reserving.release(kind=KIND, reference="F1")
    assert reserving.reserve(place, {a: 4}, kind=KIND, reference="F1")
    assert goods.level(place, a) == (5, 4, 0)
    assert states("F1") == [(4, "held")]


def test_held_goods_leave(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5, b: 5})
    reserving.reserve(place, {a: 2, b: 3}, kind=KIND, reference="F1")
    assert reserving.claim(kind=KIND, reference="F1", by=BY) == {a: 2, b: 3}
    assert goods.level(place, a) == (3, 0, 0)
    assert goods.level(place, b) == (2, 0, 0)
    assert states("F1") == [(2, "claimed"), (3, "claimed")]
    moved = StockMovement.objects.filter(kind=KIND, reference="F1")
    assert sorted(moved.values_list("quantity", "sequence")) == [(-3, 2), (-2, 2)]
    before = goods.everything()
    assert reserving.claim(kind=KIND, reference="F1", by=BY) == {a: 2, b: 3}
    assert goods.everything() == before


def test_fewer_than_held_leave(place: Location, articles: list[UUID]) -> None:
    a, b, c = articles
    goods.stocked(place, {a: 5, b: 5, c: 5})
    reserving.reserve(place, {a: 2, b: 3, c: 4}, kind=KIND, reference="F1")
    left = reserving.claim(kind=KIND, reference="F1", by=BY, quantities={a: 1, b: 0})
    assert left == {a: 1}
    assert goods.level(place, a) == (4, 0, 0)
    assert goods.level(place, b) == (5, 0, 0)
    assert goods.level(place, c) == (5, 4, 0)
    assert states("F1") == [(1, "claimed"), (3, "released"), (4, "held")]
    assert reserving.claim(kind=KIND, reference="F1", by=BY) == {c: 4}


def test_more_than_held_does_not_leave(place: Location, articles: list[UUID]) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    reserving.reserve(place, {a: 2}, kind=KIND, reference="F1")
    before = goods.everything()
    with pytest.raises(BadQuantity):
        reserving.claim(kind=KIND, reference="F1", by=BY, quantities={a: 3})
    with pytest.raises(BadQuantity):
        reserving.mark_picked(kind=KIND, reference="F1", quantities={a: 3})
    assert goods.everything() == before


def test_what_is_not_held_cannot_leave(place: Location, articles: list[UUID]) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    reserving.reserve(place, {a: 2}, kind=KIND, reference="F1")
    reserving.release(kind=KIND, reference="F1")
    before = goods.everything()
    with pytest.raises(HoldGone):
        reserving.claim(kind=KIND, reference="F1", by=BY)
    with pytest.raises(HoldGone):
        reserving.keep(kind=KIND, reference="F1")
    with pytest.raises(HoldGone):
        reserving.mark_picked(kind=KIND, reference="F1", quantities={a: 1})
    assert goods.everything() == before


def test_holds_end_with_their_time(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 9, b: 9})
    now = timezone.now()
    soon, later = now + timedelta(minutes=15), now + timedelta(hours=1)
    reserving.reserve(place, {a: 1, b: 2}, kind=KIND, reference="F1", expires_at=soon)
    reserving.reserve(place, {a: 3}, kind=KIND, reference="F2", expires_at=later)
    reserving.reserve(place, {a: 2}, kind=KIND, reference="F3", expires_at=soon)
    reserving.keep(kind=KIND, reference="F3")
    assert reserving.expire_due(now) == []
    assert reserving.expire_due(soon) == [(KIND, "F1")]
    assert reserving.expire_due(soon) == []
    assert goods.level(place, a) == (9, 5, 0)
    assert goods.level(place, b) == (9, 0, 0)
    assert states("F1") == [(1, "expired"), (2, "expired")]
    assert Reservation.objects.get(reference="F3").expires_at is None


def test_holds_at_two_places_are_one_cause(
    place: Location, articles: list[UUID]
) -> None:
    a = articles[0]
    other = goods.a_place("M02")
    goods.stocked(place, {a: 5})
    goods.stocked(other, {a: 5})
    reserving.reserve(place, {a: 1}, kind=KIND, reference="F1")
    reserving.reserve(other, {a: 2}, kind=KIND, reference="F1")
    assert reserving.release(kind=KIND, reference="F1") == {a: 3}
    assert goods.level(place, a) == (5, 0, 0)
    assert goods.level(other, a) == (5, 0, 0)


def test_held_units_cannot_be_issued(place: Location, articles: list[UUID]) -> None:
    a = articles[0]
    goods.stocked(place, {a: 2})
    reserving.reserve(place, {a: 2}, kind=KIND, reference="F1")
    with pytest.raises(OutOfStock):
        stock.issue(place, {a: 1}, kind="transfer", reference="T1", by=BY)
