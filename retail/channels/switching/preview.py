"""What a change of level would do, before anybody decides."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import OperationalError, connections
from psycopg import sql

from inventory.places import Channel
from retail.channels.context import use_channel
from retail.channels.flipping import preset
from retail.channels.levels import Feature, Level
from retail.channels.models import RunKind, RunState, SwitchRun
from retail.channels.roles import copier_connection
from retail.channels.snapshot import Flag, snapshot
from retail.channels.switching import preflight
from retail.channels.switching.run import kind_of
from retail.channels.switching.sides import WAYS, sources, tables
from retail.channels.switching.standing import standing
from retail.customers import matching
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PICKUP_OPEN

# Where no run was measured on this installation yet: `make bench-switch`, two cores.
ROWS_PER_SECOND = 15_000.0
PAUSE_SECONDS = 0.6
BEGIN_SECONDS = 4.0  # what even an empty run takes
CANNOT_BE_UNDONE = {
    RunKind.JOIN: ("orders-see-all", "points-spent-stay-spent", "notices-sent"),
    RunKind.PART: ("unified-views-end", "requests-by-message", "notices-sent"),
}


def preview(level: Level | str) -> dict[str, Any]:
    """What `channels switch` would do; changes nothing.

    {"from", "to", "moves_data", "demo", "features": {name: {"before", "after"}},
    "kind": "join" | "part" | "", "blocks": [{"slug", "says"}],
    "rows": {database: {table: rows}}, "joined": {what: number},
    "customers": see `matching.foresee`, "estimate": {"rows", "seconds",
    "pause_seconds", "measured_on"}, "cannot_be_undone": [slug]}. Where data moves it
    reads every open row: seconds, or minutes on large sides.
    """
    level = Level(level)
    now = snapshot(fresh=True)
    kind = kind_of(level)
    wanted = preset(level)
    wanted[Feature.SHARED_DATABASE] = Flag(
        on=now.shared_database if kind is None else kind == RunKind.JOIN
    )
    found: dict[str, Any] = {
        "from": now.level.value,
        "to": level.value,
        "moves_data": kind is not None,
        "demo": now.demo,
        "features": {
            feature.value: {
                "before": now.flags[feature].on,
                "after": wanted[feature].on,
            }
            for feature in Feature
            if now.flags[feature] != wanted[feature]
        },
        "kind": kind or "",
        "blocks": blocks(kind),
        "rows": {},
        "joined": {},
        "customers": {},
        "estimate": {},
        "cannot_be_undone": [],
    }
    if kind is not None:
        moved = rows(kind)
        found |= {
            "rows": moved,
            "joined": joined(kind),
            "customers": dict(matching.foresee()) if kind == RunKind.JOIN else {},
            "estimate": estimate(sum(sum(each.values()) for each in moved.values())),
            "cannot_be_undone": list(CANNOT_BE_UNDONE[kind]),
        }
    return found


def blocks(kind: str | None) -> list[dict[str, str]]:
    """What stands in the way, a standing run first of all."""
    run = standing()
    if run is not None:
        return [{"slug": "run-stands", "says": f"run {run.pk} is {run.state}"}]
    if kind is None:
        return []
    return [{"slug": b.slug, "says": b.says} for b in preflight.check(kind)]


def rows(kind: str) -> dict[str, dict[str, int]]:
    """{source: {table: rows that are copied}}, tables with none left out. What goes to
    two targets is copied twice, and counted so."""
    found: dict[str, Counter[str]] = {alias: Counter() for alias in sources(kind)}
    for way in WAYS[kind]:
        with copier_connection(way.source) as connection:
            for table in tables():
                row = connection.execute(
                    sql.SQL("SELECT count(*) FROM {} WHERE origin = ANY({})").format(
                        sql.Identifier(table.name), sql.Literal(list(way.origins))
                    )
                ).fetchone()
                if row and row[0]:
                    found[way.source][table.name] += int(row[0])
    return {alias: dict(counted) for alias, counted in found.items()}


COUNTS = {
    "stock_rows": "SELECT count(*) FROM inventory_stocklevel WHERE on_hand > 0",
    "points": "SELECT coalesce(sum(balance), 0) FROM retail_loyaltyaccount",
    "gift_cards": "SELECT count(*) FROM retail_giftcard WHERE balance > 0",
    "offers": "SELECT count(*) FROM retail_promotion"
    " WHERE ends_at IS NULL OR ends_at > now()",
    "open_orders": "SELECT count(*) FROM retail_order WHERE status NOT IN"
    " ('completed', 'cancelled', 'payment_failed')",
    "open_baskets": "SELECT count(*) FROM retail_basket WHERE closed_at IS NULL",
    "undelivered_messages": "SELECT count(*) FROM retail_outboxmessage"
    " WHERE sent_at IS NULL AND dead_at IS NULL",
    "open_pickups": "SELECT count(*) FROM retail_pickupjob"
    " WHERE status = ANY(%(open_pickups)s)",
    "open_shifts": "SELECT count(*) FROM pos_shift WHERE closed_at IS NULL",
}
LISTED = """
    SELECT li.variant_id, li.title, p.amount FROM inventory_listing li
    LEFT JOIN LATERAL (
      SELECT amount FROM inventory_price WHERE listing_id = li.id
      ORDER BY valid_from DESC LIMIT 1) p ON true
    WHERE li.origin = %s
