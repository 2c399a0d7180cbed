"""A pickup found by what can be scanned or typed at the counter, but the code."""

import re
from uuid import UUID

from inventory.models import Location
from retail.fulfilment.models import PickupJob

__all__ = ["by_label_or_number", "scan_text"]

# Scanners may be set to another keyboard than the computer: no sign but letters and
# digits survives that everywhere, so the label has none.
LABEL = re.compile(r"BAG([0-9A-F]{32})")
NUMBER = re.compile(r"[WM]-?(\d{1,12})")


def scan_text(job: PickupJob) -> str:
    """What stands on a bag's label: names the pickup, opens nothing without its code."""
    return f"BAG{job.id.hex.upper()}"


def by_label_or_number(location: Location, text: str) -> PickupJob | None:
    """The pickup of this place. No query for a text that is neither, one else."""
    tidy = text.strip().upper()
    jobs = PickupJob.objects.filter(location=location).select_related("location")
    if label := LABEL.fullmatch(tidy):
        return jobs.filter(id=UUID(label[1])).first()
    if number := NUMBER.fullmatch(tidy):
        of_order = f"{tidy[0]}-{int(number[1]):06}"
        return jobs.filter(order_number=of_order).order_by("-placed_at").first()
    return None
