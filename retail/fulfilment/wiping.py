"""Some days after a pickup or a parcel ended, the people are taken out of the work.

The order keeps who ordered, for its own time. The place's copy and the messages needed
the names for the hand-over alone. Each database wipes what lies in it, so nothing has
to be told; what is still on its way, or waits for a person, is left until it is not.
Tickets, movements and histories hold no names of customers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connections, router

from retail.channels import atomic
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PICKUP_OPEN, SHIP_OPEN

__all__ = ["IN_MESSAGES", "wipe_here"]

# What of a message's payload says who, or opens a pickup; all else is ids, states and
# sums. A message keeps its other words.
IN_MESSAGES = (
    "customer_name",
    "collector_name",
    "collector_hash",
    "code_hash",
    "place",
)
MOST = 500

PICKUPS = """
UPDATE retail_pickupjob SET customer_name = '', collector_name = '',
    collector_hash = '', code_hash = '', place = '', wiped_at = %(now)s
WHERE id IN (
  SELECT id FROM retail_pickupjob
  WHERE wiped_at IS NULL AND finished_at < %(before)s AND NOT status = ANY(%(open)s)
  ORDER BY finished_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""
# a parcel that nobody called delivered is so all the same after all this time
PARCELS = """
UPDATE retail_shipjob SET customer_name = '', address = '{}', wiped_at = %(now)s
WHERE id IN (
  SELECT id FROM retail_shipjob
  WHERE wiped_at IS NULL AND NOT status = ANY(%(open)s)
    AND coalesce(finished_at, placed_at) < %(before)s
  ORDER BY placed_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""
# The promise lies on the order's side, the job on the store's: each knows the end.
MESSAGES = """
UPDATE retail_outboxmessage SET payload = payload - %(keys)s::text[]
WHERE id IN (
  SELECT m.id FROM retail_outboxmessage m
  LEFT JOIN retail_fulfilment f ON f.id = m.subject
  LEFT JOIN retail_pickupjob j ON j.id = m.subject
  WHERE m.payload ?| array[{keys}] AND m.made_at < %(before)s
    AND (m.sent_at IS NOT NULL OR m.act = 'aside')
    AND (j.id IS NULL OR j.wiped_at IS NOT NULL)
    AND (f.id IS NULL OR (f.status = ANY(%(ended)s) AND f.changed_at < %(before)s))
  ORDER BY m.made_at LIMIT %(most)s FOR UPDATE OF m SKIP LOCKED)
""".replace("{keys}", ", ".join(f"'{each}'" for each in IN_MESSAGES))
ENDED = ["collected", "restocked", "cancelled"]


def wipe_here(now: datetime) -> int:
    """In the pinned channel's database; answers how many rows were changed, at most
    500 of each kind. Again without effect. Opens its own transactions."""
    pickups = now - timedelta(days=settings.PICKUP_NAMES_KEPT_DAYS)
    parcels = now - timedelta(days=settings.PARCEL_NAMES_KEPT_DAYS)
    given = {"now": now, "most": MOST}
    return (
        _run(PICKUPS, {**given, "before": pickups, "open": PICKUP_OPEN})
        + _run(PARCELS, {**given, "before": parcels, "open": SHIP_OPEN})
        + _run(
            MESSAGES,
            {**given, "before": pickups, "keys": list(IN_MESSAGES), "ended": ENDED},
        )
    )


def _run(query: str, given: dict[str, Any]) -> int:
    with atomic(), connections[router.db_for_write(PickupJob)].cursor() as cursor:
        cursor.execute(query, given)
        changed: int = cursor.rowcount
    return changed
