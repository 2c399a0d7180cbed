"""What is no ticket is refused by name of the field; nothing of it is guessed at."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pos.payloads import Invalid, parse

VECTORS = Path(__file__).parent / "ticket_vectors.json"
FORTY = {"method": "cash", "amount": "3.40", "given": "3.40", "change": "0.00"}


@pytest.fixture
def payload() -> Any:
    """One article at 3.40, paid in cash."""
    ticket = json.loads(VECTORS.read_text(encoding="utf-8"))["tickets"][0]
    return copy.deepcopy(ticket["payload"])


def faults(payload: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        parse(payload)
    return refusal.value.errors


@pytest.mark.parametrize(
    "quantity", [-1, 0, 10**9, 1.5, float("nan"), True, None, "1", [1], {}]
)
def test_strange_quantities(payload: Any, quantity: object) -> None:
    payload["lines"][0]["quantity"] = quantity
    assert "lines.0.quantity" in faults(payload)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": "3.39"}, "total"),
        ({"tenders": [FORTY | {"amount": "3.00", "given": "3.00"}]}, "tenders"),
        ({"tenders": [FORTY | {"given": "5.00"}]}, "tenders.0.given"),
        (
            {
                "tenders": [
                    FORTY | {"method": "card", "given": "5.00", "change": "1.60"}
                ]
            },
            "tenders.0.change",
        ),
        ({"tenders": [FORTY | {"method": "gold"}]}, "tenders.0.method"),
        ({"total": 3.4}, "total"),
        ({"total": "NaN"}, "total"),
        ({"total": "Infinity"}, "total"),
        ({"total": "-3.40"}, "total"),
        ({"total": "3.4"}, "total"),
        ({"total": "3,40"}, "total"),
        ({"total": "٣.40"}, "total"),
        ({"total": "1E+999999999"}, "total"),
        ({"tenders": []}, "tenders"),
        ({"lines": []}, "lines"),
        ({"lines": [None]}, "lines.0"),
        ({"currency": "USD"}, "currency"),
        ({"kind": "refund"}, "lines"),
        ({"kind": "gift"}, "kind"),
        ({"number": True}, "number"),
        ({"number": 0}, "number"),
        ({"number": 2**80}, "number"),
        ({"points_spent": -30}, "points_spent"),
        ({"points_spent": 30}, "points_spent"),
        ({"tenders": [FORTY | {"method": "points"}]}, "points_spent"),
        ({"sold_at": "2026-11-24 11:30"}, "sold_at"),
        ({"sold_at": "0001-01-01T00:00:00.000+14:00"}, "sold_at"),
        ({"till": "018F0000-0000-7000-8000-000000000001"}, "till"),
        ({"order": "018f0000-0000-7000-8000-00000000000d"}, "order"),
        ({"kind": "web_order"}, "lines.0.gtin"),
        ({"hash": "A" * 64}, "hash"),
        ({"hash": "0" * 63}, "hash"),
        ({"id": "\ud800"}, "id"),
        ({"id": None}, "id"),
        ({"customer": "Alice"}, "customer"),
    ],
)
def test_the_field_at_fault_is_named(
    payload: Any, changes: dict[str, Any], field: str
) -> None:
    assert field in faults(payload | changes)


@pytest.mark.parametrize("gtin", [None, "", "3017620422004", 3017620422003, "abc"])
def test_a_sale_s_line_has_a_barcode(payload: Any, gtin: object) -> None:
    payload["lines"][0]["gtin"] = gtin
    assert "lines.0.gtin" in faults(payload)


def test_a_web_order_s_ticket_names_the_order_and_has_one_line() -> None:
    tickets = json.loads(VECTORS.read_text(encoding="utf-8"))["tickets"]
    payload = next(t["payload"] for t in tickets if t["payload"]["order"])
    assert set(faults(payload | {"order": None})) == {"order"}
    lines = payload["lines"] * 2
    assert set(faults(payload | {"lines": lines})) >= {"lines"}


def test_a_line_is_quantity_times_price(payload: Any) -> None:
    payload["lines"][0]["quantity"] = 2
    assert "lines.0.total" in faults(payload)


@pytest.mark.parametrize("which", [0, 1], ids=["sold", "back"])
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("unit_price", {"unit_price": "-50.00"}),
        ("tax_rate", {"tax_rate": "-1.0000"}),
    ],
)
def test_a_refund_is_no_way_round_the_price(
    payload: Any, which: int, field: str, changes: dict[str, str]
) -> None:
    """What goes to the customer is below zero by its units, never by its price."""
    [line] = payload["lines"]
    returned = {"ticket": None, "reason": "unwanted", "restock": True}
    back = line | {"quantity": -1, "total": "-3.40", "returned": returned}
    lines = [line, back]
    lines[which] |= changes
    total = {"kind": "refund", "lines": lines, "tenders": [], "total": "0.00"}
    assert f"lines.{which}.{field}" in faults(payload | total)


def test_what_is_sold_on_a_refund_comes_to_no_less_than_nothing(payload: Any) -> None:
    [line] = payload["lines"]
    sold = {"kind": "refund", "lines": [line | {"total": "-3.40"}], "total": "-3.40"}
    assert "below zero" in faults(payload | sold)["lines.0.total"]


def test_lines_of_one_article_are_counted_together(payload: Any) -> None:
    line = payload["lines"][0] | {"quantity": 9999, "total": "33996.60"}
    payload |= {"lines": [*payload["lines"], line]}
    assert "lines" in faults(payload)


def test_every_fault_is_named_at_once(payload: Any) -> None:
    payload["lines"][0]["quantity"] = 0
    assert set(faults(payload | {"till": 1, "hash": ""})) == {
        "till",
        "hash",
        "lines.0.quantity",
    }


@pytest.mark.parametrize("payload", [None, [], "ticket", 1, {}], ids=repr)
def test_what_is_no_object(payload: object) -> None:
    assert faults(payload)
