"""Goods go from one store to another, once, and are nobody's meanwhile."""

from __future__ import annotations

from uuid import UUID

import pytest

from inventory import reserving, stock, transferring
from inventory.handing_on import hand_on, hold_more
from inventory.ids import new_id
from inventory.models import Location, Reservation, Transfer, Variant
from inventory.reserving import OutOfStock
from tests.inventory import goods
from tests.inventory.goods import Held

pytestmark = pytest.mark.django_db(databases=["default", "pos"])
BY = "employee:1 Ada"


@pytest.fixture
def places(pos: None) -> tuple[Location, Location]:
    """M01 with six of the first article, M02 with none."""
    here, there = goods.a_place("M01"), goods.a_place("M02", safety=2)
    (a,) = goods.variants(1)
    goods.stocked(here, {a: 6})
    return here, there


@pytest.fixture
def a(places: tuple[Location, Location]) -> UUID:
    return Variant.objects.get().id


def asked(places: tuple[Location, Location], a: UUID, units: int = 2) -> Transfer:
    here, there = places
    return transferring.ask(here, there, {a: units}, id=new_id(), by=BY)


def test_it_is_held_then_on_its_way_then_there(
    places: tuple[Location, Location], a: UUID
) -> None:
    here, there = places
    moved = asked(places, a)
    assert goods.level(here, a) == Held(6, 2, 0)
    assert transferring.send(moved, by=BY)
    assert goods.level(here, a) == Held(4, 0, 0)
    assert transferring.receive(moved, by=BY)
    assert goods.level(there, a) == Held(2, 0, 0)
    assert moved.status == "received"


def test_each_step_happens_once(places: tuple[Location, Location], a: UUID) -> None:
    moved = asked(places, a)
    again = transferring.ask(*places, {a: 2}, id=moved.id, by=BY)
    assert again == moved
    transferring.send(moved, by=BY)
    assert not transferring.send(moved, by=BY)
    transferring.receive(moved, by=BY)
    assert not transferring.receive(moved, by=BY)
    assert not transferring.send(moved, by=BY)
    assert goods.level(places[0], a) == Held(4, 0, 0)
    assert goods.level(places[1], a) == Held(2, 0, 0)


def test_nothing_is_received_that_was_not_sent(
    places: tuple[Location, Location], a: UUID
) -> None:
    moved = asked(places, a)
    with pytest.raises(transferring.WrongStep):
        transferring.receive(moved, by=BY)
    assert transferring.cancel(moved)
    assert goods.level(places[0], a) == Held(6, 0, 0)
    with pytest.raises(transferring.WrongStep):
        transferring.send(moved, by=BY)


def test_what_left_cannot_be_called_off(
    places: tuple[Location, Location], a: UUID
) -> None:
    moved = asked(places, a)
    transferring.send(moved, by=BY)
    assert not transferring.cancel(moved)
    assert moved.status == "sent"


def test_more_than_is_free_is_refused(
    places: tuple[Location, Location], a: UUID
) -> None:
    with pytest.raises(OutOfStock):
        asked(places, a, 7)
    assert not Transfer.objects.exists()


def test_only_between_two_places_of_one_owner(
    places: tuple[Location, Location], a: UUID
) -> None:
    here = places[0]
    for target in (here, goods.a_place("W01")):
        with pytest.raises(transferring.NotSameOwner):
            transferring.ask(here, target, {a: 1}, id=new_id(), by=BY)


def test_a_hold_grows_into_safety_units_and_no_further(
    places: tuple[Location, Location], a: UUID
) -> None:
    there = places[1]
    stock.receive(there, {a: 2}, reference="R1")
    hold_more(there, {a: 1}, kind="fulfilment", reference="F1")
    hold_more(there, {a: 1}, kind="fulfilment", reference="F1")
    assert Reservation.objects.get().quantity == 2
    with pytest.raises(OutOfStock) as refusal:
        hold_more(there, {a: 1}, kind="fulfilment", reference="F1")
    assert refusal.value.lines[0].free == 0
    assert goods.level(there, a) == Held(2, 2, 0)


def test_a_claimed_hold_does_not_grow(
    places: tuple[Location, Location], a: UUID
) -> None:
    here = places[0]
    reserving.reserve(here, {a: 1}, kind="fulfilment", reference="F1")
    reserving.claim(kind="fulfilment", reference="F1", by=BY)
    before = goods.everything()
    with pytest.raises(OutOfStock):
        hold_more(here, {a: 1}, kind="fulfilment", reference="F1")
    assert goods.everything() == before


def test_held_units_change_their_cause(
    places: tuple[Location, Location], a: UUID
) -> None:
    here = places[0]
    reserving.reserve(here, {a: 3}, kind="offer", reference="F1:1")
    moved = hand_on(here, {a: 2}, held=("offer", "F1:1"), to=("fulfilment", "F1"))
    assert moved == {a: 2}
    held = Reservation.objects.filter(state="held").order_by("kind")
    assert [(each.kind, each.quantity) for each in held] == [
        ("fulfilment", 2),
        ("offer", 1),
    ]
    assert goods.level(here, a) == Held(6, 3, 0)
