"""Codes: found, used and given back. A use and the number of uses move in one
statement, so that a code for one is used by one, whoever else tries at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connections, router

from inventory.ids import derived
from inventory.places import Channel
from retail.promotions.models import Coupon, CouponUse, UseKind

__all__ = [
    "MOST_CODES",
    "CouponRefused",
    "Place",
    "Reason",
    "find",
    "find_all",
    "give_back",
    "given_at",
    "normal",
    "origins",
    "use",
]


MOST_CODES = 5  # with one purchase


class Reason(StrEnum):
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    OVER = "over"
    USED_UP = "used_up"
    ELSEWHERE = "elsewhere"  # another channel's or another store's
    TWICE = "twice"  # the offer is there already, by another code
    NOTHING = "nothing"  # it takes nothing off these goods (yet)


class CouponRefused(Exception):
    """The code gives nothing here: `reason` says why."""

    def __init__(self, code: str, reason: Reason) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Place:
    """Where something is bought. `store` is a location's code, empty on the web;
    `shared` whether the other channel's offers are given here too."""

    channel: Channel
    store: str = ""
    shared: bool = False


def normal(code: str) -> str:
    """As typed or scanned → as made: capitals, without spaces."""
    return "".join(code.upper().split())


def origins(place: Place) -> list[str]:
    """Whose offers are known there, its own first."""
    own = place.channel.value
    others = [each.value for each in Channel if each.value != own]
    return [own, *others] if place.shared else [own]


def given_at(place: Place, *, channels: Sequence[str], stores: Sequence[str]) -> bool:
    """Whether an offer narrowed like this is given there."""
    if channels and place.channel.value not in channels:
        return False
    return not stores or place.store in stores


def find(code: str, place: Place, *, at: datetime) -> Coupon:
    """The coupon of this code with its promotion. One query. What is used up is found
    out here in time, and by `use` in truth. Raises CouponRefused where it gives nothing
    there and then."""
    found, refused = find_all([code], place, at=at)
    for refusal in refused:
        raise refusal
    return found[0]


def find_all(
    codes: Iterable[str], place: Place, *, at: datetime
) -> tuple[list[Coupon], list[CouponRefused]]:
    """Those that give something there and then, and those that do not, each in this
    order. One query for all, none without codes."""
    wanted = [normal(code) for code in codes]
    known: dict[str, Coupon] = {}
    if wanted:
        rows = Coupon.objects.filter(code__in=wanted, origin__in=origins(place))
        for coupon in rows.select_related("promotion"):
            # where both channels printed the code, the own one counts
            if coupon.code not in known or coupon.origin == place.channel.value:
                known[coupon.code] = coupon
    found: dict[UUID, Coupon] = {}  # by the offer they open
    refused = []
    for code in wanted:
        one = known.get(code)
        if one is None:
            refused.append(CouponRefused(code, Reason.UNKNOWN))
        elif (reason := _refusal(one, place, at)) is not None:
            refused.append(CouponRefused(code, reason))
        elif one.promotion_id in found:
            refused.append(CouponRefused(code, Reason.TWICE))
        else:
            found[one.promotion_id] = one
    return list(found.values()), refused


def _refusal(coupon: Coupon, place: Place, at: datetime) -> Reason | None:
    offer = coupon.promotion
    if not given_at(place, channels=offer.channels, stores=offer.stores):
        return Reason.ELSEWHERE
    if offer.starts_at > at:
        return Reason.NOT_YET
    if offer.ends_at is not None and offer.ends_at <= at:
        return Reason.OVER
    if coupon.most is not None and coupon.used >= coupon.most:
        return Reason.USED_UP
    return None


# `held` locks and so sees the coupon's newest version: of two at once the second waits
# there and finds the limit reached. Only a use that `made` really wrote is counted, from
# `held`, for the reason given in `inventory/reserving.py`.
_USE = """
WITH held AS MATERIALIZED (
    SELECT id, origin, most, used FROM retail_coupon WHERE id = %(coupon)s
    FOR NO KEY UPDATE
),
made AS (
    INSERT INTO retail_couponuse
        (id, origin, coupon_id, kind, reference, used_at, given_back_at)
    SELECT %(id)s, origin, id, %(kind)s, %(reference)s, %(at)s, NULL FROM held
    WHERE most IS NULL OR used < most
    ON CONFLICT DO NOTHING RETURNING coupon_id
)
UPDATE retail_coupon c SET used = h.used + 1
FROM made m JOIN held h ON h.id = m.coupon_id WHERE c.id = h.id
RETURNING c.id
"""


def use(
    coupons: Iterable[Coupon], *, kind: UseKind, reference: UUID, at: datetime
) -> None:
    """Each once, for this order or ticket; again for the same one without effect. One
    statement per coupon, in the order of their ids. Inside a transaction. Raises
    CouponRefused where the last use went to somebody else."""
    for coupon in sorted(coupons, key=lambda each: each.id):
        written = _run(
            _USE,
            {
                "coupon": coupon.id,
                "id": derived(coupon.id, "use", reference),
                "kind": kind.value,
                "reference": reference,
                "at": at,
            },
        )
        if (
            not written
            and not CouponUse.objects.filter(
                coupon=coupon, reference=reference
            ).exists()
        ):
            raise CouponRefused(coupon.code, Reason.USED_UP)


# Coupons are locked in the order in which `use` takes them. That a use of a coupon that
# is not here was given back is kept all the same.
_GIVE_BACK = """
WITH held AS MATERIALIZED (
    SELECT c.id, c.used FROM retail_coupon c
    WHERE c.id IN (SELECT coupon_id FROM retail_couponuse
                   WHERE reference = %(reference)s AND given_back_at IS NULL)
    ORDER BY c.id FOR NO KEY UPDATE
),
back AS (
    UPDATE retail_couponuse SET given_back_at = %(at)s
    WHERE reference = %(reference)s AND given_back_at IS NULL
      AND (SELECT count(*) FROM held) >= 0 -- not before they are locked
    RETURNING coupon_id
)
UPDATE retail_coupon c SET used = h.used - 1
FROM back b JOIN held h ON h.id = b.coupon_id WHERE c.id = h.id
RETURNING c.id
"""


def give_back(reference: UUID, *, at: datetime) -> int:
    """What this order used may be used again; again without effect. Answers how many.
    A coupon that lies in the other channel's database by now stays used."""
    return len(_run(_GIVE_BACK, {"reference": reference, "at": at}))


def _run(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connections[router.db_for_write(Coupon)].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
