"""On which terms a store takes pickups: what its manager set, and how much is open there.

The store's own rows where they lie here, else what its last feed said of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from inventory.models import Location, LocationKind
from inventory.questions import Question, Row, columns_of, row_of
from retail.channels import kept
from retail.fulfilment.closings import takes_no_more
from retail.fulfilment.models import PickupJob
from retail.fulfilment.sourcing import owns

__all__ = [
    "Store",
    "Terms",
    "all_places",
    "all_stores",
    "as_json",
    "from_json",
    "store_asked",
    "terms_in",
    "terms_of",
    "with_terms",
]

# a pickup in one of these has still to be prepared; one that is short waits for others
TO_PREPARE = ("placed", "accepted", "picking")


@dataclass(frozen=True)
class Terms:
    """What `PickupSetting` says, and `workload`: pickups that are still to be prepared.
    Made without arguments, a store whose manager never set anything and that is idle.
    """

    paused: bool = False
    capacity: int = 8
    slot_minutes: int = 60
    buffer: int = 0
    minutes_per_order: int = 5
    cut_off: time | None = None
    identity_from: Decimal | None = None
    workload: int = 0


def with_terms(places: QuerySet[Location]) -> QuerySet[Location]:
    """Such that `terms_in` knows each place's terms without another query."""
    return places.select_related("pickupsetting", "feedstate").annotate(
        workload=Coalesce(
            Subquery(
                PickupJob.objects.filter(location=OuterRef("id"), status__in=TO_PREPARE)
                .order_by()
                .values("location")
                .annotate(open=Count("id"))
                .values("open"),
                output_field=IntegerField(),
            ),
            0,
        )
    )


@kept
def all_places() -> tuple[Location, ...]:
    """All places by their code, as `with_terms` reads them and as pages may know them.
    One query."""
    places = tuple(with_terms(Location.objects.order_by("code")))
    for place in places:  # a page asks for those of all stores, more than once
        place.terms = terms_in(place)  # type: ignore[attr-defined]
    return places


def all_stores() -> list[Location]:
    """The stores among them."""
    return [each for each in all_places() if each.kind == LocationKind.STORE]


def terms_in(place: Location) -> Terms:
    """The terms of a place that `with_terms` read. One that closes for good takes no
    more pickups, whatever its manager set."""
    known: Terms | None = getattr(place, "terms", None)
    if known is not None:
        return known
    return _unless_it_closes(place, _said(place))


# what `with_terms` reads, of one store, written out: each order asks for it
_STORE = f"""
SELECT {columns_of(Location, "l")}, to_jsonb(s) AS setting, f.terms AS told,
  (SELECT count(*) FROM retail_pickupjob j
   WHERE j.location_id = l.id AND j.status = ANY(%(open)s)) AS workload
FROM inventory_location l
LEFT JOIN retail_pickupsetting s ON s.location_id = l.id
LEFT JOIN retail_feedstate f ON f.location_id = l.id
WHERE l.code = %(code)s AND l.kind = %(kind)s
"""  # noqa: S608


Store = tuple[Location, Terms]


def store_asked(code: str) -> Question[Store | None]:
    """The store of this code and its terms as they are now; None where there is
    none."""
    given = {"code": code, "kind": LocationKind.STORE, "open": list(TO_PREPARE)}
    return Question(_STORE, given, _store)


def _store(rows: Sequence[Row]) -> Store | None:
    if not rows:
        return None
    store, (setting, told, workload) = row_of(Location, rows[0])
    mine = owns(store)
    said = json.loads((setting if mine else told) or "{}")
    if mine:
        said["workload"] = workload
    return store, _unless_it_closes(store, from_json(said))


def _unless_it_closes(place: Location, terms: Terms) -> Terms:
    if takes_no_more(place, timezone.now()):
        return replace(terms, paused=True)
    return terms


def _said(place: Location) -> Terms:
    if not owns(place):
        state = getattr(place, "feedstate", None)
        return from_json(state.terms if state else {})
    workload: int = place.workload  # type: ignore[attr-defined]
    setting = getattr(place, "pickupsetting", None)
    if setting is None:
        return Terms(workload=workload)
    return Terms(
        paused=setting.paused,
        capacity=setting.capacity,
        slot_minutes=setting.slot_minutes,
        buffer=setting.buffer,
        minutes_per_order=setting.minutes_per_order,
        cut_off=setting.cut_off,
        identity_from=setting.identity_from,
        workload=workload,
    )


def terms_of(locations: Iterable[Location]) -> dict[UUID, Terms]:
    """{location id: its terms}. One query; none for no location."""
    ids = [location.id for location in locations]
    if not ids:
        return {}
    places = with_terms(Location.objects.filter(id__in=ids))
    return {place.id: terms_in(place) for place in places}


def as_json(terms: Terms) -> dict[str, Any]:
    """For the feed: plain values, the cut-off as "18:00", an amount as "150.00"."""
    cut_off = terms.cut_off.strftime("%H:%M") if terms.cut_off else None
    dear = None if terms.identity_from is None else str(terms.identity_from)
    return {**asdict(terms), "cut_off": cut_off, "identity_from": dear}


def from_json(given: Mapping[str, Any]) -> Terms:
    """What a feed said; of what it did not say, the default. A word that is not known
    here (a store's side may be newer) is passed over."""
    known = {name: given[name] for name in Terms.__dataclass_fields__ if name in given}
    if known.get("cut_off"):
        known["cut_off"] = time.fromisoformat(known["cut_off"])
    if known.get("identity_from") is not None:
        known["identity_from"] = Decimal(str(known["identity_from"]))
    return Terms(**known)
