"""Figures for a monitor, read from the databases when it asks: `docs/operators.md` says
what to watch. No figure names a person.

A metric is data: SQL that answers (label values …, value) of one database. Each reads
an index or a few rows, however many there are in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connections

from retail import channels
from retail.channels import Channel, Feature
from retail.channels.health import answers
from retail.fulfilment.states import PICKUP_OPEN, SHIP_OPEN
from retail.messages.relay import MOST_TRIES
from retail.notices.models import Way
from retail.orders.models import OrderStatus

__all__ = ["KIND", "METRICS", "Metric", "page"]

KIND = "text/plain; version=0.0.4; charset=utf-8"
ALIASES = ("default", *channels.SIDES)
NAMESPACE = "retail"


@dataclass(frozen=True)
class Metric:
    """`kind` is a gauge or a counter; `labels` name the columns before the last."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...]
    sql: str


Sample = tuple[dict[str, str], float]

METRICS = [
    Metric(
        "outbox_waiting",
        "gauge",
        "Messages to a channel that are not delivered and not given up.",
        ("to",),
        """SELECT c.code, count(m.id) FROM unnest(%(channels)s::text[]) AS c(code)
        LEFT JOIN retail_outboxmessage m
          ON m.to = c.code AND m.sent_at IS NULL AND m.dead_at IS NULL GROUP BY 1""",
    ),
    Metric(
        "outbox_oldest_seconds",
        "gauge",
        "Age of the oldest of these messages; 0 where none waits.",
        (),
        """SELECT coalesce(extract(epoch FROM now() - min(made_at)), 0)
        FROM retail_outboxmessage WHERE sent_at IS NULL AND dead_at IS NULL""",
    ),
    Metric(
        "outbox_dead",
        "gauge",
        f"Messages given up after {MOST_TRIES} tries that nobody has set aside.",
        (),
        """SELECT count(*) FROM retail_outboxmessage
        WHERE dead_at IS NOT NULL AND act <> 'aside'""",
    ),
    Metric(
        "notices_waiting",
        "gauge",
        "Letters and short messages that are due and not sent, nor given up.",
        ("way",),
        """SELECT w.way, count(n.id) FROM unnest(%(ways)s::text[]) AS w(way)
        LEFT JOIN retail_notice n ON n.way = w.way AND n.sent_at IS NULL
         AND n.dead_at IS NULL AND n.due_at <= now() GROUP BY 1""",
    ),
    Metric(
        "notices_dead",
        "gauge",
        "Letters and short messages given up that nobody has set aside.",
        (),
        """SELECT count(*) FROM retail_notice
        WHERE dead_at IS NOT NULL AND act <> 'aside'""",
    ),
    Metric(
        "pickups_open",
        "gauge",
        "Pickups that are not over, by where they stand.",
        ("status",),
        """SELECT s.status, count(j.id) FROM unnest(%(pickups)s::text[]) AS s(status)
        LEFT JOIN (inventory_location l JOIN retail_pickupjob j
                   ON j.location_id = l.id AND j.status = ANY(%(pickups)s))
          ON j.status = s.status GROUP BY 1""",
    ),
    Metric(
        "pickups_late",
        "gauge",
        "Pickups that are not ready though the promised time is over.",
        (),
        """SELECT count(*) FROM inventory_location l
        JOIN retail_pickupjob j ON j.location_id = l.id
         AND j.status IN ('placed', 'accepted', 'picking') AND j.ready_by < now()""",
    ),
    Metric(
        "parcels_open",
        "gauge",
        "Parcels that have not left, by where they stand.",
        ("status",),
        """SELECT s.status, count(j.id) FROM unnest(%(parcels)s::text[]) AS s(status)
        LEFT JOIN (inventory_location l JOIN retail_shipjob j
                   ON j.location_id = l.id AND j.status = ANY(%(parcels)s))
          ON j.status = s.status GROUP BY 1""",
    ),
    Metric(
        "orders_open",
        "gauge",
        "Orders that are neither completed nor cancelled, by where they stand.",
        ("status",),
        """SELECT s.status, count(o.id) FROM unnest(%(orders)s::text[]) AS s(status)
        LEFT JOIN retail_order o
          ON o.status = s.status AND o.status = ANY(%(orders)s) GROUP BY 1""",
    ),
    Metric(
        "order_numbers_total",
        "counter",
        "Numbers given to orders; one may be given in vain.",
        (),
        """SELECT CASE WHEN is_called THEN last_value ELSE 0 END
        FROM retail_order_number_seq""",
    ),
    Metric(
        "tickets_total",
        "counter",
        "Tickets of all tills.",
        (),
        "SELECT coalesce(sum(last_number), 0) FROM pos_till",
    ),
    Metric(
        "shifts_open",
        "gauge",
        "Tills at which somebody sells.",
        (),
        "SELECT count(*) FROM pos_shift WHERE closed_at IS NULL",
    ),
]
FEEDS = Metric(
    "feed_age_seconds",
    "gauge",
    "Age of what the web knows of a store; only while the databases are apart.",
    ("store",),
    """SELECT l.code, extract(epoch FROM now() - f.as_of)
    FROM retail_feedstate f JOIN inventory_location l ON l.id = f.location_id
    WHERE l.closed_on IS NULL OR l.closed_on > current_date""",
)
GIVEN: dict[str, list[str]] = {
    "channels": list(Channel.values),
    "ways": list(Way.values),
    "pickups": list(PICKUP_OPEN),
    "parcels": list(SHIP_OPEN),
    "orders": [
        each.value
        for each in OrderStatus
        if each not in {OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    ],
}


def page() -> str:
    """The whole page, in Prometheus' text format. One query for each metric and open
    database; of a database that does not answer it says only that."""
    up = {alias: answers(alias)["ok"] for alias in ALIASES}
    told = _told(
        Metric("database_up", "gauge", "Whether the database answers.", (), ""),
        [({"database": alias}, float(ok)) for alias, ok in up.items()],
    )
    if not up["default"]:  # nobody knows then which of the others are open
        return told
    with channels.use_snapshot(fresh=True):
        return told + "".join(_figures(up))


def _figures(up: dict[str, bool]) -> Iterator[str]:
    yield _told(
        Metric("level", "gauge", "Where the dial stands.", (), ""),
        [({"level": channels.level()}, 1.0)],
    )
    open_ones = [alias for alias in channels.open_databases() if up[alias]]
    for metric in METRICS:
        yield _told(
            metric, [each for alias in open_ones for each in _asked(metric, alias)]
        )
    if not channels.shared() and up[channels.database_for(Channel.WEBSHOP)]:
        yield _told(FEEDS, _feeds())


def _feeds() -> list[Sample]:
    """Of the stores that tell the web what they have."""
    return [
        ({"store": labels["store"]}, value)
        for labels, value in _asked(FEEDS, channels.database_for(Channel.WEBSHOP))
        if channels.on(Feature.WEB_TO_STORE, store=labels["store"])
    ]


def _asked(metric: Metric, alias: str) -> list[Sample]:
    """Nothing where the database went away meanwhile, or answers too slowly."""
    given = {name: each for name, each in GIVEN.items() if f"%({name})s" in metric.sql}
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(metric.sql, given or None)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
    except DatabaseError:
        return []
    return [
        (
            {"database": alias, **dict(zip(metric.labels, labels, strict=True))},
            float(value),
        )
        for *labels, value in rows
    ]


def _told(metric: Metric, samples: Iterable[Sample]) -> str:
    name = f"{NAMESPACE}_{metric.name}"
    lines = [f"# HELP {name} {metric.help}", f"# TYPE {name} {metric.kind}"]
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{told}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
