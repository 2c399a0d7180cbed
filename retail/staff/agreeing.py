"""A manager of the place agrees, by PIN, to what a colleague may not do alone."""

from __future__ import annotations

from uuid import UUID

from retail.staff.models import Employee, Role, TillDevice
from retail.staff.signing_in import check_pin

__all__ = ["APPROVERS", "NotAManager", "agreed", "managers_at"]

# who agrees, reads the drawer before it is counted, and closes a colleague's shift
APPROVERS = frozenset({Role.MANAGER})


class NotAManager(Exception):
    """This person may not agree to it."""


def managers_at(device: TillDevice) -> list[Employee]:
    """Who may agree at this device, by first name; one query."""
    found = Employee.objects.filter(
        is_active=True, location_code=device.location_code, role__in=APPROVERS
    )
    return list(found.exclude(pin_hash="").order_by("first_name", "id"))


def agreed(device: TillDevice, *, employee_id: UUID, pin: str) -> Employee:
    """The manager, who typed their PIN. Raises NotAManager, and those of `check_pin`."""
    employee = Employee.objects.filter(id=employee_id).first()
    if employee is None or employee.role not in APPROVERS:
        raise NotAManager
    return check_pin(device, pin, employee=employee)
