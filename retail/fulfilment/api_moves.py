"""What each move of the API takes, and the verb that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from retail.fulfilment import pickup, return_forms, shipping, tracking
from retail.fulfilment.models import PickupJob, ShipJob
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import Reading

__all__ = ["PARCEL_VERBS", "PICKUP_VERBS", "as_recorded", "bad_lines", "incomplete"]

Job = PickupJob | ShipJob
MOST_LINES = 100

Verb = Callable[[Any, Reading, Mapping[str, Any]], object]


def _plain(verb: Callable[..., object]) -> Verb:
    def act(job: Job, body: Reading, given: Mapping[str, Any]) -> object:
        body.done()
        return verb(job, **given)

    return act


def _with_text(
    verb: Callable[..., object], name: str, *, most: int, needed: bool, to: str = ""
) -> Verb:
    def act(job: Job, body: Reading, given: Mapping[str, Any]) -> object:
        text = body.text(name, most=most, needed=needed)
        body.done()
        return verb(job, **{to or name: text}, **given)

    return act


def _pick(verb: Callable[..., object]) -> Verb:
    def act(job: Job, body: Reading, given: Mapping[str, Any]) -> object:
        units = _units(job, body, least=0)
        return verb(job, units, **given)

    return act


def _short(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    reason = body.text("reason", most=80, needed=True)
    units = _units(job, body, least=1)
    return pickup.short(job, units, reason=reason, **given)


def _hand_over(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    code = body.text("code", most=20)
    checked = body.flag("name_checked")
    if not code and not checked:
        body.wrong("code", _("Give the code, or say that the name was checked."))
    body.done()
    return pickup.hand_over(job, code=code or None, name_checked=checked, **given)


def _ship(job: ShipJob, body: Reading, given: Mapping[str, Any]) -> object:
    text = body.text("tracking", most=80)
    try:
        number = tracking.checked(text)
    except tracking.BadTracking:
        body.wrong("tracking", _("No carrier has such a number."))
    body.done()
    return shipping.ship(job, tracking=number, **given)


PICKUP_VERBS: dict[str, Verb] = {
    "accept": _plain(pickup.accept),
    "reject": _with_text(pickup.reject, "reason", most=80, needed=True),
    "start-picking": _plain(pickup.start_picking),
    "pick": _pick(pickup.pick),
    "short": _short,
    "stage": _with_text(pickup.stage, "shelf", most=20, needed=True),
    "ready": _plain(pickup.ready),
    "check-in": _with_text(pickup.check_in, "where", most=60, needed=False, to="place"),
    "hand-over": _hand_over,
    "expire": _plain(pickup.expire),
    "restock": _plain(pickup.restock),
    "cancel": _with_text(pickup.cancel, "reason", most=80, needed=True),
}
PARCEL_VERBS: dict[str, Verb] = {
    "start-picking": _plain(shipping.start_picking),
    "pick": _pick(shipping.pick),
    "pack": _plain(shipping.pack),
    "ship": _ship,
    "deliver": _plain(shipping.deliver),
    "return": return_forms.from_api,
    "cancel": _with_text(shipping.cancel, "reason", most=80, needed=True),
}


def _units(job: Job, body: Reading, *, least: int) -> dict[int, int]:
    """{position: units} of the body's `lines [{gtin, quantity}]`."""
    positions = {line.gtin: line.position for line in job.lines.all()}
    found: dict[int, int] = {}
    for row in body.rows("lines", most=MOST_LINES):
        gtin = row.text("gtin", most=20, needed=True)
        units = (
            row.whole("quantity", least=0) if least == 0 else row.quantity("quantity")
        )
        if gtin not in positions:
            row.wrong("gtin", _("This is not among what was ordered."))
        elif positions[gtin] in found:
            row.wrong("gtin", _("This is named twice."))
        else:
            found[positions[gtin]] = units
    body.done()
    return found


def as_recorded(job: Job, event_id: UUID, body: Reading) -> bool:
    """Whether the move of this id said what this body says: the same id with another
    body is a mistake of the sender, who must not take it for done. One query."""
    data = job.events.values_list("data", flat=True).get(id=event_id)
    if isinstance(job, ShipJob) and "returned" in data:
        return return_forms.as_recorded(job, data, body)
    said: dict[str, Any] = {
        name: str(body.given.get(name) or "").strip() for name in ("reason", "shelf")
    }
    said["tracking"] = tracking.checked(str(body.given.get("tracking") or ""))
    said["name_checked"] = body.given.get("name_checked") is True
    positions = {line.gtin: str(line.position) for line in job.lines.all()}
    said["picked"] = said["short"] = {
        positions[row["gtin"].strip()]: row["quantity"]
        for row in body.given.get("lines", [])
    }
    return all(data[name] == value for name, value in said.items() if name in data)


def bad_lines(job: Job, error: pickup.BadLines) -> Problem:
    gtins = {line.position: line.gtin for line in job.lines.all()}
    why = _("Not so many of: %s.")
    return invalid(lines=why % ", ".join(gtins[each] for each in error.positions))


def incomplete(job: Job, error: pickup.Incomplete) -> Problem:
    lines = [
        {"gtin": line.gtin, "missing": error.missing[line.position]}
        for line in job.lines.all()
        if line.position in error.missing
    ]
    return Problem("incomplete", lines=lines)
