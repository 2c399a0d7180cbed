"""Money: decimals of two places. What is rounded, is rounded here.

Amounts are `Decimal` in the currency's major unit (euros). Prices include tax, as
French law asks of prices shown to consumers (Code de la consommation, L112-1).
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half away from zero: commercial rounding."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def rounded_down(amount: Decimal) -> Decimal:
    """To the cent, towards zero: what somebody is owed at the most."""
    return amount.quantize(CENT, rounding=ROUND_DOWN)


def for_weight(per_kilo: Decimal, grams: int) -> Decimal:
    """What so many grams cost, rounded once for the line. Below zero for a return."""
    return rounded(per_kilo * grams / 1000)


def tax_in(gross: Decimal, rate: Decimal) -> Decimal:
    """The tax contained in an amount that includes it; `rate` is 0.055 for 5.5 %."""
    return rounded(gross - gross / (1 + rate))


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Part an amount by weights to the cent; the parts add up to it exactly.

    Largest remainder: cents that rounding down leaves go to the parts that lost most,
    earlier ones first. All weights zero: everything goes to the first part.
    """
    if not weights:
        raise ValueError("nothing to split over")
    total = sum(weights, ZERO)
    if total == 0:
        return [amount] + [ZERO] * (len(weights) - 1)
    exact = [amount * w / total for w in weights]
    parts = [rounded_down(e) for e in exact]
    left = int((amount - sum(parts, ZERO)) / CENT)
    step = CENT if left >= 0 else -CENT
    order = sorted(range(len(parts)), key=lambda i: -abs(exact[i] - parts[i]))
    for i in order[: abs(left)]:
        parts[i] += step
    return parts
