"""The canonical text: what is in it, what is not, and that JavaScript makes the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from inventory.money import for_weight
from pos import receipts
from pos.payloads import parse
from pos.tickets import canonical, genesis, stamp, ticket_hash

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "ticket_vectors.json").read_text(encoding="utf-8"))
NAMES = [vector["name"] for vector in VECTORS["tickets"]]


@pytest.mark.parametrize("vector", VECTORS["tickets"], ids=NAMES)
def test_the_text_and_the_hash_are_those_of_the_vectors(vector: dict) -> None:
    sale = parse(vector["payload"])
    assert canonical(sale) == vector["canonical"]
    assert ticket_hash(sale) == vector["hash"] == vector["payload"]["hash"]


@pytest.mark.parametrize("vector", VECTORS["genesis"])
def test_the_first_ticket_names_the_genesis_of_its_till(vector: dict) -> None:
    assert genesis(vector["till"]) == vector["hash"]


@pytest.mark.parametrize(("per_kilo", "grams", "total"), VECTORS["weights"])
def test_a_weight_is_rounded_as_in_the_browser(
    per_kilo: str, grams: int, total: str
) -> None:
    assert for_weight(Decimal(per_kilo), grams) == Decimal(total)


def test_the_vectors_form_a_chain_from_the_genesis_on() -> None:
    previous = VECTORS["genesis"][0]["hash"]
    for number, vector in enumerate(VECTORS["tickets"], 1):
        assert vector["payload"]["number"] == number
        assert vector["payload"]["previous_hash"] == previous
        previous = vector["hash"]


def test_wishes_and_names_beside_the_ticket_are_not_hashed() -> None:
    payload = VECTORS["tickets"][0]["payload"]
    named = payload | {"take_held": True, "customer_name": "Zoé Élie", "note": "ça va"}
    assert ticket_hash(parse(named)) == payload["hash"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "018f0000-0000-7000-8000-0000000000ff"),
        ("number", 2),
        ("sold_at", "2026-11-22T10:00:00.001Z"),
        ("employee", "018f0000-0000-7000-8000-0000000000ff"),
        ("customer", "018f0000-0000-7000-8000-0000000000ff"),
        ("previous_hash", "f" * 64),
    ],
)
def test_every_value_of_the_business_is_hashed(field: str, value: object) -> None:
    payload = VECTORS["tickets"][0]["payload"]
    assert ticket_hash(parse(payload | {field: value})) != payload["hash"]


def test_a_moment_is_written_as_javascript_does() -> None:
    sold_at = parse(VECTORS["tickets"][0]["payload"]).sold_at
    assert stamp(sold_at) == "2026-11-22T10:00:00.000Z"


def test_javascript_makes_the_same_texts() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine; the browser journeys check the same")
    told = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(HERE / "ticket_vectors.test.mjs")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"]},
    )
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("BAT-1-12", ("BAT", "1", "12")),
        ("TLS-2-3", ("TLS", "2", "3")),  # a store whose code begins with T
        ("1-12", (None, "1", "12")),
        ("12", (None, None, "12")),
    ],
)
def test_a_receipts_number_is_read_as_it_is_printed(
    typed: str, read: tuple[str | None, ...]
) -> None:
    found = receipts.NUMBER.fullmatch(typed)
    assert found is not None
    assert found.groups() == read
