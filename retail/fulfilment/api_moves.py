"""What each move of the API takes, and the verb that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from retail.fulfilment import pickup, return_forms, shipping, tracking
from retail.fulfilment.api_parts import Job, Verb, picks, plain, with_text
from retail.fulfilment.models import ShipJob
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import Reading

__all__ = ["PARCEL_VERBS", "as_recorded", "bad_lines", "incomplete"]


def _ship(job: ShipJob, body: Reading, given: Mapping[str, Any]) -> object:
    text = body.text("tracking", most=80)
    try:
        number = tracking.checked(text)
    except tracking.BadTracking:
        body.wrong("tracking", _("No carrier has such a number."))
    body.done()
    return shipping.ship(job, tracking=number, **given)


PARCEL_VERBS: dict[str, Verb] = {
    "start-picking": plain(shipping.start_picking),
    "pick": picks(shipping.pick),
    "pack": plain(shipping.pack),
    "ship": _ship,
    "deliver": plain(shipping.deliver),
    "return": return_forms.from_api,
    "cancel": with_text(shipping.cancel, "reason", most=80, needed=True),
}


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
    for flag in ("name_checked", "identity_checked"):
        said[flag] = body.given.get(flag) is True
    positions = {line.gtin: str(line.position) for line in job.lines.all()}
    said["bags"] = body.given.get("bags") or 1
    said["picked"] = said["short"] = said["asked"] = {
        positions[row["gtin"].strip()]: row["quantity"]
        for row in body.given.get("lines", [])
    }
    if body.given.get("lines"):
        said["handed"] = said["picked"]
    if "offers" in data:
        said["offers"] = _offers_said(job, body)
    return all(data[name] == value for name, value in said.items() if name in data)


def _offers_said(job: Job, body: Reading) -> list[dict[str, Any]]:
    """As the event keeps them."""
    positions = {line.gtin: line.position for line in job.lines.all()}
    return [
        {
            "instead_of": positions[row["instead_of"].strip()],
            "gtin": row["gtin"].strip(),
            "quantity": row["quantity"],
        }
        for row in body.given.get("offers") or []
    ]


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
