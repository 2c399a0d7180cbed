"""What offers take off a basket: pure arithmetic on whole cents, no database.

The till's JavaScript does the same (`pos/static/pos/till/offers.js`);
`tests/retail/promotions/offer_vectors.json` holds both to it. Whole numbers only, so
that the two cannot differ by a rounding.

A rule is JSON, of one of these shapes. `goods` says which lines it is about:
{"gtins": [...], "departments": [ids]}, any of the two; {} is everything.

    {"kind": "percent", "percent": "12.5", "goods": {}}      off each line
    {"kind": "amount", "amount": "0.50", "goods": {}}        off each unit
    {"kind": "n_for_m", "take": 3, "pay": 2, "goods": {}}    of each `take`, dearest
                                        first, those after the first `pay` are free
    {"kind": "bundle", "price": "5.00", "parts": [{"quantity": 1, "goods": {}}, ...]}
    {"kind": "basket", "from": "40.00", "amount": "5.00", "goods": {}}   or "percent"

Offers are applied by priority, each to what those before it left. One that is exclusive
shares no line with another: neither those it takes off nor those whose units it counted
and left at their price (the paid ones of an n_for_m, the rest of a basket).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Applied",
    "Good",
    "Missing",
    "Offer",
    "Taken",
    "apply",
    "is_about",
    "spread",
]

WHOLE = 10_000  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class Good:
    """A line: `price` in cents for one unit."""

    gtin: str
    department: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Offer:
    id: str
    rule: dict[str, Any]
    priority: int = 100
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """`amount` cents off the line at `line` (from 0)."""

    offer: str
    line: int
    amount: int


@dataclass(frozen=True, slots=True)
class Missing:
    """What an offer lacks: `units` more of its goods, or goods for `amount` cents."""

    offer: str
    units: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """`used`: (offer, line), also where a line it counted stays at its price."""

    taken: tuple[Taken, ...]
    missing: tuple[Missing, ...]
    used: tuple[tuple[str, int], ...]

    def off(self, line: int) -> int:
        return sum(each.amount for each in self.taken if each.line == line)


class _Lines:
    """What offers have left of each line so far."""

    def __init__(self, goods: Sequence[Good]) -> None:
        self.goods = goods
        self.left = [each.quantity * each.price for each in goods]
        self.touched = [False] * len(goods)
        self.closed = [False] * len(goods)

    def open_to(self, offer: Offer, wanted: dict[str, Any]) -> list[int]:
        shut = self.touched if offer.exclusive else self.closed
        return [
            i
            for i, good in enumerate(self.goods)
            if not shut[i] and is_about(good, wanted)
        ]

    def part(self, line: int, units: int) -> int:
        """What so many units of the line cost by now."""
        return _half_up(self.left[line] * units, self.goods[line].quantity)

    def dearest(self, lines: Iterable[int]) -> list[int]:
        return sorted(lines, key=lambda i: (-self.goods[i].price, i))


def apply(goods: Sequence[Good], offers: Iterable[Offer]) -> Applied:
    """What these offers take off these lines, and what those lack that nearly apply."""
    lines = _Lines(goods)
    taken: list[Taken] = []
    missing: list[Missing] = []
    used: list[tuple[str, int]] = []
    for offer in sorted(offers, key=lambda each: (each.priority, each.id)):
        found, lacks = KINDS[offer.rule["kind"]](offer, lines)
        if lacks is not None:
            missing.append(lacks)
        off = [(line, min(amount, lines.left[line])) for line, amount in found]
        if not any(amount for _, amount in off):
            continue
        for line, amount in off:
            used.append((offer.id, line))
            lines.touched[line] = True
            # goods of a bundle or of a free unit are closed as a whole line
            lines.closed[line] = lines.closed[line] or offer.exclusive
            if amount:
                lines.left[line] -= amount
                taken.append(Taken(offer.id, line, amount))
    return Applied(tuple(taken), tuple(missing), tuple(used))


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Parts an amount by weights; the parts add up to it. Largest remainder, the earlier
    first. All weights zero: nothing anywhere."""
    total = sum(weights)
    if total <= 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    rest = [amount * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-rest[i], i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


# [(a line it uses, cents off it)] and what it lacks
_Found = tuple[list[tuple[int, int]], Missing | None]


def _percent(offer: Offer, lines: _Lines) -> _Found:
    share = hundredths(offer.rule["percent"])
    chosen = lines.open_to(offer, offer.rule.get("goods", {}))
    off = [(i, _half_up(lines.left[i] * share, WHOLE)) for i in chosen]
    return [(i, amount) for i, amount in off if amount], None


def _amount(offer: Offer, lines: _Lines) -> _Found:
    each = hundredths(offer.rule["amount"])
    chosen = lines.open_to(offer, offer.rule.get("goods", {}))
    return [(i, each * lines.goods[i].quantity) for i in chosen], None


def _n_for_m(offer: Offer, lines: _Lines) -> _Found:
    take, pay = offer.rule["take"], offer.rule["pay"]
    chosen = lines.dearest(lines.open_to(offer, offer.rule.get("goods", {})))
    units = sum(lines.goods[i].quantity for i in chosen)
    whole, found, before = units - units % take, [], 0
    for i in chosen:
        after = min(before + lines.goods[i].quantity, whole)
        if after > before:
            free = _free(after, take, pay) - _free(before, take, pay)
            found.append((i, lines.part(i, free)))
        before = after
    lacks = Missing(offer.id, units=take - units % take) if units % take else None
    return found, lacks


def _free(units: int, take: int, pay: int) -> int:
    """How many of the first so many units are free."""
    return units // take * (take - pay) + max(0, units % take - pay)


def _bundle(offer: Offer, lines: _Lines) -> _Found:
    parts = offer.rule["parts"]
    of: list[list[int]] = [[] for _ in parts]
    for i in lines.open_to(offer, {}):
        for n, part in enumerate(parts):
            if is_about(lines.goods[i], part.get("goods", {})):
                of[n].append(i)  # a line is of the first part that it fits
                break
    have = [sum(lines.goods[i].quantity for i in chosen) for chosen in of]
    sets = min(
        units // part["quantity"] for units, part in zip(have, parts, strict=True)
    )
    lack = sum(
        max(0, (sets + 1) * part["quantity"] - units)
        for units, part in zip(have, parts, strict=True)
    )
    begun = any(
        units > sets * part["quantity"] for units, part in zip(have, parts, strict=True)
    )
    lacks = Missing(offer.id, units=lack) if begun else None
    worth: list[tuple[int, int]] = []
    for chosen, part in zip(of, parts, strict=True):
        units = sets * part["quantity"]
        for i in lines.dearest(chosen):
            used = min(units, lines.goods[i].quantity)
            units -= used
            if used:
                worth.append((i, lines.part(i, used)))
    off = sum(value for _, value in worth) - sets * hundredths(offer.rule["price"])
    if off <= 0:
        return [], lacks
    shares = spread(off, [value for _, value in worth])
    return [(i, share) for (i, _), share in zip(worth, shares, strict=True)], lacks


def _basket(offer: Offer, lines: _Lines) -> _Found:
    chosen = lines.open_to(offer, offer.rule.get("goods", {}))
    values = [lines.left[i] for i in chosen]
    value, least = sum(values), hundredths(offer.rule["from"])
    if value < least:
        return [], Missing(offer.id, amount=least - value) if value else None
    if "percent" in offer.rule:
        off = _half_up(value * hundredths(offer.rule["percent"]), WHOLE)
    else:
        off = min(hundredths(offer.rule["amount"]), value)
    return list(zip(chosen, spread(off, values), strict=True)), None


KINDS = {
    "percent": _percent,
    "amount": _amount,
    "n_for_m": _n_for_m,
    "bundle": _bundle,
    "basket": _basket,
}


def is_about(good: Good, wanted: dict[str, Any]) -> bool:
    """Whether the `goods` of a rule mean this one."""
    if not wanted.get("gtins") and not wanted.get("departments"):
        return True
    return good.gtin in wanted.get("gtins", ()) or good.department in wanted.get(
        "departments", ()
    )


def _half_up(number: int, by: int) -> int:
    """Neither is negative; a half goes up."""
    return (2 * number + by) // (2 * by)


def hundredths(text: str) -> int:
    """ "12.5" → 1250: cents of an amount, hundredths of a percent."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])
