"""Making offers and codes. An offer is never changed: it is ended, and another made."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from inventory.gtin import BadGtin, valid
from inventory.ids import derived, new_id
from inventory.places import Channel
from retail.codes import at_random
from retail.promotions.coupons import normal
from retail.promotions.models import Coupon, Promotion

__all__ = [
    "BadRule",
    "CodeTaken",
    "checked_rule",
    "end",
    "make_coupon",
    "make_coupons",
    "make_offer",
]

AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?")
CODE = re.compile(r"[A-Z0-9-]{3,40}")
MOST_UNITS = 100
SIGNS = 9  # of a code nobody chose: guessed once in two times ten to the thirteenth


class BadRule(Exception):
    """`field` of the rule is not what `rules` says it must be."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class CodeTaken(Exception):
    """The channel has a coupon of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def make_offer(
    *,
    id: UUID | None = None,
    channel: Channel,
    name_fr: str,
    name_en: str,
    rule: Any,
    starts_at: datetime,
    ends_at: datetime | None = None,
    priority: int = 100,
    exclusive: bool = False,
    needs_code: bool = False,
    channels: Sequence[str] = (),
    stores: Sequence[str] = (),
) -> Promotion:
    """The channel's own offer; the same id again answers the one that is there. Inside
    a transaction of that channel. Raises BadRule."""
    id = id or new_id()
    Promotion.objects.bulk_create(
        [
            Promotion(
                id=id,
                origin=channel,
                name_fr=name_fr,
                name_en=name_en,
                rule=checked_rule(rule),
                priority=priority,
                exclusive=exclusive,
                needs_code=needs_code,
                channels=[Channel(each).value for each in channels],
                stores=list(stores),
                starts_at=starts_at,
                ends_at=ends_at,
            )
        ],
        ignore_conflicts=True,
    )
    return Promotion.objects.get(id=id)


def end(promotion: Promotion, *, at: datetime) -> None:
    """From then on it is given no more; what was sold under it stays sold. One that
    was over before stays as it was."""
    still = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    Promotion.objects.filter(still, id=promotion.id).update(
        ends_at=max(at, promotion.starts_at)
    )


def make_coupon(
    promotion: Promotion, code: str, *, most: int | None = None, id: UUID | None = None
) -> Coupon:
    """A code for the offer, of the offer's owner; `most` uses in all, None without end.
    Again with the same id: the one that is there. Raises ValueError, also for an offer
    that everybody gets without a code, and CodeTaken."""
    written = normal(code)
    if not CODE.fullmatch(written) or most == 0 or not promotion.needs_code:
        raise ValueError(code)
    id = id or new_id()
    Coupon.objects.bulk_create(
        [
            Coupon(
                id=id,
                origin=promotion.origin,
                promotion=promotion,
                code=written,
                most=most,
            )
        ],
        ignore_conflicts=True,
    )
    made = Coupon.objects.filter(id=id).first()
    if made is None:
        raise CodeTaken(written)
    return made


def make_coupons(promotion: Promotion, number: int, *, batch: UUID) -> list[Coupon]:
    """So many codes that are good once each; the same batch again answers those that
    are there. Inside a transaction. Raises ValueError, as `make_coupon`."""
    if number < 1 or not promotion.needs_code:
        raise ValueError(number)
    ids = [derived(batch, promotion.id, count) for count in range(number)]
    found: dict[UUID, Coupon] = {}
    while len(found) < number:  # again where chance met a code that is there
        Coupon.objects.bulk_create(
            [
                Coupon(
                    id=id,
                    origin=promotion.origin,
                    promotion=promotion,
                    code=at_random(SIGNS),
                    most=1,
                )
                for id in ids
                if id not in found
            ],
            ignore_conflicts=True,
        )
        found = Coupon.objects.in_bulk(ids)
    return [found[id] for id in ids]


def checked_rule(rule: Any) -> dict[str, Any]:
    """The rule, with nothing in it that `rules` does not know. Raises BadRule."""
    if not isinstance(rule, dict) or rule.get("kind") not in SHAPES:
        raise BadRule("kind")
    return {"kind": rule["kind"], **SHAPES[rule["kind"]](rule)}


def _goods(rule: dict[str, Any]) -> dict[str, list[str]]:
    given = rule.get("goods", {})
    if not isinstance(given, dict) or set(given) - {"gtins", "departments"}:
        raise BadRule("goods")
    found: dict[str, list[str]] = {}
    try:
        if given.get("gtins"):
            found["gtins"] = [valid(each) for each in given["gtins"]]
        if given.get("departments"):
            found["departments"] = [str(UUID(each)) for each in given["departments"]]
    except (BadGtin, ValueError, TypeError, AttributeError) as error:
        raise BadRule("goods") from error
    return found


def _amount(rule: dict[str, Any], name: str, *, most: int = 100_000) -> str:
    text = rule.get(name)
    if not isinstance(text, str) or not AMOUNT.fullmatch(text):
        raise BadRule(name)
    if not 0 < float(text) <= most:
        raise BadRule(name)
    return text


def _units(rule: dict[str, Any], name: str, *, least: int) -> int:
    number = rule.get(name)
    if type(number) is not int or not least <= number <= MOST_UNITS:
        raise BadRule(name)
    return number


def _percent(rule: dict[str, Any]) -> dict[str, Any]:
    return {"percent": _amount(rule, "percent", most=100), "goods": _goods(rule)}


def _off_each(rule: dict[str, Any]) -> dict[str, Any]:
    return {"amount": _amount(rule, "amount"), "goods": _goods(rule)}


def _n_for_m(rule: dict[str, Any]) -> dict[str, Any]:
    take, pay = _units(rule, "take", least=2), _units(rule, "pay", least=1)
    if pay >= take:
        raise BadRule("pay")
    return {"take": take, "pay": pay, "goods": _goods(rule)}


def _bundle(rule: dict[str, Any]) -> dict[str, Any]:
    parts = rule.get("parts")
    if not isinstance(parts, list) or not 1 < len(parts) <= 10:
        raise BadRule("parts")
    if not all(isinstance(part, dict) and _goods(part) for part in parts):
        raise BadRule("parts")
    return {
        "price": _amount(rule, "price"),
        "parts": [
            {"quantity": _units(part, "quantity", least=1), "goods": _goods(part)}
            for part in parts
        ],
    }


def _basket(rule: dict[str, Any]) -> dict[str, Any]:
    by = "percent" if "percent" in rule else "amount"
    most = 100 if by == "percent" else 100_000
    return {
        "from": _amount(rule, "from"),
        by: _amount(rule, by, most=most),
        "goods": _goods(rule),
    }


SHAPES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "percent": _percent,
    "amount": _off_each,
    "n_for_m": _n_for_m,
    "bundle": _bundle,
    "basket": _basket,
}
