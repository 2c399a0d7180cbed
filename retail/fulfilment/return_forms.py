"""A parcel that came back, as a form and as the API tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from retail.fulfilment.models import ShipJob
from retail.fulfilment.returning import take_back
from retail.interfaces.reading import Reading

__all__ = ["as_recorded", "from_api", "from_form"]

MOST_LINES = 100


def from_form(job: ShipJob, posted: Mapping[str, str], **who: Any) -> None:
    """`back-<position>` units came back, `damaged-<position>` of them spoilt. Raises
    ValueError where one is no whole number."""
    take_back(
        job,
        _counted(posted, "back-") or None,
        damaged=_counted(posted, "damaged-"),
        **who,
    )


def _counted(posted: Mapping[str, str], prefix: str) -> dict[int, int]:
    return {
        int(name.removeprefix(prefix)): int(value or 0)
        for name, value in posted.items()
        if name.startswith(prefix)
    }


def from_api(job: ShipJob, body: Reading, given: Mapping[str, Any]) -> object:
    """Body `{lines?: [{gtin, quantity, damaged?}]}`; all of it where no line is named."""
    positions = {line.gtin: line.position for line in job.lines.all()}
    units: dict[int, int] = {}
    damaged: dict[int, int] = {}
    for row in body.rows("lines", most=MOST_LINES, needed=False):
        gtin = row.text("gtin", most=20, needed=True)
        back, spoilt = (
            row.quantity("quantity"),
            row.whole("damaged", least=0, default=0),
        )
        if gtin not in positions:
            row.wrong("gtin", _("This is not among what was ordered."))
        elif positions[gtin] in units:
            row.wrong("gtin", _("This is named twice."))
        else:
            units[positions[gtin]] = back
            damaged[positions[gtin]] = spoilt
    body.done()
    return take_back(job, units or None, damaged=damaged, **given)


def as_recorded(job: ShipJob, data: Mapping[str, Any], body: Reading) -> bool:
    """Whether a return that was made before, whose event keeps `data`, said this."""
    lines = {line.gtin: line for line in job.lines.all()}
    rows = body.given.get("lines") or [
        {"gtin": line.gtin, "quantity": line.picked} for line in lines.values()
    ]
    said = {
        str(lines[row["gtin"].strip()].position): (
            row["quantity"],
            row.get("damaged", 0),
        )
        for row in rows
    }
    told = {
        position: (units, data["damaged"].get(position, 0))
        for position, units in data["returned"].items()
    }
    return said == told
