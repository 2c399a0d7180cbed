"""`/api/v1/fulfilments/`: a place's own work, for the system that stands there.

A store's key sees pickups, a warehouse's key parcels; each those of its own place and no
other's. Every move takes an `Idempotency-Key`, which becomes the id of its event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from inventory.models import Location, LocationKind
from retail.fulfilment import api_schema as schema
from retail.fulfilment import pickup
from retail.fulfilment.api_moves import (
    PARCEL_VERBS,
    as_recorded,
    bad_lines,
    incomplete,
)
from retail.fulfilment.api_store_moves import HIDDEN, PICKUP_VERBS, REFUSALS
from retail.fulfilment.models import (
    Method,
    PickupJob,
    PickupLine,
    ShipJob,
    ShipLine,
)
from retail.fulfilment.states import PICKUP_MOVES, SHIP_MOVES, legal
from retail.interfaces import paging
from retail.interfaces.fields import moment, money
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.views import (
    ApiView,
    key_of,
    maker_of,
    query,
    reading_of,
    told,
)
from retail.staff.models import Scope

Job = PickupJob | ShipJob
STORE_MOVES = {name: move for name, move in PICKUP_MOVES.items() if name not in HIDDEN}


def _illegal(error: pickup.IllegalMove) -> Problem:
    return Problem(
        "illegal-move",
        move=error.move,
        fulfilment_status=error.status,
        allowed=[name for name in error.allowed if name not in HIDDEN],
    )


class FulfilmentView(ApiView):
    scopes = (Scope.STORE,)
    refusals = (
        (pickup.NotYours, lambda _e: Problem("not-found")),
        (pickup.IdReused, lambda _e: Problem("id-reused")),
        (pickup.IllegalMove, _illegal),
        (pickup.WrongCode, lambda e: Problem("wrong-code", left=e.left)),
        (pickup.NotPaid, lambda e: Problem("not-paid", due=f"{e.due:.2f}")),
        *REFUSALS,
    )

    def place(self, request: Request) -> Location:
        """Where the key belongs. One query."""
        return Location.objects.get(code=key_of(request).location_code)


class Fulfilments(FulfilmentView):
    @extend_schema(
        operation_id="fulfilments_list",
        summary="The work of the key's own place, oldest first",
        parameters=schema.FILTERS,
        responses=schema.answers(schema.FulfilmentPage, 400),
    )
    def get(self, request: Request) -> HttpResponse:
        place = self.place(request)
        if query(request, "location") not in {"", place.code}:
            raise Problem("forbidden", _("This key belongs to another place."))
        asked = paging.asked(request._request, keys=2)
        jobs = _jobs(place).order_by("placed_at", "id")
        status = query(request, "status")
        if status:
            if status not in _statuses(place):
                raise invalid(status=_("There is no such status."))
            jobs = jobs.filter(status=status)
        if asked.after is not None:
            at, id = _cursor(asked.after)
            jobs = jobs.filter(Q(placed_at__gt=at) | Q(placed_at=at, id__gt=id))
        return told(
            paging.page(
                request._request,
                asked,
                list(jobs[: asked.limit + 1]),
                lambda job: body_of(job, place),
                lambda job: [job.placed_at.isoformat(), str(job.id)],
            )
        )


class OneFulfilment(FulfilmentView):
    @extend_schema(
        operation_id="fulfilments_see",
        summary="One job of the key's own place",
        responses=schema.answers(schema.FulfilmentSchema, 404),
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        return _answer(self.place(request), id)


class Moves(FulfilmentView):
    @extend_schema(
        operation_id="fulfilments_move",
        summary="Make a move of the state table",
        parameters=schema.MOVE,
        request=schema.MoveSchema,
        responses=schema.answers(schema.FulfilmentSchema, 400, 404, 409),
    )
    def post(self, request: Request, id: UUID, move: str) -> HttpResponse:
        place = self.place(request)
        verbs = PARCEL_VERBS if _packs(place) else PICKUP_VERBS
        if move not in PICKUP_VERBS and move not in PARCEL_VERBS:
            raise Problem("not-found", _("There is no such move."))
        event_id = _event_id(request)
        job = _one(place, id)
        if move not in verbs:
            raise _illegal(
                pickup.IllegalMove(
                    move=move, status=job.status, allowed=_moves(job, place)
                )
            )
        body = reading_of(request)
        try:
            verbs[move](job, body, {"by": maker_of(request), "event_id": event_id})
        except pickup.BadLines as error:
            raise bad_lines(job, error) from error
        except pickup.Incomplete as error:
            raise incomplete(job, error) from error
        if not as_recorded(job, event_id, body):
            raise pickup.IdReused
        return _answer(place, id)


def _event_id(request: Request) -> UUID:
    try:
        return UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError as error:
        why = _("Send a UUID: the same again makes the move once.")
        raise invalid(**{"Idempotency-Key": why}) from error


def _packs(place: Location) -> bool:
    return place.kind == LocationKind.WAREHOUSE


def _jobs(place: Location) -> Any:
    lines: Any = ShipLine if _packs(place) else PickupLine
    jobs: Any = ShipJob if _packs(place) else PickupJob
    in_order = Prefetch("lines", lines.objects.order_by("position"))
    return jobs.objects.filter(location=place).prefetch_related(in_order)


def _one(place: Location, id: UUID) -> Any:
    """Raises NotYours."""
    job = _jobs(place).filter(id=id).select_related("location").first()
    if job is None:
        raise pickup.NotYours
    return job


def _statuses(place: Location) -> set[str]:
    jobs: Any = ShipJob if _packs(place) else PickupJob
    return {value for value, _label in jobs._meta.get_field("status").choices}


def _moves(job: Job, place: Location) -> list[str]:
    return legal(SHIP_MOVES if _packs(place) else STORE_MOVES, job.status)


def _answer(place: Location, id: UUID) -> HttpResponse:
    return told(body_of(_one(place, id), place))


def body_of(job: Job, place: Location) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": job.id,
        "order": job.order_id,
        "order_number": job.order_number,
        "method": Method.SHIP.value if _packs(place) else Method.COLLECT.value,
        "location": place.code,
        "status": job.status,
        "ready_by": None,
        "placed_at": moment(job.placed_at),
        "customer": {"name": job.customer_name},
        "due": None,
        "moves": _moves(job, place),
    }
    if isinstance(job, ShipJob):
        body |= {"address": job.address, "tracking": job.tracking or None}
    else:
        body |= {
            "ready_by": moment(job.ready_by),
            "hold_until": moment(job.hold_until),
            "due": money(job.due - job.paid, job.currency),
            "reason": job.reason or None,
            "shelf": job.shelf or None,
            "bags": job.bags or None,
            "collector": job.collector_name or None,
            "slot": _slot(job),
            "on_way_at": moment(job.on_way_at),
            "where": job.place or None,
        }
    lines: list[PickupLine | ShipLine] = list(job.lines.all())
    gtins: dict[int | None, str] = {line.position: line.gtin for line in lines}
    body["lines"] = [
        _line(line, gtins.get(getattr(line, "replaces", None))) for line in lines
    ]
    return body


def _slot(job: PickupJob) -> dict[str, Any] | None:
    if job.slot_start is None:
        return None
    return {"start": moment(job.slot_start), "end": moment(job.slot_end)}


def _line(line: PickupLine | ShipLine, instead_of: str | None) -> dict[str, Any]:
    picked = isinstance(line, PickupLine)
    return {
        "gtin": line.gtin,
        "title": line.title,
        "quantity": line.quantity,
        "picked": line.picked,
        "short": line.short if isinstance(line, PickupLine) else 0,
        "collected": line.collected if isinstance(line, PickupLine) and picked else 0,
        "instead_of": instead_of,
    }


def _cursor(after: list[str]) -> tuple[datetime, UUID]:
    try:
        at = datetime.fromisoformat(after[0])
        if at.tzinfo is not None:
            return at, UUID(after[1])
    except ValueError:
        pass
    raise invalid(cursor=_("This is no cursor of ours."))
