"""What runs low at a place: articles that left its shelf of late and are nearly gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.utils import timezone

from inventory.availability import Arithmetic
from inventory.models import Location, StockLevel, Variant
from retail.fulfilment.shelves import Found

__all__ = ["DAYS", "at"]

DAYS = 14
MOST = 100

# what is left lasts less than a week at the pace of the last two
LOW = """
WITH gone AS (
  SELECT variant_id, -sum(quantity) AS units FROM inventory_stockmovement
  WHERE location_id = %(location)s AND at >= %(since)s AND quantity < 0
    AND kind NOT LIKE 'adjust:%%'
  GROUP BY variant_id)
SELECT s.variant_id, g.units, s.on_hand, s.reserved, s.safety,
  greatest(s.on_hand - s.reserved - s.safety, 0)
FROM gone g JOIN inventory_stocklevel s USING (variant_id)
WHERE s.location_id = %(location)s
  AND s.on_hand - s.reserved - s.safety <= g.units / 2.0
ORDER BY (s.on_hand - s.reserved - s.safety) / g.units::numeric, s.variant_id
LIMIT {limit:d}
"""


def at(place: Location) -> dict[str, Any]:
    """`low`: [(Found, units that left in two weeks)], the scarcest first; `more`: there
    are others. Two queries."""
    given: dict[str, Any] = {
        "location": place.id,
        "since": timezone.now() - timedelta(days=DAYS),
    }
    with connections[router.db_for_read(StockLevel)].cursor() as cursor:
        cursor.execute(LOW.format(limit=MOST + 1), given)
        rows = list(cursor.fetchall())
    ids: list[UUID] = [row[0] for row in rows[:MOST]]
    goods = Variant.objects.select_related("product__department").in_bulk(ids)
    return {
        "low": [
            (Found(goods[id], Arithmetic(*units)), gone)
            for id, gone, *units in rows[:MOST]
        ],
        "more": len(rows) > MOST,
        "days": DAYS,
    }
