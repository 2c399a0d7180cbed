"""The one mover of jobs: a conditional UPDATE and an event, whose id makes the move
happen once however often it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import F

from inventory.inserting import insert
from retail.fulfilment.announcing import job_moved
from retail.fulfilment.models import PickupEvent, PickupJob, ShipEvent, ShipJob
from retail.fulfilment.states import PICKUP_MOVES, SHIP_MOVES, Move, legal

__all__ = [
    "PICKUP",
    "SHIP",
    "IdReused",
    "IllegalMove",
    "NotCollectable",
    "NotYours",
    "Table",
    "done_before",
    "move",
    "write_event",
]

Job = TypeVar("Job", PickupJob, ShipJob)


class IllegalMove(Exception):
    """A job in `status` cannot make `move`; `allowed` are the moves it can make."""

    def __init__(self, *, move: str, status: str, allowed: list[str]) -> None:
        super().__init__(f"{move}: {status}")
        self.move = move
        self.status = status
        self.allowed = allowed


class NotCollectable(IllegalMove):
    """It is not ready yet, or gone already: nothing can be handed over."""


class NotYours(Exception):
    """No such job at this place; whether another place has it is not said."""


class IdReused(Exception):
    """The id of this move was used for another one."""


@dataclass(frozen=True)
class Table(Generic[Job]):
    """One kind of job: its tables and its moves."""

    jobs: type[Job]
    events: type[PickupEvent] | type[ShipEvent]
    moves: dict[str, Move]


PICKUP: Table[PickupJob] = Table(PickupJob, PickupEvent, PICKUP_MOVES)
SHIP: Table[ShipJob] = Table(ShipJob, ShipEvent, SHIP_MOVES)


def move(
    table: Table[Job],
    job: Job,
    name: str,
    *,
    by: str,
    event_id: UUID,
    at: datetime,
    effect: Callable[[Job], dict[str, Any]] | None = None,
    **changes: Any,
) -> tuple[Job, bool]:
    """Make the move `name`: (the job as it is now, whether it moved now).

    The same `event_id` again moves nothing. `effect` does what the move means, with
    the job in its new state; what it answers is kept with the event, what it raises
    undoes the move with the caller's transaction. Raises IllegalMove, IdReused.
    """
    locked = table.jobs._default_manager.select_for_update(of=("self",)).get(id=job.id)
    if done_before(table, locked, name, event_id):
        return locked, False
    wanted = table.moves[name]
    made = table.jobs._default_manager.filter(
        id=job.id, status__in=wanted.sources
    ).update(status=wanted.target, version=F("version") + 1, **changes)
    if not made:
        refusal = NotCollectable if name == "hand-over" else IllegalMove
        raise refusal(
            move=name, status=locked.status, allowed=legal(table.moves, locked.status)
        )
    before = locked.status
    locked.refresh_from_db()
    data = effect(locked) if effect else {}
    write_event(
        table, locked, name, before=before, by=by, event_id=event_id, at=at, data=data
    )
    return locked, True


def done_before(table: Table[Job], job: Job, name: str, event_id: UUID) -> bool:
    """Whether this very move was made before. Raises IdReused."""
    events = table.events._default_manager
    event = events.filter(id=event_id).values_list("job_id", "move").first()
    if event is not None and event != (job.id, name):
        raise IdReused
    return event is not None


def write_event(
    table: Table[Job],
    job: Job,
    name: str,
    *,
    before: str,
    by: str,
    event_id: UUID,
    at: datetime,
    data: dict[str, Any],
) -> None:
    event = table.events(
        id=event_id,
        origin=job.origin,
        job_id=job.id,
        move=name,
        before=before,
        after=job.status,
        at=at,
        by=by,
        data=data,
    )
    insert([event])
    job_moved(job, name, at=at)
