"""PINs, and the sessions of people at work.

Counters are rows changed by one conditional UPDATE: a hundred PINs tried at once get
five answers, and no restart or flushed cache forgives anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.http import HttpRequest
from django.utils import timezone

from retail.staff.models import Account, Employee, Role, TillDevice

TRIES = 5
PASSWORD_TRIES = 10
DEVICE_TRIES = 15  # over everybody: one PIN tried on all colleagues
LOCK_LASTS = timedelta(minutes=15)
EMPLOYEE, DEVICE = "employee", "device"  # session keys


class WrongPin(Exception):
    """`left` tries before the lock."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} tries left")
        self.left = left


class Locked(Exception):
    """Too many wrong PINs, for this person or on this device."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"locked until {until:%H:%M}")
        self.until = until


class WrongPassword(Exception):
    """No such login, another password, or not of the office: one answer for all."""


class UnknownDevice(Exception):
    """Not enrolled, or revoked: no PIN is even looked at."""


class WeakPin(Exception):
    """Not 4 to 8 digits, or all of them the same."""


def set_pin(employee: Employee, pin: str) -> None:
    """Raises WeakPin. Slow hash: a PIN has few values."""
    if not is_pin(pin):
        raise WeakPin
    employee.pin_hash = make_password(pin)
    employee.fails = 0
    employee.locked_until = None
    employee.save(update_fields=["pin_hash", "fails", "locked_until"])


def is_pin(pin: str) -> bool:
    digits = pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8
    return digits and len(set(pin)) > 1


def colleagues(device: TillDevice) -> list[Employee]:
    """Who may sign in at this device, by first name."""
    return list(
        Employee.objects.filter(is_active=True, location_code=device.location_code)
        .exclude(pin_hash="")
        .order_by("first_name", "id")
    )


def check_pin(
    device: TillDevice | None,
    pin: str,
    *,
    employee: Employee,
    at: datetime | None = None,
) -> Employee:
    """The person, if the PIN is theirs and they work where the device stands.

    Each try is counted before it is looked at. Raises WrongPin, Locked, UnknownDevice.
    """
    now = at or timezone.now()
    if device is None or device.revoked_at is not None:
        raise UnknownDevice
    if not employee.is_active or employee.location_code != device.location_code:
        raise WrongPin(TRIES)
    count("staff_tilldevice", device.pk, DEVICE_TRIES, now)
    tried = count("staff_employee", employee.pk, TRIES, now)
    if not (employee.pin_hash and matches(pin, employee.pin_hash)):
        raise WrongPin(max(TRIES - tried, 0))
    Employee.objects.filter(pk=employee.pk).update(fails=0, locked_until=None)
    TillDevice.objects.filter(pk=device.pk).update(fails=0, locked_until=None)
    return employee


def check_password(
    login_name: str, password: str, *, at: datetime | None = None
) -> Employee:
    """The person behind an office sign-in. Raises WrongPassword, Locked; each takes as
    long as the other."""
    now = at or timezone.now()
    known = Account.objects.filter(login=login_name).first()
    if known is not None:
        try:
            count("staff_account", known.pk, PASSWORD_TRIES, now)
        except Locked:
            make_password(password)
            raise
    account = authenticate(username=login_name, password=password)
    found = employee_of(account) if isinstance(account, Account) else None
    if known is None or found is None:
        raise WrongPassword
    Account.objects.filter(pk=known.pk).update(fails=0, locked_until=None)
    return found


def count(table: str, key: UUID, limit: int, now: datetime) -> int:
    """Count one try and answer its number; the one that reaches the limit locks.

    A lock that has passed starts over at one. Raises Locked without looking at anything.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET
              fails = CASE WHEN locked_until <= %(now)s THEN 1 ELSE fails + 1 END,
              locked_until = CASE
                WHEN (CASE WHEN locked_until <= %(now)s THEN 1 ELSE fails + 1 END)
                  >= %(limit)s THEN %(until)s ELSE NULL END
            WHERE id = %(key)s AND (locked_until IS NULL OR locked_until <= %(now)s)
            RETURNING fails
            """,  # noqa: S608 - table names are written above
            {"now": now, "limit": limit, "until": now + LOCK_LASTS, "key": key},
        )
        row = cursor.fetchone()
        if row is not None:
            return int(row[0])
        cursor.execute(
            f"SELECT locked_until FROM {table} WHERE id = %s",  # noqa: S608
            [key],
        )
        found = cursor.fetchone()
    raise Locked(found[0] if found and found[0] else now + LOCK_LASTS)


def start_session(
    request: HttpRequest, employee: Employee, device: TillDevice | None = None
) -> None:
    """This session is this person's now, under a new id: nothing of the one before
    stays, whoever that was."""
    request.session.flush()
    request.session[EMPLOYEE] = str(employee.pk)
    if device is not None:
        request.session[DEVICE] = str(device.pk)
    if employee.account is not None and device is None:
        login(
            request,
            employee.account,
            backend="retail.staff.backends.StaffBackend",
        )


def end_session(request: HttpRequest) -> None:
    logout(request)


def employee_of(account: Account) -> Employee | None:
    """The person behind an office sign-in, if they may use the office."""
    return Employee.objects.filter(
        account=account,
        is_active=True,
        role__in=[Role.HEAD_OFFICE, Role.MANAGER],
    ).first()
