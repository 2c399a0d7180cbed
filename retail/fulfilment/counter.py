"""At the counter: the code, or a name that was checked, and the goods that leave."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from inventory import reserving
from inventory.handing_on import hand_on
from inventory.models import Location
from retail.channels import atomic
from retail.fulfilment import codes
from retail.fulfilment.models import PickupEvent, PickupJob, PickupLine
from retail.fulfilment.moving import IdReused, NotCollectable
from retail.fulfilment.picking import BadLines
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import PICKUP_MOVES, legal
from retail.fulfilment.telling import end, make_move

__all__ = [
    "NAME_CHECK_AFTER",
    "IdentityNeeded",
    "NotPaid",
    "UnknownCode",
    "WrongCode",
    "find_by_code",
    "hand_over",
    "needs_identity",
    "not_collectable",
]

# After so many wrong codes a person must look at a proof of the name.
NAME_CHECK_AFTER = 5
HAND_OVERS = ("hand-over", "hand-over-part")


class UnknownCode(Exception):
    """No pickup of this store has such a code."""


class WrongCode(Exception):
    """Not this pickup's code; `left` more may be tried before the name is checked."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class NotPaid(Exception):
    """`due` is to be paid before the goods leave."""

    def __init__(self, due: Decimal) -> None:
        super().__init__(due)
        self.due = due


class IdentityNeeded(Exception):
    """The goods are dear: an identity card must say one of `names`."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names


def needs_identity(job: PickupJob) -> bool:
    """Whether the store wants to see an identity card before these goods leave. No
    query for a job with its location and `pickupsetting`."""
    setting = getattr(job.location, "pickupsetting", None)
    least = setting.identity_from if setting else None
    return least is not None and job.worth >= least


def find_by_code(location: Location, code: str) -> PickupJob:
    """The pickup of this store that the code fetches, the buyer's or the named
    collector's; also when it is too early or was fetched before: `hand_over` says so.
    Raises UnknownCode, also for a code of another store. One query, by a keyed hash
    that the asker cannot make."""
    made = codes.code_hash(code, location.id)
    found = (
        PickupJob.objects.filter(location=location)
        .filter(Q(code_hash=made) | Q(collector_hash=made))
        .select_related("location__pickupsetting")
        .order_by("-placed_at")
        .first()
    )
    if found is None:
        raise UnknownCode
    return found


def hand_over(
    job: PickupJob,
    *,
    code: str | None = None,
    name_checked: bool = False,
    reason: str = "",
    approved_by: str = "",
    identity_checked: bool = False,
    lines: Mapping[int, int] | None = None,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """The goods leave: against the buyer's or the collector's code, or when somebody
    checked the name; `reason` says why there was no code, `approved_by` who else agreed
    (`name_checks` asks people for both). Dear goods leave when an identity card was seen
    as well. `lines` {position: units}: only these leave and the rest stays on its
    shelf; the last of them collects the pickup.

    Opens its own transactions and must not be called inside one, because a wrong code
    is counted although it is refused. Raises NotCollectable (too early, or used),
    WrongCode, IdentityNeeded, NotPaid, BadLines, IdReused.
    """
    at = at or timezone.now()
    name = _made_before(job, event_id)
    collector = False
    if name is None:
        jobs = PickupJob.objects.select_related("location__pickupsetting")
        now = jobs.get(id=job.id)
        if now.status not in PICKUP_MOVES["hand-over"].sources:
            raise not_collectable(now)
        if code is not None or not name_checked:
            collector = _check_code(now, code or "", name_checked=name_checked)
        if needs_identity(now) and not identity_checked:
            names = (now.customer_name, now.collector_name)
            raise IdentityNeeded([name for name in names if name])
    with atomic():
        locked = PickupJob.objects.select_for_update(of=("self",)).get(id=job.id)
        leaving = _leaving(locked, lines) if name is None else {}
        if name is None:
            part = _still_here(locked) != leaving
            name = "hand-over-part" if part else "hand-over"
        last = name == "hand-over"

        def effect(moved: PickupJob) -> dict[str, Any]:
            if moved.paid < moved.due:
                raise NotPaid(moved.due - moved.paid)
            _let_out(moved, leaving, last=last, by=by, event_id=event_id, at=at)
            kept: dict[str, Any] = {
                "name_checked": name_checked,
                "collector": collector,
                "identity_checked": identity_checked,
            }
            if name_checked:
                kept |= {"reason": reason, "approved_by": approved_by}
            return kept | {"handed": {str(each): n for each, n in leaving.items()}}

        move = end if last else make_move
        return move(job, name, effect, by=by, event_id=event_id, at=at)


def _made_before(job: PickupJob, event_id: UUID) -> str | None:
    """Which of the two moves this very request made before. Raises IdReused."""
    event = PickupEvent.objects.filter(id=event_id).values_list("job_id", "move")
    made = event.first()
    if made is None:
        return None
    if made[0] != job.id or made[1] not in HAND_OVERS:
        raise IdReused
    return str(made[1])


def _still_here(job: PickupJob) -> dict[int, int]:
    """{position: units in the bags}."""
    return {
        line.position: line.picked - line.collected
        for line in job.lines.all()
        if line.picked > line.collected
    }


def _leaving(job: PickupJob, asked: Mapping[int, int] | None) -> dict[int, int]:
    """What is to leave now. Raises BadLines for more than is here, or nothing."""
    here = _still_here(job)
    if asked is None:
        return here
    bad = [p for p, units in asked.items() if not 0 <= units <= here.get(p, 0)]
    leaving = {position: units for position, units in asked.items() if units}
    if bad or not leaving:
        raise BadLines(bad or list(asked))
    return leaving


def _let_out(
    job: PickupJob,
    leaving: Mapping[int, int],
    *,
    last: bool,
    by: str,
    event_id: UUID,
    at: datetime,
) -> None:
    units: Counter[UUID] = Counter()
    for line in job.lines.all():
        if going := leaving.get(line.position, 0):
            units[line.variant_id] += going
            PickupLine.objects.filter(id=line.id).update(
                collected=F("collected") + going
            )
    reference = str(job.id)
    if not last:
        # a hold leaves as one movement, once: what goes now becomes a hold of its own
        part = f"{job.id}:{event_id}"
        moved = hand_on(
            job.location, units, held=(KIND, reference), to=(KIND, part), at=at
        )
        if moved != units:
            raise reserving.HoldGone(KIND, reference)
        reserving.claim(kind=KIND, reference=part, by=by, at=at)
        return
    reserving.claim(kind=KIND, reference=reference, by=by, at=at, quantities=units)
    # what was held beyond what was picked goes back to the shelf
    reserving.release(kind=KIND, reference=reference)


def not_collectable(job: PickupJob) -> NotCollectable:
    return NotCollectable(
        move="hand-over", status=job.status, allowed=legal(PICKUP_MOVES, job.status)
    )


def _check_code(job: PickupJob, code: str, *, name_checked: bool) -> bool:
    """Whether it is the named collector's code and not the buyer's. A wrong code is
    counted for good, in a transaction of its own. Raises WrongCode."""
    if job.code_fails >= NAME_CHECK_AFTER and not name_checked:
        raise WrongCode(left=0)
    made = codes.code_hash(code, job.location_id)
    if codes.same(made, job.code_hash):
        return False
    if codes.same(made, job.collector_hash):
        return True
    with atomic():
        PickupJob.objects.filter(id=job.id).update(code_fails=F("code_fails") + 1)
        fails = PickupJob.objects.values_list("code_fails", flat=True).get(id=job.id)
    raise WrongCode(left=max(NAME_CHECK_AFTER - fails, 0))
