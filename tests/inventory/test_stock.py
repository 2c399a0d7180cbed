from __future__ import annotations

from uuid import UUID

import pytest

from inventory import reserving, stock
from inventory.ids import new_id
from inventory.levels import NotInTransaction, UnknownVariant, child_id
from inventory.models import Location, StockException, StockLevel, StockMovement
from inventory.places import Channel
from inventory.quantities import BadQuantity
from inventory.stock import OutOfStock, Short
from retail.channels import use_channel
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"])
BY = "employee:1 Ada"


def test_goods_arrive(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    assert stock.receive(place, {a: 5, b: 7}, reference="R1", by=BY) is True
    assert goods.level(place, a) == (5, 0, 0)
    assert goods.level(place, b) == (7, 0, 0)
    found = StockMovement.objects.get(variant_id=a)
    assert (found.quantity, found.kind, found.sequence) == (5, "receive", 1)
    assert (found.origin, found.by) == ("pos", BY)


def test_goods_arrive_once(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    stock.receive(place, {a: 5}, reference="R1")
    assert stock.receive(place, {a: 5}, reference="R1") is False
    assert stock.receive(place, {a: 5, b: 1}, reference="R1") is True  # b was not there
    assert goods.level(place, a).on_hand == 5
    assert goods.level(place, b).on_hand == 1


def test_an_act_gives_its_movements_the_same_ids(
    place: Location, articles: list[UUID]
) -> None:
    reference = str(new_id())
    stock.receive(place, {articles[0]: 1}, reference=reference)
    found = StockMovement.objects.get()
    assert found.id == child_id(reference, "receive", articles[0], place.id)


def test_a_level_takes_its_safety_from_the_place(
    pos: None, articles: list[UUID]
) -> None:
    careful = goods.a_place("M02", safety=2)
    stock.receive(careful, {articles[0]: 5}, reference="R1")
    assert StockLevel.objects.get().safety == 2


def test_unknown_goods_are_refused(place: Location) -> None:
    unknown = new_id()
    with pytest.raises(UnknownVariant) as refusal:
        stock.receive(place, {unknown: 1}, reference="R1")
    assert refusal.value.variant_ids == (unknown,)
    assert StockLevel.objects.count() == 0


def test_goods_leave(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5, b: 5})
    assert stock.issue(place, {a: 2, b: 5}, kind="transfer", reference="T1", by=BY)
    assert goods.level(place, a) == (3, 0, 0)
    assert goods.level(place, b) == (0, 0, 0)
    assert not stock.issue(place, {a: 2, b: 5}, kind="transfer", reference="T1", by=BY)
    assert goods.level(place, a) == (3, 0, 0)


def test_no_line_leaves_when_one_is_short(
    place: Location, articles: list[UUID]
) -> None:
    a, b, c = articles
    goods.stocked(place, {a: 5, b: 3})
    reserving.reserve(place, {b: 2}, kind="fulfilment", reference="F1")
    before = goods.everything()
    with pytest.raises(OutOfStock) as refusal:
        stock.issue(place, {a: 1, b: 2, c: 1}, kind="transfer", reference="T1", by=BY)
    assert sorted(refusal.value.lines, key=lambda s: s.variant_id) == [
        Short(b, 2, 1),
        Short(c, 1, 0),
    ]
    assert goods.everything() == before


def test_books_are_corrected(place: Location, articles: list[UUID]) -> None:
    a, b, _ = articles
    goods.stocked(place, {a: 5})
    stock.adjust(place, {a: -2, b: 3}, reason="count", reference="C1", by=BY)
    assert goods.level(place, a).on_hand == 3
    assert goods.level(place, b).on_hand == 3
    assert StockMovement.objects.filter(kind="adjust:count").count() == 2


def test_a_correction_leaves_what_is_held(
    place: Location, articles: list[UUID]
) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    reserving.reserve(place, {a: 4}, kind="fulfilment", reference="F1")
    before = goods.everything()
    with pytest.raises(OutOfStock) as refusal:
        stock.adjust(place, {a: -2}, reason="damage", reference="C1", by=BY)
    assert refusal.value.lines == (Short(a, 2, 1),)
    assert goods.everything() == before


def test_goods_come_back(place: Location, articles: list[UUID]) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    stock.sell_at_till(place, {a: 1}, reference="K1", by=BY)
    stock.take_back(place, {a: 1}, reference="K1", by=BY)
    assert goods.level(place, a) == (5, 0, 0)


@pytest.mark.parametrize("units", [0, -1, True, 1.0, "1", None])
def test_strange_quantities_are_refused(
    place: Location, articles: list[UUID], units: object
) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    before = goods.everything()
    strange: dict[UUID, int] = {a: units}  # type: ignore[dict-item]
    with pytest.raises(BadQuantity):
        stock.receive(place, strange, reference="X")
    with pytest.raises(BadQuantity):
        stock.issue(place, strange, kind="transfer", reference="X", by=BY)
    with pytest.raises(BadQuantity):
        stock.sell_at_till(place, strange, reference="X", by=BY)
    with pytest.raises(BadQuantity):
        reserving.reserve(place, strange, kind="fulfilment", reference="X")
    assert goods.everything() == before


@pytest.mark.django_db(databases=["default", "pos"], transaction=True)
def test_verbs_need_a_transaction() -> None:
    with use_channel(Channel.POS):
        place = goods.a_place()
        (a,) = goods.variants()
        with pytest.raises(NotInTransaction):
            stock.receive(place, {a: 1}, reference="R1")
        assert StockLevel.objects.count() == 0


def test_arrivals_settle_what_was_oversold(
    place: Location, articles: list[UUID]
) -> None:
    a = articles[0]
    stock.sell_at_till(place, {a: 2}, reference="K1", by=BY)
    stock.sell_at_till(place, {a: 1}, reference="K2", by=BY)
    assert goods.level(place, a) == (0, 0, 3)
    stock.receive(place, {a: 2}, reference="R1", by=BY)
    assert goods.level(place, a) == (0, 0, 1)
    assert StockException.objects.filter(closed_at=None).count() == 2
    stock.receive(place, {a: 4}, reference="R2", by=BY)
    assert goods.level(place, a) == (3, 0, 0)
    closed = StockException.objects.exclude(closed_at=None)
    assert [each.closed_by for each in closed] == [BY, BY]
