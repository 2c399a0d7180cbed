"""What the webshop knows of a store's stock while databases are apart: a copy with an
age, and claims on it. `offering` answers from it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.ids import derived
from inventory.levels import (
    OutOfStock,
    Short,
    checked,
    execute,
    rows,
    rows_carrying,
)
from inventory.models import Location
from inventory.places import Origin
from retail.channels import Channel, atomic, shared, use_channel
from retail.fulfilment import readings
from retail.fulfilment.models import FeedState, StoreAvailability
from retail.fulfilment.readings import Before
from retail.fulfilment.sourcing import owns, stores
from retail.fulfilment.terms import as_json, terms_in, with_terms

__all__ = ["claim", "refresh", "unclaim"]

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


READ_ALL = "UPDATE retail_feedstate SET mark = NULL WHERE location_id = %(location)s"


def claim(
    location: Location, quantities: Mapping[UUID, int], *, margin: int = 0
) -> None:
    """Keep units of the feed's row for a request that is on its way: all lines or none,
    in one statement, which carries what waits to be written `together`, leaving `margin`
    units of each. Inside the caller's transaction. Raises OutOfStock, BadQuantity.
    """
    checked(quantities)
    short = rows_carrying(CLAIM, {**_given(location, quantities), "margin": margin})
    if short:
        raise OutOfStock([Short(*line) for line in short])


def unclaim(
    location: Location, quantities: Mapping[UUID, int], *, taken: bool = False
) -> None:
    """The store has answered (or will not be asked). `taken`: it keeps these units for
    the order, so they are gone here too, before its next feed says so; if it has said so
    already, they are counted twice until the next reading, which is of everything."""
    if taken:
        # before the rows, as `refresh` takes them: the other way round they would wait
        # for each other
        execute(READ_ALL, {"location": location.id})
    execute(UNCLAIM, {**_given(location, quantities), "taken": taken})


def _given(location: Location, quantities: Mapping[UUID, int]) -> dict[str, object]:
    return {
        "location": location.id,
        "variants": list(quantities),
        "quantities": list(quantities.values()),
    }


# Whoever comes with an older reading finds a younger one and writes nothing. A mark that
# was taken away while a part was read stays away; a full reading sets it again.
STATE = """
INSERT INTO retail_feedstate AS f (id, origin, location_id, sequence, as_of, terms, mark,
    full_at)
SELECT s.id, 'webshop', s.location_id, 1, %(as_of)s, s.terms::jsonb,
  CASE WHEN s.before IS NULL THEN %(mark)s END,
  CASE WHEN s.before IS NULL THEN %(as_of)s END
FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(terms)s::text[],
            %(before)s::bigint[]) AS s(id, location_id, terms, before)
ORDER BY s.location_id
ON CONFLICT (location_id) DO UPDATE
  SET as_of = excluded.as_of, sequence = f.sequence + 1, terms = excluded.terms,
      full_at = coalesce(excluded.full_at, f.full_at),
      mark = CASE WHEN f.mark IS NOT NULL OR excluded.full_at IS NOT NULL
             THEN %(mark)s END
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
    with use_channel(Channel.WEBSHOP), atomic():
        states = {each.location_id: each for each in FeedState.objects.all()}
    with use_channel(Channel.POS), atomic():
        every = stores(among=with_terms(Location.objects.all()))
        places = [store for store in every if owns(store)]
        terms = [json.dumps(as_json(terms_in(place))) for place in places]
        mark = readings.mark_now()
        before = [_before(place, states, mark, as_of) for place in places]
        read = readings.levels_since(before, at=as_of)
    if not places:
        return 0
    with use_channel(Channel.WEBSHOP), atomic():
        given = {
            "ids": [derived(place.id, "feed") for place in places],
            "locations": [place.id for place in places],
            "terms": terms,
            "before": [each.mark for each in before],
            "mark": mark,
            "as_of": as_of,
        }
        newer = dict(rows(STATE, given))
        return _store([row for row in read if row[0] in newer], newer)


def _before(
    place: Location, states: Mapping[UUID, FeedState], mark: int, as_of: datetime
) -> Before:
    """From where to read on; everything where that is not known, where it was long ago,
    or where the stores' database counts anew (put back from a backup elsewhere)."""
    state = states.get(place.id)
    if state is None or state.mark is None or state.mark > mark:
        return Before(place.id, None, None)
    if state.full_at is None or as_of - state.full_at >= readings.FULL_AFTER:
        return Before(place.id, None, None)
    return Before(place.id, state.mark, state.as_of)


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
