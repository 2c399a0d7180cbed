"""What the webshop knows of a store's stock while databases are apart: a copy with an
age, and claims on it. `offering` answers from it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, When
from django.utils import timezone

from inventory.ids import derived
from inventory.levels import OutOfStock, Short, checked, execute, rows
from inventory.models import Location, StockLevel
from inventory.places import Origin
from retail.channels import Channel, atomic, shared, use_channel
from retail.fulfilment.models import StoreAvailability
from retail.fulfilment.offering import TOO_OLD, PlaceOffer, offer
from retail.fulfilment.sourcing import owns, stores
from retail.fulfilment.terms import as_json, terms_in, with_terms

__all__ = ["TOO_OLD", "PlaceOffer", "claim", "offer", "refresh", "unclaim"]

# The rows are locked in one order and read anew before any is written, so that of two
# buyers of the last unit one gets nothing, and nobody gets a part.
CLAIM = """
WITH want AS MATERIALIZED (
  SELECT * FROM unnest(%(variants)s::uuid[], %(quantities)s::int[])
    AS w(variant_id, quantity)),
held AS MATERIALIZED (
  SELECT a.id, a.variant_id, a.available - a.open_requests - %(margin)s AS free
  FROM retail_storeavailability a
  WHERE a.location_id = %(location)s AND a.variant_id = ANY(%(variants)s::uuid[])
  ORDER BY a.id FOR NO KEY UPDATE OF a),
short AS MATERIALIZED (
  SELECT w.variant_id, w.quantity, greatest(coalesce(h.free, 0), 0) AS free
  FROM want w LEFT JOIN held h USING (variant_id)
  WHERE coalesce(h.free, 0) < w.quantity),
claimed AS (
  UPDATE retail_storeavailability a SET open_requests = a.open_requests + w.quantity
  FROM held h JOIN want w USING (variant_id)
  WHERE a.id = h.id AND NOT EXISTS (SELECT 1 FROM short)
  RETURNING a.id)
SELECT s.variant_id, s.quantity, s.free FROM short s
"""

# GREATEST: the copy may have been rebuilt since the claim was made
UNCLAIM = """
WITH want AS MATERIALIZED (
  SELECT * FROM unnest(%(variants)s::uuid[], %(quantities)s::int[])
    AS w(variant_id, quantity)),
held AS MATERIALIZED (
  SELECT a.id, a.variant_id FROM retail_storeavailability a
  WHERE a.location_id = %(location)s AND a.variant_id = ANY(%(variants)s::uuid[])
  ORDER BY a.id FOR NO KEY UPDATE OF a)
UPDATE retail_storeavailability a
SET open_requests = greatest(a.open_requests - w.quantity, 0),
    available = a.available - CASE WHEN %(taken)s THEN w.quantity ELSE 0 END
FROM held h JOIN want w USING (variant_id) WHERE a.id = h.id
"""


def claim(
    location: Location, quantities: Mapping[UUID, int], *, margin: int = 0
) -> None:
    """Keep units of the feed's row for a request that is on its way: all lines or none,
    in one statement, leaving `margin` units of each. Inside the caller's transaction.
    Raises OutOfStock, BadQuantity.
    """
    checked(quantities)
    short = rows(CLAIM, {**_given(location, quantities), "margin": margin})
    if short:
        raise OutOfStock([Short(*line) for line in short])


def unclaim(
    location: Location, quantities: Mapping[UUID, int], *, taken: bool = False
) -> None:
    """The store has answered (or will not be asked). `taken`: it keeps these units for
    the order, so they are gone here too, before its next feed says so."""
    execute(UNCLAIM, {**_given(location, quantities), "taken": taken})


def _given(location: Location, quantities: Mapping[UUID, int]) -> dict[str, object]:
    return {
        "location": location.id,
        "variants": list(quantities),
        "quantities": list(quantities.values()),
    }


# Whoever comes with an older reading finds a younger one and writes nothing.
STATE = """
INSERT INTO retail_feedstate AS f (id, origin, location_id, sequence, as_of, terms)
SELECT s.id, 'webshop', s.location_id, 1, %(as_of)s, s.terms::jsonb
FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(terms)s::text[])
  AS s(id, location_id, terms)
ORDER BY s.location_id
ON CONFLICT (location_id) DO UPDATE
  SET as_of = excluded.as_of, sequence = f.sequence + 1, terms = excluded.terms
  WHERE f.as_of < excluded.as_of
RETURNING location_id, sequence
"""


def refresh(at: datetime | None = None) -> int:
    """Read the stores' levels, and on which terms they take pickups, and copy what
    changed into the webshop's database. What is blocked there is none here.

    For a sweep: pins its own contexts and opens its own transaction in the webshop's
    database; the stores' is only read. Answers how many rows changed. Does nothing on
    one database, where nobody needs a copy, nor for stores without web pickup.
    """
    if shared():
        return 0
    # before reading: a reading may be younger than it says, never older
    as_of = at or timezone.now()
    with use_channel(Channel.POS):
        every = stores(among=with_terms(Location.objects.all()))
        places = [store for store in every if owns(store)]
        terms = [json.dumps(as_json(terms_in(place))) for place in places]
        read = list(
            StockLevel.objects.filter(location__in=places).values_list(
                "location_id",
                "variant_id",
                Case(
                    When(blocked_until__gt=as_of, then=0),
                    default=F("on_hand") - F("reserved") - F("safety"),
                ),
            )
        )
    if not places:
        return 0
    with use_channel(Channel.WEBSHOP), atomic():
        given = {
            "ids": [derived(place.id, "feed") for place in places],
            "locations": [place.id for place in places],
            "terms": terms,
            "as_of": as_of,
        }
        newer = dict(rows(STATE, given))
        return _store([row for row in read if row[0] in newer], newer)


WRITE = """
INSERT INTO retail_storeavailability AS a (id, origin, location_id, variant_id,
    available, open_requests, sequence)
SELECT n.id, %(origin)s, n.location_id, n.variant_id, n.available, 0, n.sequence
FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(variants)s::uuid[],
            %(available)s::int[], %(sequences)s::bigint[])
  AS n(id, location_id, variant_id, available, sequence)
ORDER BY n.id
ON CONFLICT (location_id, variant_id) DO UPDATE
  SET available = excluded.available, sequence = excluded.sequence
  WHERE a.available <> excluded.available
RETURNING 1
"""


def _store(read: list[tuple[UUID, UUID, int]], newer: dict[UUID, int]) -> int:
    known = {
        (location, variant): available
        for location, variant, available in StoreAvailability.objects.filter(
            location__in=newer
        ).values_list("location_id", "variant_id", "available")
    }
    changed = [row for row in read if known.get(row[:2]) != row[2]]
    if not changed:
        return 0
    return len(
        rows(
            WRITE,
            {
                "origin": Origin.WEBSHOP,
                "ids": [
                    derived(place, "feed", variant) for place, variant, _ in changed
                ],
                "locations": [place for place, _, _ in changed],
                "variants": [variant for _, variant, _ in changed],
                "available": [available for _, _, available in changed],
                "sequences": [newer[place] for place, _, _ in changed],
            },
        )
    )
