"""Orders with all that the API shows of them, in one statement: PostgreSQL writes the
JSON, because rows made into objects and back would cost more than placing the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connections, router

from inventory.filtering import those_given
from retail.fulfilment import requesting
from retail.fulfilment.codes import code_of, collector_code_of
from retail.fulfilment.models import Fulfilment, Method
from retail.orders import substituting
from retail.orders.models import Order

__all__ = ["Detail", "find", "order_detail"]

# States in which the buyer's code fetches something, or will.
CODE_SHOWN = frozenset(
    [
        "requested",
        "placed",
        "accepted",
        "awaiting_transfer",
        "picking",
        "staged",
        "ready",
        "checked_in",
        "partly_collected",
    ]
)

MONEY = "jsonb_build_object('amount', ({0})::text, 'currency', o.currency)"
# what a bank still keeps, as `Payment.held`
HELD = """CASE WHEN y.status = 'authorised'
      THEN y.to_take + y.reserved - y.captured ELSE 0.00 END"""
TIME = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def _money(column: str) -> str:
    return MONEY.format(column)


def _sum(column: str) -> str:
    """Of the order's payments."""
    return f"""coalesce((SELECT sum({column}) FROM retail_payment y
      WHERE y.order_id = o.id), 0.00)"""  # noqa: S608 - our own columns


def _time(column: str) -> str:
    return TIME.format(column)


# the columns are named here, never by a caller
DETAIL = f"""
SELECT o.id, o.maker, o.placed_at, jsonb_build_object(
  'id', o.id, 'number', o.number, 'channel', o.origin, 'status', o.status,
  'requested', nullif(o.requested, ''), 'customer', o.customer_id, 'email', o.email,
  'first_name', o.first_name, 'last_name', o.last_name,
  'placed_at', {_time("o.placed_at")}, 'finished_at', {_time("o.finished_at")},
  'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'position', l.position, 'gtin', l.gtin, 'title', l.title,
      'quantity', l.quantity, 'dropped', l.dropped,
      'unit_price', {_money("l.unit_price")}, 'discount', {_money("l.discount")},
      'offers', l.offers, 'total', {_money("l.total")},
      'tax_rate', l.tax_rate::text, 'replaces', l.replaces) ORDER BY l.position), '[]')
    FROM retail_orderline l WHERE l.order_id = o.id),
  'fulfilments', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', f.id, 'method', f.method, 'location', p.code, 'status', f.status,
      'reason', nullif(f.reason, ''), 'requested', nullif(f.requested, ''),
      'ready_by', {_time("f.ready_by")}, 'hold_until', {_time("f.hold_until")},
      'tracking', nullif(f.tracking, ''), 'collector', nullif(f.collector, ''),
      'due', {_money("f.due")}, 'code_version', f.code_version,
      'collector_version', f.collector_version, 'offers', f.offers,
      'slot_start', {_time("f.slot_start")}, 'slot_end', {_time("f.slot_end")},
      'choose_by', {_time("f.choose_by")}, 'on_way_at', {_time("f.on_way_at")},
      'extended_at', {_time("f.extended_at")},
      'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'gtin', l.gtin, 'quantity', n.quantity, 'dropped', n.dropped,
          'fulfilled', n.fulfilled) ORDER BY l.position), '[]')
        FROM retail_fulfilmentline n JOIN retail_orderline l ON l.id = n.order_line_id
        WHERE n.fulfilment_id = f.id))), '[]')
    FROM retail_fulfilment f JOIN inventory_location p ON p.id = f.location_id
    WHERE f.order_id = o.id),
  'payments', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', y.id, 'method', y.method, 'status', y.status,
      'amount', {_money("y.amount")}, 'reserved', {_money(HELD)},
      'captured', {_money("y.captured")}, 'refunded', {_money("y.refunded")}) ORDER BY y.made_at, y.id), '[]')
    FROM retail_payment y WHERE y.order_id = o.id),
  'next_action', (SELECT jsonb_build_object('url', y.next_action)
    FROM retail_payment y WHERE y.order_id = o.id AND y.status = 'pending'
      AND y.next_action <> '' LIMIT 1),
  'totals', jsonb_build_object(
      'goods', {_money("o.goods")}, 'discount', {_money("o.discount")},
      'shipping', {_money("o.shipping")},
      'points_redeemed', o.points_redeemed,
      'points_value', {_money("o.points_value")},
      'tax', {_money("o.tax")}, 'total', {_money("o.total")},
      'reserved', {_money(_sum(HELD))},
      'paid', {_money(_sum("y.captured - y.refunded"))}),
  'events', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'kind', e.kind, 'status', e.after, 'at', {_time("e.at")})
      ORDER BY e.at, e.id), '[]')
    FROM retail_orderevent e WHERE e.order_id = o.id))
FROM retail_order o
"""  # noqa: S608
ONE = DETAIL + "WHERE o.id = %(id)s"
SEVERAL = DETAIL + "WHERE o.origin = %(channel)s"
SEVERAL_BY = {
    "maker": "o.maker = %(maker)s",
    "number": "o.number = %(number)s",
    "customer": "o.customer_id = %(customer)s",
    "at": "(o.placed_at, o.id) < (%(at)s, %(id)s)",
}
# the number is of the text: a plan for any number is one for most of the rows
NEWEST_FIRST = "\nORDER BY o.placed_at DESC, o.id DESC LIMIT {:d}"


