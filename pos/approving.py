"""A manager's word for what a cashier may not do alone.

It is signed and names the ticket that it is for, so it needs no table: the ticket keeps
its id and both people. The PIN is checked, and its tries are counted, before.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing

from inventory.ids import new_id
from retail.staff.models import Employee, Role, TillDevice
from retail.staff.signing_in import check_pin

__all__ = [
    "APPROVERS",
    "REFUND_LIMIT",
    "Approval",
    "ApprovalNeeded",
    "BadApproval",
    "NotAManager",
    "approve",
    "covered",
    "kept",
    "managers_at",
]

SALT = "pos.approval"
# who agrees, reads the drawer before it is counted, and closes a colleague's shift
APPROVERS = frozenset({Role.MANAGER})
# euros that a cashier may give back for goods with a receipt
REFUND_LIMIT = Decimal("50.00")


class ApprovalNeeded(Exception):
    """A manager must agree: to `act` ("refund", …), up to `amount` euros."""

    def __init__(self, act: str, amount: Decimal) -> None:
        super().__init__(act, amount)
        self.act = act
        self.amount = amount


class BadApproval(Exception):
    """Not signed here, or given for another ticket."""


class NotAManager(Exception):
    """This person may not agree to it."""


@dataclass(frozen=True)
class Approval:
    """`most` euros of `act`, on the one ticket that it was given for."""

    id: UUID
    by: UUID
    by_name: str
    act: str
    most: Decimal


def kept(word: Approval | None) -> dict[str, Any]:
    """What the row that it was given for keeps of it, by its columns."""
    if word is None:
        return {}
    return {
        "approval_id": word.id,
        "approved_by": word.by,
        "approved_by_name": word.by_name,
    }


def managers_at(device: TillDevice) -> list[Employee]:
    """Who may agree at this device, by first name; one query."""
    found = Employee.objects.filter(
        is_active=True, location_code=device.location_code, role__in=APPROVERS
    )
    return list(found.exclude(pin_hash="").order_by("first_name", "id"))


def approve(
    device: TillDevice,
    *,
    employee: Employee,
    pin: str,
    ticket_id: UUID,
    act: str,
    most: Decimal,
) -> str:
    """The manager's signed word. Raises NotAManager, and those of `check_pin`."""
    if employee.role not in APPROVERS:
        raise NotAManager
    check_pin(device, pin, employee=employee)
    return signing.dumps(
        {
            "id": str(new_id()),
            "by": str(employee.id),
            "name": employee.first_name,
            "till": str(device.till_id),
            "ticket": str(ticket_id),
            "act": act,
            "most": str(most),
        },
        salt=SALT,
    )


def covered(
    text: str, needed: dict[str, Decimal], *, till_id: UUID, ticket_id: UUID
) -> Approval | None:
    """The approval behind a ticket, None where it needs none and brings none.

    `needed` says {act: euros} of what a cashier may not do alone; of several the last
    is named, for the sum of them. Raises ApprovalNeeded, BadApproval.
    """
    given = _read(text, till_id, ticket_id) if text else None
    if needed:
        act, amount = list(needed)[-1], sum(needed.values(), Decimal(0))
        if given is None or given.act != act or given.most < amount:
            raise ApprovalNeeded(act, amount)
    return given


def _read(text: str, till_id: UUID, ticket_id: UUID) -> Approval:
    try:
        told = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise BadApproval from error
    if told["till"] != str(till_id) or told["ticket"] != str(ticket_id):
        raise BadApproval
    return Approval(
        id=UUID(told["id"]),
        by=UUID(told["by"]),
        by_name=told["name"],
        act=told["act"],
        most=Decimal(told["most"]),
    )
