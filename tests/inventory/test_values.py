"""Pure parts: money, ids, quantities, barcodes."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inventory import gtin, money
from inventory.ids import derived, master_id, new_id
from inventory.names import plain
from inventory.quantities import BadQuantity, quantity

amounts = some.decimals(
    min_value=Decimal("-99999.99"), max_value=Decimal("99999.99"), places=2
)
weights = some.lists(
    some.decimals(min_value=0, max_value=Decimal("9999.99"), places=2),
    min_size=1,
    max_size=30,
)
uuids = some.uuids(version=4)


@given(amounts, weights)
def test_parts_add_up(amount: Decimal, shares: list[Decimal]) -> None:
    parts = money.split(amount, shares)
    assert sum(parts, money.ZERO) == amount
    assert len(parts) == len(shares)
    assert all(part == money.rounded(part) for part in parts)


@given(amounts, weights)
def test_parts_are_within_a_cent_of_their_share(
    amount: Decimal, shares: list[Decimal]
) -> None:
    total = sum(shares, money.ZERO)
    parts = money.split(amount, shares)
    if total:
        for part, share in zip(parts, shares, strict=True):
            assert abs(part - amount * share / total) <= money.CENT
        assert all(
            part == 0 for part, share in zip(parts, shares, strict=True) if share == 0
        )


def test_nothing_cannot_be_split_over() -> None:
    with pytest.raises(ValueError, match="nothing to split over"):
        money.split(Decimal("1.00"), [])


@given(
    some.decimals(min_value=0, max_value=Decimal("99999.99"), places=2),
    some.sampled_from(["0", "0.0210", "0.0550", "0.1000", "0.2000"]),
)
def test_tax_is_a_share_of_the_price(gross: Decimal, rate: str) -> None:
    tax = money.tax_in(gross, Decimal(rate))
    assert 0 <= tax <= gross
    net = gross - tax
    # the net amount times the rate is the tax, but for the rounding of each
    assert abs(net * Decimal(rate) - tax) <= money.CENT


def test_tax_of_known_amounts() -> None:
    assert money.tax_in(Decimal("10.55"), Decimal("0.0550")) == Decimal("0.55")
    assert money.tax_in(Decimal("12.00"), Decimal("0.2000")) == Decimal("2.00")
    assert money.rounded(Decimal("0.005")) == Decimal("0.01")
    assert money.rounded(Decimal("-0.005")) == Decimal("-0.01")


@given(uuids, some.lists(some.text(max_size=8), max_size=3))
def test_derived_ids_are_version_7_with_the_parents_time(
    parent: UUID, parts: list[str]
) -> None:
    child = derived(parent, *parts)
    assert child == derived(parent, *parts)
    assert child != parent
    assert child.version == 7
    assert child.variant == parent.variant
    assert child.bytes[:6] == parent.bytes[:6]


@given(uuids, uuids, some.integers(0, 999), some.integers(0, 999))
def test_derived_ids_differ(one: UUID, other: UUID, i: int, j: int) -> None:
    assert (derived(one, "line", i) == derived(other, "line", j)) == (
        one == other and i == j
    )


def test_new_ids_are_ordered_by_time() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}


def test_master_ids_are_the_same_everywhere() -> None:
    assert master_id("location", "M01") == master_id("location", "M01")
    assert master_id("location", "M01") != master_id("variant", "M01")
    assert master_id("location", "M01").version == 5


@pytest.mark.parametrize("value", [1, 2, 9999])
def test_quantities(value: int) -> None:
    assert quantity(value) == value


@pytest.mark.parametrize(
    "value", [0, -1, 10_000, True, False, 1.0, "1", "", None, [], 10**30, uuid4()]
)
def test_strange_quantities(value: object) -> None:
    with pytest.raises(BadQuantity) as refusal:
        quantity(value)
    assert refusal.value.value is value


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("3017620422003", "3017620422003"),
        (" 3 017620-422003", "3017620422003"),
        ("03017620422003", "3017620422003"),  # GTIN-14 of the same article
        ("036000291452", "0036000291452"),  # GTIN-12
        ("96385074", "96385074"),  # GTIN-8
        ("00000096385074", "96385074"),
        ("13017620422000", "13017620422000"),  # a case of it is another article
    ],
)
def test_barcodes(given: str, stored: str) -> None:
    assert gtin.valid(given) == stored


@pytest.mark.parametrize(
    "given",
    [
        *("", "3017620422004", "301762042200", "abc", "0000000000000", "0" * 14),
        *("٣٠١٧٦٢٠٤٢٢٠٠٣", "3017620422003; DROP TABLE", "3" * 400, None, 3),
    ],
)
def test_strange_barcodes(given: object) -> None:
    with pytest.raises(gtin.BadGtin):
        gtin.valid(given)


@given(some.integers(min_value=10**11, max_value=10**12 - 1))
def test_one_wrong_digit_is_found(number: int) -> None:
    digits = str(number)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10
    assert gtin.valid(f"{digits}{check}") == f"{digits}{check}"
    with pytest.raises(gtin.BadGtin):
        gtin.valid(f"{digits}{(check + 1) % 10}")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Crème BRÛLÉE", "creme brulee"), ("Weißbier", "weissbier"), ("ﬁlet", "filet")],
)
def test_names_are_sought_as_they_are_kept(typed: str, kept: str) -> None:
    assert plain(typed) == plain(typed.upper()) == kept