@dataclass(frozen=True)
class Detail:
    """`body` is what the API answers, as far as its reader may know."""

    id: UUID
    maker: str
    placed_at: datetime
    body: dict[str, Any]

    @property
    def channel(self) -> str:
        return str(self.body["channel"])


def order_detail(id: UUID, *, for_maker: str = "") -> Detail | None:
    """The order, if there is one; the codes of its pickups only where `for_maker` made
    it. One query; who may see it is the caller's to decide."""
    found = _read(ONE, {"id": id}, for_maker)
    return found[0] if found else None


def find(
    *,
    channel: str,
    maker: str | None = None,
    number: str | None = None,
    customer: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Detail]:
    """Orders of the channel, newest first, of this `maker` unless None; codes for the
    maker alone. One query."""
    at, id = before or (None, None)
    given = {
        "channel": channel,
        "maker": maker,
        "number": number,
        "customer": customer,
        "at": at,
        "id": id,
    }
    asked = SEVERAL + those_given(SEVERAL_BY, given) + NEWEST_FIRST.format(limit)
    return _read(asked, given, maker or "")


def _read(sql: str, given: dict[str, Any], for_maker: str) -> list[Detail]:
    with connections[router.db_for_read(Order)].cursor() as cursor:
        cursor.execute(sql, given)
        rows = cursor.fetchall()
    return [
        Detail(id, maker, at, _with_codes(id, orjson.loads(body), maker == for_maker))
        for id, maker, at, body in rows
    ]


def _with_codes(id: UUID, body: dict[str, Any], is_maker: bool) -> dict[str, Any]:
    """Promises in the order in which they were made, which their ids follow from. A
    page of the customer's bank is for who placed the order, as the codes are."""
    if not is_maker:
        body["next_action"] = None
    ids = [
        str(requesting.fulfilment_id(id, n + 1))
        for n, _each in enumerate(body["fulfilments"])
    ]
    body["fulfilments"].sort(key=lambda each: ids.index(each["id"]))
    for each in body["fulfilments"]:
        promise = Fulfilment(
            id=UUID(each["id"]),
            code_version=each.pop("code_version"),
            collector=each["collector"] or "",
            collector_version=each.pop("collector_version"),
        )
        fetched = each["method"] == Method.COLLECT and each["status"] in CODE_SHOWN
        shown = is_maker and fetched
        each["code"] = code_of(promise) if shown else None
        each["collector_code"] = (collector_code_of(promise) or None) if shown else None
        each["offers"] = _offers(promise.id) if each["offers"] else []
    return body


def _offers(promise_id: UUID) -> list[dict[str, Any]]:
    """With their prices; 3 queries, while a customer is asked."""
    promise = Fulfilment.objects.get(id=promise_id)
    return [
        {
            "position": each.position,
            "gtin": each.gtin,
            "title": each.title,
            "quantity": each.quantity,
            "unit_price": {
                "amount": f"{each.unit_price:.2f}",
                "currency": promise.currency,
            },
        }
        for each in substituting.offered(promise)
    ]
