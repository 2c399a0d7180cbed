"""In-store codes: the article and the measure that a scale of the house prints."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.in_store import BadForm, Read, check, code_of, grams_for, read
from inventory.money import for_weight

FORMS = {"02": "IIIIPPPPPP", "21": "IIIIIWWWWW", "22": "IIIIIPPPPP"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("2100012004824", Read("2100012000000", grams=482)),
        ("2200015003685", Read("2200015000004", price=Decimal("3.68"))),
        ("0212340012340", Read("0212340000002", price=Decimal("12.34"))),
        ("2100012000000", None),  # the article itself
        ("2100012004825", None),  # a wrong check digit
        ("2300012004822", None),  # of no form
        ("3017620422003", None),
        ("26029054", None),
        ("chocolat", None),
    ],
)
def test_what_a_label_says(code: str, found: Read | None) -> None:
    assert read(code, FORMS) == found


def test_a_label_is_read_as_it_was_written() -> None:
    for gtin, measure in (("2100012000000", 482), ("2200015000004", 368)):
        label = read(code_of(gtin, measure, FORMS), FORMS)
        assert label is not None
        assert label.gtin == gtin
        assert measure in (label.grams, label.price and int(label.price * 100))


@pytest.mark.parametrize(
    "forms",
    [{"30": "IIIIIWWWWW"}, {"21": "IIIIIWWWW"}, {"21": "IIIWWPPIII"}, {"21": ""}],
)
def test_a_form_that_nobody_can_read(forms: dict[str, str]) -> None:
    with pytest.raises(BadForm):
        check(forms)


@pytest.mark.parametrize(
    ("price", "per_kilo", "grams"),
    [
        ("1.68", "3.49", 481),
        ("11.04", "22.90", 482),
        # no weight costs 0.01 at this price: the next lighter, which is none
        ("0.01", "24.90", 0),
        ("5.00", "0.00", None),
    ],
)
def test_the_weight_behind_a_price(
    price: str, per_kilo: str, grams: int | None
) -> None:
    found = grams_for(Decimal(price), per_kilo=Decimal(per_kilo))
    assert found == grams
    if found:
        assert for_weight(Decimal(per_kilo), found) <= Decimal(price)
