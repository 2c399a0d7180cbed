"""What the schema refuses by itself, tried in plain SQL as the application's role and
as the tables' owner."""

# ruff: noqa: S608 - statements of the test itself
from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connections

from inventory import reserving, stock
from inventory.ids import new_id
from inventory.models import Location
from inventory.places import Channel
from retail.channels import atomic, use_channel
from tests.inventory import goods
from tests.inventory.owner import as_owner

pytestmark = pytest.mark.django_db(databases=["default", "pos"])

EDITS = [
    "UPDATE inventory_stockmovement SET quantity = 1",
    "DELETE FROM inventory_stockmovement",
    "TRUNCATE inventory_stockmovement CASCADE",
]


@pytest.mark.parametrize("edit", EDITS)
def test_the_ledger_is_never_edited(
    edit: str, place: Location, articles: list[UUID]
) -> None:
    goods.stocked(place, {articles[0]: 5})
    before = goods.everything()
    with pytest.raises(DatabaseError), atomic(), connections["pos"].cursor() as sql:
        sql.execute(edit)
    assert goods.everything() == before


@pytest.mark.django_db(databases=["default", "pos"], transaction=True)
@pytest.mark.parametrize("edit", EDITS)
def test_the_ledger_is_never_edited_by_its_owner(edit: str) -> None:
    with use_channel(Channel.POS), atomic():
        goods.stocked(goods.a_place(), {goods.variants()[0]: 5})
    with use_channel(Channel.POS):
        before = goods.everything()
        with as_owner("pos") as owner, pytest.raises(psycopg.Error):
            owner.execute(edit)
        assert goods.everything() == before


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("on_hand = -1, reserved = -1", "reserved_within_on_hand"),
        ("reserved = on_hand + 1", "reserved_within_on_hand"),
        ("reserved = -1", "reserved_within_on_hand"),
        ("oversold = -1", "stock_never_negative"),
        ("safety = -1", "stock_never_negative"),
        ("origin = 'head_office'", "stock_level_has_owner"),
    ],
)
def test_levels_stay_in_bounds(
    change: str, constraint: str, place: Location, articles: list[UUID]
) -> None:
    goods.stocked(place, {articles[0]: 5})
    refused(f"UPDATE inventory_stocklevel SET {change}", constraint)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("picked = quantity + 1", "picked_within_reserved"),
        ("origin = 'nobody'", "reservation_has_owner"),
        ("reference = 'F2'", "reserved_once_per_cause"),
    ],
)
def test_holds_stay_in_bounds(
    change: str, constraint: str, place: Location, articles: list[UUID]
) -> None:
    a = articles[0]
    goods.stocked(place, {a: 5})
    reserving.reserve(place, {a: 2}, kind="fulfilment", reference="F1")
    reserving.reserve(place, {a: 2}, kind="fulfilment", reference="F2")
    refused(
        f"UPDATE inventory_reservation SET {change} WHERE reference = 'F1'",
        constraint,
    )


@pytest.mark.parametrize(
    ("sequence", "reference", "constraint"),
    [(1, "R2", "movement_numbered_once"), (2, "R1", "moved_once_per_cause")],
)
def test_a_movement_is_written_once(
    sequence: int,
    reference: str,
    constraint: str,
    place: Location,
    articles: list[UUID],
) -> None:
    stock.receive(place, {articles[0]: 1}, reference="R1")
    refused(
        "INSERT INTO inventory_stockmovement SELECT %s, origin, quantity, kind, %s, %s,"
        " by, at, location_id, variant_id FROM inventory_stockmovement",
        constraint,
        new_id(),
        reference,
        sequence,
    )


def refused(statement: str, constraint: str, *given: UUID | str | int) -> None:
    before = goods.everything()
    with (
        pytest.raises(IntegrityError, match=constraint),
        atomic(),
        connections["pos"].cursor() as sql,
    ):
        sql.execute(statement, given)
    assert goods.everything() == before
