"""What a move's body gives, in parts that several moves share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from retail.fulfilment.models import PickupJob, ShipJob
from retail.interfaces.reading import Reading

__all__ = ["Job", "Verb", "picks", "plain", "units_of", "with_text"]

Job = PickupJob | ShipJob
MOST_LINES = 100

Verb = Callable[[Any, Reading, Mapping[str, Any]], object]


def plain(verb: Callable[..., object]) -> Verb:
    def act(job: Job, body: Reading, given: Mapping[str, Any]) -> object:
        body.done()
        return verb(job, **given)

    return act


def with_text(
    verb: Callable[..., object], name: str, *, most: int, needed: bool, to: str = ""
) -> Verb:
    def act(job: Job, body: Reading, given: Mapping[str, Any]) -> object:
        text = body.text(name, most=most, needed=needed)
        body.done()
        return verb(job, **{to or name: text}, **given)

    return act


def picks(verb: Callable[..., object]) -> Verb:
    def act(job: Job, body: Reading, given: Mapping[str, Any]) -> object:
        units = units_of(job, body, least=0)
        return verb(job, units, **given)

    return act


def units_of(
    job: Job, body: Reading, *, least: int, needed: bool = True
) -> dict[int, int]:
    """{position: units} of the body's `lines [{gtin, quantity}]`."""
    positions = {line.gtin: line.position for line in job.lines.all()}
    found: dict[int, int] = {}
    for row in body.rows("lines", most=MOST_LINES, needed=needed):
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
