"""`make bench-growth`: the same operations with 1, 10 and 100 times as much in the house.

More goods (with their listings, prices and stock in every place) and more orders are copied
from those of the demo, marked so (names "Generated …", numbers G…), in the bench's own
databases, which the next run of the bench makes anew. Definitions: `bench/README.md`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench import house, report
from bench.run import CLIENTS, VAR, Bench, warm_up

FIGURES = Path(__file__).resolve().parents[1] / "var" / "bench-growth.json"
TIMES = (1, 10, 100)
# a row's copy has an id that follows from it, so that what points at it can follow
COPY = "md5(n || ':' || {0})::uuid"
# what of each table is not taken over as it is; parents before children
GROWN: dict[str, dict[str, str]] = {
    "inventory_product": {
        "id": COPY.format("t.id"),
        "name": "'Generated ' || n || ' ' || t.name",
        "sort_name": "t.sort_name || ' generated ' || n",
    },
    "inventory_variant": {
        "id": COPY.format("t.id"),
        "product_id": COPY.format("t.product_id"),
        "gtin": "'9' || lpad(n::text, 2, '0') || right(t.gtin, 11)",
    },
    "inventory_listing": {
        "id": COPY.format("t.id"),
        "variant_id": COPY.format("t.variant_id"),
    },
    "inventory_price": {
        "id": COPY.format("t.id"),
        "listing_id": COPY.format("t.listing_id"),
    },
    "inventory_stocklevel": {
        "id": COPY.format("t.id"),
        "variant_id": COPY.format("t.variant_id"),
        "reserved": "0",
    },
    "retail_order": {
        "id": COPY.format("t.id"),
        "number": "'G' || n || '-' || t.number",
    },
    "retail_orderline": {
        "id": COPY.format("t.id"),
        "order_id": COPY.format("t.order_id"),
    },
    "retail_orderevent": {
        "id": COPY.format("t.id"),
        "order_id": COPY.format("t.order_id"),
    },
    "retail_payment": {
        "id": COPY.format("t.id"),
        "order_id": COPY.format("t.order_id"),
    },
}
COUNTED = (
    "inventory_product",
    "inventory_stocklevel",
    "retail_order",
    "retail_orderline",
)


def grow(admin: psycopg.Connection[Any], times: int, before: int) -> None:
    """From `before` times as much to `times`: each first row once more for each step."""
    for table, made in GROWN.items():
        asked = admin.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public'"
            " AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        columns = [name for (name,) in asked.fetchall()]
        admin.execute(
            sql.SQL(
                "INSERT INTO {} ({}) SELECT {} FROM {} AS t,"
                " generate_series({}, {}) AS n"
            ).format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(
                    sql.SQL(made[name]) if name in made else sql.Identifier("t", name)
                    for name in columns
                ),
                sql.Identifier(f"first_{table}"),
                sql.Literal(before),
                sql.Literal(times - 1),
            )
        )
        admin.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def remember(admin: psycopg.Connection[Any]) -> None:
    """The rows of the beginning, of which all others are copies."""
    for table in GROWN:
        admin.execute(
            sql.SQL("CREATE TEMP TABLE {} AS TABLE public.{}").format(
                sql.Identifier(f"first_{table}"), sql.Identifier(table)
            )
        )


def counts(admin: psycopg.Connection[Any]) -> dict[str, int]:
    found = {}
    for table in COUNTED:
        asked = admin.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        ).fetchone()
        found[table] = asked[0] if asked else 0
    return found


def measured(bench: Bench, rounds: int) -> dict[str, report.Figures]:
    bench.bursts = {}
    for number in range(rounds):
        bench.http("place_order", kind="orders", seed=f"growth {number}")
        for name, paths in bench.reads.items():
            bench.http(name, kind="get", paths=paths)
    return {name: report.figures(bursts) for name, bursts in bench.bursts.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each burst")
    given = parser.parse_args()
    home = house.start(VAR, level="omnichannel", keep=False)
    told: dict[str, Any] = {}
    try:
        world = json.loads(home.run("-m", "bench.prepare"))
        house.serve(home)
        bench = Bench(home, world, given.seconds)
        bench.reads["search"] = [
            "/api/v1/products/?q=chocolat",
            "/api/v1/products/?q=riz",
        ]
        bench.reads["search/html"] = ["/shop/search/?q=noisette"]
        house.say("warming up")
        warm_up(bench)
        with home.admin(home.database) as admin:
            remember(admin)
            before = 1
            for times in TIMES:
                house.say(f"{times} times as much")
                if times > before:
                    grow(admin, times, before)
                admin.execute("CHECKPOINT")
                found = measured(bench, given.rounds)
                told[f"{times}x"] = {"rows": counts(admin), "measured": found}
                print(json.dumps(told[f"{times}x"]["rows"]))
                print(report.table(found))
                before = times
    finally:
        house.stop(home)
    told["clients"] = CLIENTS
    FIGURES.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
