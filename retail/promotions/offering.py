"""Which offers are given at a place and time, and what they take off lines there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inventory.money import CENT, ZERO
from inventory.places import Channel
from inventory.questions import Question, Row, answers, columns_of, row_of
from retail import channels
from retail.promotions.coupons import (
    CouponRefused,
    Place,
    Reason,
    find_all,
    given_at,
    origins,
)
from retail.promotions.models import Coupon, Promotion
from retail.promotions.rules import Good, Offer, apply

__all__ = [
    "Discounted",
    "Hint",
    "Reduction",
    "discounted",
    "goods_of",
    "in_force",
    "in_force_asked",
    "offer_of",
    "place_of",
]


@dataclass(frozen=True)
class Reduction:
    """What an offer takes off one line, in euros. `code` where a coupon opened it."""

    promotion_id: UUID
    name: str
    amount: Decimal
    code: str = ""

    def kept(self) -> dict[str, Any]:
        """As an order's or ticket's line keeps it."""
        return {
            "promotion": str(self.promotion_id),
            "name": self.name,
            "amount": f"{self.amount:.2f}",
            "code": self.code,
        }


@dataclass(frozen=True)
class Hint:
    """What an offer lacks: `units` more, or goods for `amount` euros."""

    name: str
    units: int
    amount: Decimal
    code: str = ""


@dataclass(frozen=True)
class Discounted:
    """`lines` are the reductions of each line; `coupons` those that took something
    off, `refused` the codes that did not, with why."""

    lines: tuple[tuple[Reduction, ...], ...]
    hints: tuple[Hint, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    refused: tuple[CouponRefused, ...] = field(default=())

    @property
    def amounts(self) -> list[Decimal]:
        return [sum((each.amount for each in line), ZERO) for line in self.lines]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, ZERO)


def place_of(channel: Channel, *, store: str = "") -> Place:
    """The place as the dial has it now."""
    shared = channels.on(channels.Feature.SHARED_PROMOTIONS, store=store or None)
    return Place(channel, store, shared)


IN_FORCE = f"""
SELECT {columns_of(Promotion, "p")} FROM retail_promotion p
WHERE NOT needs_code AND starts_at <= %(at)s AND (ends_at IS NULL OR ends_at > %(at)s)
  AND origin = ANY(%(origins)s)
"""  # noqa: S608


def in_force(place: Place, *, at: datetime) -> list[Promotion]:
    """Offers that are given there and then without a code. One query."""
    return answers(in_force_asked(place, at=at))[0]


def in_force_asked(place: Place, *, at: datetime) -> Question[list[Promotion]]:
    """`in_force`, to be asked together with other questions."""

    def given_there(rows: Iterable[Row]) -> list[Promotion]:
        running = [row_of(Promotion, row)[0] for row in rows]
        return [
            each
            for each in running
            if given_at(place, channels=each.channels, stores=each.stores)
        ]

    return Question(IN_FORCE, {"at": at, "origins": [*origins(place)]}, given_there)


def goods_of(
    lines: Sequence[tuple[str, UUID, int, Decimal]],
) -> list[Good]:
    """From (gtin, department, quantity, unit price in euros)."""
    return [
        Good(gtin, str(department), quantity, int(price / CENT))
        for gtin, department, quantity, price in lines
    ]


def offer_of(promotion: Promotion) -> Offer:
    return Offer(
        id=str(promotion.id),
        rule=promotion.rule,
        priority=promotion.priority,
        exclusive=promotion.exclusive,
    )


def discounted(
    goods: Sequence[Good],
    place: Place,
    *,
    running: Sequence[Promotion] | None = None,
    codes: Sequence[str] = (),
    language: str,
    at: datetime,
) -> Discounted:
    """What all offers take off these lines there and then. A code that gives nothing is
    among the `refused`, and never an error. `running` are those that are `in_force`,
    where the caller asked. One query, none with `running`; one more with codes."""
    found, refused = find_all(codes, place, at=at)
    if running is None:
        running = in_force(place, at=at)
    promotions = {str(each.id): each for each in running}
    code_of = {str(each.promotion_id): each.code for each in found}
    promotions |= {str(each.promotion_id): each.promotion for each in found}
    result = apply(goods, [offer_of(each) for each in promotions.values()])
    lines: list[list[Reduction]] = [[] for _ in goods]
    for taken in result.taken:
        lines[taken.line].append(
            Reduction(
                promotion_id=promotions[taken.offer].id,
                name=promotions[taken.offer].name(language),
                amount=taken.amount * CENT,
                code=code_of.get(taken.offer, ""),
            )
        )
    gave = {taken.offer for taken in result.taken}
    refused += [
        CouponRefused(each.code, Reason.NOTHING)
        for each in found
        if str(each.promotion_id) not in gave
    ]
    return Discounted(
        lines=tuple(tuple(each) for each in lines),
        hints=tuple(
            Hint(
                name=promotions[each.offer].name(language),
                units=each.units,
                amount=each.amount * CENT,
                code=code_of.get(each.offer, ""),
            )
            for each in result.missing
        ),
        coupons=tuple(each for each in found if str(each.promotion_id) in gave),
        refused=tuple(refused),
    )
