"""Prices: what a channel asks from a moment on. A price is added, never changed: what
held until now stays in the books."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from inventory.models import Price
from inventory.places import Channel
from inventory.prices import Priced, priced
from retail.exchange.cells import Column, amount, gtin, moment
from retail.exchange.models import Verdict
from retail.exchange.tables import Change, Judged, Read, Table, Wrong, listings
from retail.staff.edits import edit, keep

COLUMNS = (
    Column("gtin", gtin, required=True),
    Column("amount", amount, required=True),
    Column("former_amount", amount),
    Column("valid_from", moment),
    Column("valid_to", moment),
)


def judge(channel: Channel, lines: Sequence[Read]) -> Iterable[Judged]:
    """Three queries."""
    now = timezone.now()
    known = listings(channel, lines)
    asked_now = priced(channel, known, now)
    later = _from_moments(lines, [each.id for each in known.values()])
    for line in lines:
        asked = line.values
        listing = known.get(asked["gtin"])
        begins, ends = _moment(asked, "valid_from"), _moment(asked, "valid_to")
        former = asked.get("former_amount")
        if listing is None:
            yield Wrong(line.number, "gtin", "not-offered", asked["gtin"])
        elif former is not None and Decimal(former) <= Decimal(asked["amount"]):
            yield Wrong(line.number, "former_amount", "former-not-higher", former)
        elif ends and ends <= (begins or now):
            yield Wrong(line.number, "valid_to", "ends-before", asked["valid_to"])
        elif begins is None:
            same = ends is None and _is(asked, asked_now.get(asked["gtin"]))
            verdict = Verdict.CHANGE if asked["gtin"] in asked_now else Verdict.NEW
            yield line, Verdict.SAME if same else verdict
        elif (there := later.get((listing.id, begins))) is not None:
            # so a file that was exported here says nothing new
            same = _is(asked, there) and there.valid_to == ends
            taken = Wrong(line.number, "valid_from", "price-there", asked["valid_from"])
            yield (line, Verdict.SAME) if same else taken
        elif begins <= now:
            yield Wrong(line.number, "valid_from", "in-the-past", asked["valid_from"])
        else:
            yield line, Verdict.NEW


def apply(change: Change, lines: Sequence[Read]) -> list[Wrong]:
    """Four queries. What is to hold at once holds from the moment of confirming, and
    what has become the past since the preview is left out."""
    known = listings(change.channel, lines)
    added: dict[int, Price] = {}
    wrong = []
    for line in lines:
        asked = line.values
        listing = known.get(asked["gtin"])
        begins, ends = _moment(asked, "valid_from"), _moment(asked, "valid_to")
        former = asked.get("former_amount")
        if listing is None:
            wrong.append(Wrong(line.number, "gtin", "gone-since", asked["gtin"]))
        elif begins is not None and begins <= change.at:
            told = asked["valid_from"]
            wrong.append(Wrong(line.number, "valid_from", "in-the-past", told))
        elif ends is not None and ends <= (begins or change.at):
            told = asked["valid_to"]
            wrong.append(Wrong(line.number, "valid_to", "ends-before", told))
        else:
            added[line.number] = Price(
                id=change.id(line.number),
                origin=change.channel,
                listing=listing,
                amount=Decimal(asked["amount"]),
                former_amount=None if former is None else Decimal(former),
                valid_from=begins or change.at,
                valid_to=ends,
            )
    Price.objects.bulk_create(added.values(), ignore_conflicts=True)
    taken = _taken(added)
    left = {each.number for each in taken}
    _note(change, [each for number, each in added.items() if number not in left])
    return wrong + taken


def _note(change: Change, prices: Iterable[Price]) -> None:
    """Under the listing: that is where somebody looks for what it cost."""
    keep(
        edit(
            each.listing,
            side=change.channel,
            by=change.who,
            before={},
            after={
                "amount": each.amount,
                "former_amount": each.former_amount,
                "valid_from": each.valid_from,
                "valid_to": each.valid_to,
            },
            at=change.at,
        )
        for each in prices
    )


def _taken(added: Mapping[int, Price]) -> list[Wrong]:
    """Those of {line: price} whose moment another price has, that says otherwise."""
    there = _there(
        {each.valid_from for each in added.values()},
        [each.listing_id for each in added.values()],
    )
    return [
        Wrong(number, "valid_from", "price-there", each.valid_from.isoformat())
        for number, each in added.items()
        if (found := there.get((each.listing_id, each.valid_from))) is None
        or _says(found) != _says(each)
    ]


def _says(price: Price) -> tuple[Decimal, Decimal | None, datetime | None]:
    return price.amount, price.former_amount, price.valid_to


def _from_moments(
    lines: Sequence[Read], listing_ids: Sequence[UUID]
) -> dict[tuple[UUID, datetime], Price]:
    moments = {m for line in lines if (m := _moment(line.values, "valid_from"))}
    return _there(moments, listing_ids)


def _there(
    moments: Collection[datetime], listing_ids: Sequence[UUID]
) -> dict[tuple[UUID, datetime], Price]:
    if not moments:
        return {}
    found = Price.objects.filter(listing__in=listing_ids, valid_from__in=moments)
    return {(each.listing_id, each.valid_from): each for each in found}


def _moment(asked: Any, name: str) -> datetime | None:
    told = asked.get(name)
    return datetime.fromisoformat(told) if told else None


def _is(asked: Any, there: Price | Priced | None) -> bool:
    former = asked.get("former_amount")
    return (
        there is not None
        and there.amount == Decimal(asked["amount"])
        and there.former_amount == (None if former is None else Decimal(former))
    )


def rows(channel: Channel) -> Iterator[Sequence[Any]]:
    """What holds now and what is to come."""
    now = timezone.now()
    replacing = Price.objects.filter(
        listing=OuterRef("listing"),
        valid_from__gt=OuterRef("valid_from"),
        valid_from__lte=now,
    ).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    holding = (
        Price.objects.filter(origin=channel)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
        .filter(~Exists(replacing))
    )
    return (
        holding.order_by("listing__variant__gtin", "valid_from")
        .values_list(
            *("listing__variant__gtin", "amount", "former_amount"),
            *("valid_from", "valid_to", "listing__title"),
        )
        .iterator(chunk_size=2000)
    )


TABLE = Table(
    columns=COLUMNS,
    key=lambda values: f"{values['gtin']} {values.get('valid_from') or ''}",
    judge=judge,
    apply=apply,
    header=(*(each.name for each in COLUMNS), "title"),
    rows=rows,
)
