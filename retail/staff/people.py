"""Who works here: taken on, changed, given a PIN or a login, let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.places import Origin
from retail.channels import head_office_atomic
from retail.staff import enrolling
from retail.staff.edits import HIDDEN, By, note, of_row
from retail.staff.models import Account, Employee, Role, TillDevice
from retail.staff.signing_in import set_pin

__all__ = ["FIELDS", "LoginTaken", "NotYourself", "change", "revoke", "take_on"]

FIELDS = ("first_name", "role", "location_code", "is_active")
OFFICE = {Role.HEAD_OFFICE, Role.MANAGER}


class NotYourself(Exception):
    """Nobody takes their own role or lets themselves go: head office would lock itself
    out."""


class LoginTaken(Exception):
    """Somebody signs in under that name."""


def take_on(
    values: Mapping[str, Any],
    *,
    pin: str = "",
    login: str = "",
    password: str = "",
    by: By,
) -> Employee:
    """Somebody new. `login` and `password` for the office, `pin` for enrolled devices.
    Raises WeakPin and LoginTaken."""
    with head_office_atomic():
        made = Employee.objects.create(**_known(values))
        secrets = _let_in(made, pin=pin, login=login, password=password)
        after = {**of_row(made, FIELDS), **secrets}
        note(made, side=Origin.HEAD_OFFICE, by=by, before=None, after=after)
    return made


def change(
    employee: Employee,
    values: Mapping[str, Any],
    *,
    pin: str = "",
    login: str = "",
    password: str = "",
    by: By,
) -> Employee:
    """Set some of `FIELDS`; a PIN or a password that is given replaces the one before.
    Who is let go is signed in nowhere from the next request on. Raises NotYourself,
    WeakPin and LoginTaken."""
    with head_office_atomic():
        row = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
        before = of_row(row, FIELDS)
        for name, value in _known(values).items():
            setattr(row, name, value)
        after = of_row(row, FIELDS)
        itself = row.pk == by.employee_id
        if itself and (row.role != before["role"] or not row.is_active):
            raise NotYourself
        row.save(update_fields=FIELDS)
        secrets = _let_in(row, pin=pin, login=login, password=password)
        note(
            row,
            side=Origin.HEAD_OFFICE,
            by=by,
            before=before,
            after={**after, **secrets},
        )
    return row


def _known(values: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(", ".join(sorted(unknown)))
    return values


def _let_in(
    employee: Employee, *, pin: str, login: str, password: str
) -> dict[str, str]:
    """What was given, as the log may say it."""
    told = {}
    if pin:
        set_pin(employee, pin)
        told["pin"] = HIDDEN
    account = employee.account
    if login and account is None:
        if Account.objects.filter(login=login).exists():
            raise LoginTaken
        employee.account = Account.objects.create_staff(login=login, password=password)
        employee.save(update_fields=["account"])
        told |= {"login": login, "password": HIDDEN}
    elif password and account is not None:
        account.set_password(password)
        account.save(update_fields=["password"])
        told["password"] = HIDDEN
    return told


def revoke(device: TillDevice, *, by: By) -> None:
    """The device is none of ours from its next request on."""
    with head_office_atomic():
        before = of_row(device, ("revoked_at",))
        enrolling.revoke(device)
        after = of_row(device, ("revoked_at",))
        note(device, side=Origin.HEAD_OFFICE, by=by, before=before, after=after)
