"""Making a tablet a till's, and taking that back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from retail.staff.models import EnrolmentCode, TillDevice
from retail.staff.tokens import hash_of, new_token, spoken_code

CODE_LASTS = timedelta(minutes=15)


class WrongCode(Exception):
    """No such enrolment code, or used, or too old: one answer for all three."""


def offer(
    *,
    till_id: UUID | None,
    location_code: str,
    name: str,
    by: str,
    at: datetime | None = None,
) -> tuple[EnrolmentCode, str]:
    """A code that somebody types on the tablet within a quarter of an hour."""
    code = spoken_code()
    row = EnrolmentCode.objects.create(
        code_hash=hash_of(code),
        till_id=till_id,
        location_code=location_code,
        name=name,
        made_by=by,
        expires_at=(at or timezone.now()) + CODE_LASTS,
    )
    return row, code


def redeem(code: str, *, at: datetime | None = None) -> tuple[TillDevice, str]:
    """Enrol the device on which this code was typed. Raises WrongCode.

    One conditional UPDATE, so that a code typed on two devices at once makes one.
    """
    now = at or timezone.now()
    found = EnrolmentCode.objects.filter(
        code_hash=hash_of(tidy(code)), used_at__isnull=True, expires_at__gt=now
    )
    if not found.update(used_at=now):
        raise WrongCode
    offered = EnrolmentCode.objects.get(code_hash=hash_of(tidy(code)))
    return enrol(
        till_id=offered.till_id,
        location_code=offered.location_code,
        name=offered.name,
        by=offered.made_by,
        at=now,
    )


def enrol(
    *,
    till_id: UUID | None,
    location_code: str,
    name: str,
    by: str,
    at: datetime | None = None,
) -> tuple[TillDevice, str]:
    """The device and its token, which is shown here and never again."""
    token = new_token()
    device = TillDevice.objects.create(
        till_id=till_id,
        location_code=location_code,
        name=name,
        token_hash=hash_of(token),
        enrolled_at=at or timezone.now(),
        enrolled_by=by,
    )
    return device, token


def device_for(token: str) -> TillDevice | None:
    """The enrolled device that shows this token; None for a revoked one."""
    if not token:
        return None
    return TillDevice.objects.filter(
        token_hash=hash_of(token), revoked_at__isnull=True
    ).first()


def revoke(device: TillDevice, *, at: datetime | None = None) -> None:
    """Its next request finds no device. Idempotent: the first time counts."""
    TillDevice.objects.filter(pk=device.pk, revoked_at__isnull=True).update(
        revoked_at=at or timezone.now()
    )
    device.refresh_from_db()


def tidy(code: str) -> str:
    return "".join(each for each in code.upper() if each.isalnum())
