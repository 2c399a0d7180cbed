"""The label of a bag: A6, read from two metres, printed beside the shelf.

It carries the number, a first name and the shelf. Its QR names the pickup and is not the
code that fetches it: who photographs a bag has nothing.
"""

import io
import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import cast

import segno
from django.utils.translation import gettext as _

from retail import formatting
from retail.fulfilment.finding import scan_text
from retail.fulfilment.models import PickupJob

__all__ = ["bag_labels"]

PAGE = Path(__file__).parent / "label.typ"


@cache
def _typeset() -> Callable[..., bytes]:
    """Typst with the fonts that come with it, the same on every machine."""
    import typst  # 7 MB, for processes that print a label

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return cast("Callable[..., bytes]", partial(typst.compile, font_paths=fonts))


def bag_labels(job: PickupJob) -> bytes:
    """A PDF with one page for each of the job's bags, in the active language."""
    drawn = io.BytesIO()
    segno.make(scan_text(job), micro=False, error="m").save(drawn, kind="svg", border=0)
    told = {
        "number": job.order_number,
        "name": job.collector_name or job.customer_name,
        "for": _("for %(name)s") % {"name": job.customer_name}
        if job.collector_name
        else "",
        "shelf_word": _("Shelf"),
        "shelf": job.shelf,
        "bags": [
            _("bag %(this)s of %(all)s") % {"this": this, "all": job.bags}
            for this in range(1, job.bags + 1)
        ],
        "when": _("for %(when)s") % {"when": formatting.day_time(job.ready_by)}
        if job.ready_by
        else "",
        "due": _("%(amount)s to pay")
        % {"amount": formatting.money(job.due - job.paid, job.currency)}
        if job.due > job.paid
        else "",
        "place": job.location.name,
        "qr": drawn.getvalue().decode(),
    }
    return _typeset()(
        PAGE.read_bytes(),
        sys_inputs={
            "label": json.dumps(
                {key: v if isinstance(v, list) else str(v) for key, v in told.items()}
            )
        },
    )
