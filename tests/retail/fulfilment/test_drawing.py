"""The page of states is drawn from the code, and is that of the code."""

from pathlib import Path

from retail.fulfilment import drawing
from retail.fulfilment.moving import PICKUP, SHIP
from retail.orders.models import ORDER_MOVES, OrderStatus

PAGE = Path(__file__).resolve().parents[3] / "docs" / "states.md"


def test_the_page_of_states_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawing.document(), (
        "run: .venv/bin/python manage.py draw_states"
    )


def test_every_move_is_explained_and_none_that_is_not_there() -> None:
    assert drawing.PICKUP_MEANS.keys() == PICKUP.moves.keys()
    assert drawing.SHIP_MEANS.keys() == SHIP.moves.keys()
    assert drawing.ORDER_MEANS.keys() == set(OrderStatus.values)


def test_every_move_is_an_arrow() -> None:
    page = drawing.document()
    for source, target in ORDER_MOVES:
        assert f"    {source or '[*]'} --> {target}\n" in page
    for moves in (PICKUP.moves, SHIP.moves):
        for move in moves.values():
            for source in move.sources:
                assert f"    {source} --> {move.target}: {move.name}\n" in page
