"""Every row of the tables of effects, made by the real verbs at both levels."""

from __future__ import annotations

import pytest

from retail import books
from retail.channels import open_databases, shared
from retail.fulfilment.effects import PARCELS, PICKUPS, WORDS, Effects
from retail.fulfilment.states import PICKUP_MOVES, SHIP_MOVES
from retail.messages.handlers import HANDLERS
from retail.notices.telling import KINDS
from tests.levels import SIDES
from tests.retail.fulfilment import happening
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.mark.parametrize("move", list(PICKUPS))
def test_a_move_of_a_pickup(both_levels: House, move: str) -> None:
    found = happening.facts(both_levels, happening.PICKUPS[move])
    assert found == expected(PICKUPS[move])
    assert books_hold()


@pytest.mark.parametrize("move", list(PARCELS))
def test_a_move_of_a_parcel(both_levels: House, move: str) -> None:
    found = happening.facts(both_levels, happening.PARCELS[move])
    assert found == expected(PARCELS[move])
    assert books_hold()


def expected(row: Effects) -> happening.Facts:
    """Where databases are one, no message is written, and goods may be held before."""
    one = shared()
    return {
        "stock": row.shared if one and row.shared is not None else row.stock,
        "money": row.money,
        "points": row.points,
        "order": row.order,
        "notices": row.notices,
        "messages": frozenset() if one else row.messages,
    }


def books_hold() -> bool:
    return all(each.holds for each in books.check(open_databases()))


def test_every_move_has_its_row_and_every_word_is_known() -> None:
    assert PICKUPS.keys() == {"place", *PICKUP_MOVES}
    assert PARCELS.keys() == {"place", *SHIP_MOVES}
    for row in (*PICKUPS.values(), *PARCELS.values()):
        assert row.stock <= WORDS["stock"].keys()
        assert row.money <= WORDS["money"].keys()
        assert row.points <= WORDS["points"].keys()
        assert row.notices <= KINDS
        assert row.messages <= HANDLERS.keys()
