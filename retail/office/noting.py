"""What the offers' pages leave in the log of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from inventory.ids import derived
from retail.promotions.models import Coupon, Promotion
from retail.staff.edits import By, Way, edit, keep, note, of_row
from retail.staff.models import Employee

OFFER = (
    *("name_fr", "name_en", "rule", "priority", "exclusive", "needs_code"),
    *("channels", "stores", "starts_at", "ends_at"),
)


def made(offer: Promotion, request: HttpRequest) -> None:
    """Once, however often the form was sent."""
    after = of_row(offer, OFFER)
    _once(derived(offer.pk, "made"), offer, request, before=None, after=after)


def ended(offer: Promotion, request: HttpRequest, *, before: datetime | None) -> None:
    was, now = {"ends_at": before}, {"ends_at": offer.ends_at}
    note(offer, side=offer.origin, by=_by(request), before=was, after=now)


def codes(
    offer: Promotion, request: HttpRequest, given: Sequence[Coupon], *, key: UUID
) -> None:
    """Of many how many, not which: a code that is good once is worth money. `key` is
    the form's own, so that it is noted once."""
    after: dict[str, Any] = {"codes": len(given)}
    if len(given) == 1 and given[0].most != 1:
        after = {"code": given[0].code, "most": given[0].most}
    _once(derived(key, "made"), offer, request, before={}, after=after)


def _once(
    id: UUID,
    offer: Promotion,
    request: HttpRequest,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    by, side = _by(request), offer.origin
    keep([edit(offer, side=side, by=by, before=before, after=after, id=id)])


def _by(request: HttpRequest) -> By:
    employee: Employee = request.employee  # type: ignore[attr-defined]
    return By(employee.first_name, Way.OFFERS, employee.pk)