"""


# codes that can still be used, with the rule of their offer
CODES = """
    SELECT c.code, p.rule::text FROM retail_coupon c
    JOIN retail_promotion p ON p.id = c.promotion_id
    WHERE c.origin = %s AND (p.ends_at IS NULL OR p.ends_at > now())
      AND (c.most IS NULL OR c.used < c.most)
"""


def open_pickups() -> int | None:
    """Pickups that were begun and go on, whatever the dial says; None where the stores'
    database does not answer."""
    try:
        with use_channel(Channel.POS):
            return PickupJob.objects.filter(status__in=PICKUP_OPEN).count()
    except OperationalError:
        return None


def joined(kind: str) -> dict[str, int]:
    """What lies on the open sides and goes on under the other level, as numbers; prices
    and titles that the two channels do not share stay apart, each channel its own, and
    so do codes that both have made for different offers."""
    found = dict.fromkeys(COUNTS, 0)
    listed: dict[str, dict[Any, tuple[Any, Any]]] = {"webshop": {}, "pos": {}}
    codes: dict[str, dict[str, str]] = {"webshop": {}, "pos": {}}
    for alias in sources(kind):
        with connections[alias].cursor() as cursor:
            for name, query in COUNTS.items():
                given = {"open_pickups": list(PICKUP_OPEN)} if "%" in query else None
                cursor.execute(query, given)
                found[name] += int(cursor.fetchone()[0])
            for origin, goods in listed.items():
                cursor.execute(LISTED, [origin])
                for variant, title, amount in cursor.fetchall():
                    goods[variant] = (title, amount)
            for origin, rules in codes.items():
                cursor.execute(CODES, [origin])
                rules |= cursor.fetchall()
    both = listed["webshop"].keys() & listed["pos"].keys()
    pairs = [(listed["webshop"][each], listed["pos"][each]) for each in both]
    found["titles_differ"] = sum(one[0] != other[0] for one, other in pairs)
    found["prices_differ"] = sum(one[1] != other[1] for one, other in pairs)
    mine, theirs = codes["webshop"], codes["pos"]
    found["codes_differ"] = sum(
        mine[code] != theirs[code] for code in mine.keys() & theirs.keys()
    )
    return found


def estimate(rows: int) -> dict[str, Any]:
    """Seconds for this many rows, by the last run here; before the first, by what was
    measured elsewhere."""
    last = (
        SwitchRun.objects.filter(state=RunState.DONE, rows__gt=0)
        .exclude(opened_at=None)
        .order_by("-started_at")
        .first()
    )
    if last is None or last.finished_at is None:
        return {
            "rows": rows,
            "seconds": round(BEGIN_SECONDS + rows / ROWS_PER_SECOND, 1),
            "pause_seconds": PAUSE_SECONDS,
            "measured_on": "bench",
        }
    took = (last.finished_at - last.started_at).total_seconds()
    beyond = max(0, rows - last.rows) / ROWS_PER_SECOND
    return {
        "rows": rows,
        "seconds": round(took + beyond, 1),
        "pause_seconds": round(last.pause_seconds or PAUSE_SECONDS, 2),
        "measured_on": "last-run",
    }
