"""What offers take off a basket, in Python and in the till's JavaScript alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest

from retail.promotions.making import BadRule, checked_rule
from retail.promotions.rules import Applied, Good, Offer, apply, spread

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "offer_vectors.json").read_text(encoding="utf-8"))
Case = tuple[list[Good], list[Offer]]


def case_of(vector: dict[str, Any]) -> Case:
    goods = [Good(*each) for each in vector["goods"]]
    return goods, [Offer(*each) for each in vector["offers"]]


@pytest.mark.parametrize("vector", VECTORS, ids=[each["name"] for each in VECTORS])
def test_the_vectors_hold(vector: dict[str, Any]) -> None:
    found = apply(*case_of(vector))
    assert [[t.offer, t.line, t.amount] for t in found.taken] == vector["taken"]
    assert [[m.offer, m.units, m.amount] for m in found.missing] == vector["missing"]


def at_random(dice: Random) -> Case:
    def goods() -> dict[str, list[str]]:
        return dice.choice(
            [
                {},
                {"gtins": dice.sample("12345", 2)},
                {"departments": [dice.choice("xyz")]},
            ]
        )

    def amount() -> str:
        return f"{dice.randint(0, 40)}.{dice.randint(1, 99):02d}"

    def rule() -> dict[str, Any]:
        take = dice.randint(2, 5)
        some = [
            {"quantity": dice.randint(1, 2), "goods": {"gtins": [gtin]}}
            for gtin in dice.sample("12345", 2)
        ]
        return dice.choice(
            [
                {"kind": "percent", "percent": f"{dice.randint(1, 99)}.5"},
                {"kind": "amount", "amount": amount()},
                {"kind": "n_for_m", "take": take, "pay": dice.randint(1, take - 1)},
                {"kind": "bundle", "price": amount(), "parts": some},
                {"kind": "basket", "from": amount(), "amount": amount()},
                {"kind": "basket", "from": amount(), "percent": "12.34"},
            ]
        ) | {"goods": goods()}

    lines = [
        Good(gtin, dice.choice("xyz"), dice.randint(1, 12), dice.randint(1, 3000))
        for gtin in dice.sample("12345", dice.randint(1, 5))
    ]
    offers = [
        Offer(f"o{n}", rule(), dice.randint(1, 3), dice.random() < 0.3)
        for n in range(dice.randint(0, 4))
    ]
    return lines, offers


DICE = Random(7)  # noqa: S311 - the same cases each time
CASES = [at_random(DICE) for _ in range(400)]


def test_no_line_is_given_more_than_it_costs() -> None:
    for goods, offers in CASES:
        found = apply(goods, offers)
        assert all(each.amount > 0 for each in found.taken)
        exclusive = {each.id for each in offers if each.exclusive}
        for i, good in enumerate(goods):
            assert 0 <= found.off(i) <= good.quantity * good.price
            here = [offer for offer, line in found.used if line == i]
            assert len(here) < 2 or not exclusive.intersection(here)
        assert {(each.offer, each.line) for each in found.taken} <= {*found.used}


def test_javascript_takes_the_same() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine; the browser journeys check the same")
    cases = [*map(case_of, VECTORS), *CASES]
    told = subprocess.run(
        [node, str(HERE / "offers.test.mjs")],
        input=json.dumps(
            [
                {"goods": [*map(asdict, goods)], "offers": [*map(asdict, offers)]}
                for goods, offers in cases
            ]
        ),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PATH": os.environ["PATH"]},
    )
    for (goods, offers), said in zip(cases, json.loads(told.stdout), strict=True):
        assert said == as_told(apply(goods, offers))


def as_told(found: Applied) -> dict[str, Any]:
    return {
        "taken": [asdict(each) for each in found.taken],
        "missing": [asdict(each) for each in found.missing],
        "used": [list(each) for each in found.used],
    }


def test_an_amount_is_spread_to_the_cent() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(5, [0, 7]) == [0, 5]
    assert spread(5, [0, 0]) == [0, 0]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (None, "kind"),
        ({"kind": "free"}, "kind"),
        ({"kind": "percent", "percent": "101"}, "percent"),
        ({"kind": "percent", "percent": 10}, "percent"),
        ({"kind": "amount", "amount": "-1"}, "amount"),
        ({"kind": "amount", "amount": "1", "goods": {"gtins": ["12"]}}, "goods"),
        ({"kind": "amount", "amount": "1", "goods": {"departments": ["x"]}}, "goods"),
        ({"kind": "n_for_m", "take": 3, "pay": 3}, "pay"),
        ({"kind": "bundle", "price": "5", "parts": []}, "parts"),
        ({"kind": "bundle", "price": "5", "parts": [{"quantity": 1}] * 2}, "parts"),
        ({"kind": "basket", "from": "40"}, "amount"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(rule: Any, field: str) -> None:
    with pytest.raises(BadRule) as refused:
        checked_rule(rule)
    assert refused.value.field == field


def test_a_rule_keeps_nothing_unknown() -> None:
    rule = {"kind": "percent", "percent": "10", "goods": {}, "free": True}
    assert checked_rule(rule) == {"kind": "percent", "percent": "10", "goods": {}}
