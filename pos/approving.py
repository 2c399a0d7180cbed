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
from retail.staff.agreeing import APPROVERS, NotAManager, agreed, managers_at
from retail.staff.models import TillDevice

__all__ = [
    "APPROVERS",
    "DISCOUNT",
    "HAND_OVER",
    "REFUND_LIMIT",
    "Approval",
    "ApprovalNeeded",
    "BadApproval",
    "NotAManager",
    "approve",
    "carried",
    "counted_before",
    "covered",
    "kept",
    "managers_at",
]

SALT = "pos.approval"
DISCOUNT = "discount"  # the only act that is put aside with a ticket
# the act of giving a web order to somebody without its code; no money, and its "ticket"
# is the store's pickup
HAND_OVER = "hand_over"
# euros that a cashier may give back for goods with a receipt
REFUND_LIMIT = Decimal("50.00")


class ApprovalNeeded(Exception):
    """A manager must agree: to `act` ("refund", …), up to `amount` euros."""

    def __init__(self, act: str, amount: Decimal) -> None:
        super().__init__(act, amount)
        self.act = act
        self.amount = amount


class BadApproval(Exception):
    """Not signed here, or for another ticket: given for it, or used there before."""


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


def approve(
    device: TillDevice,
    *,
    employee_id: UUID,
    pin: str,
    ticket_id: UUID,
    act: str,
    most: Decimal,
) -> tuple[str, str]:
    """The manager's signed word, and their name. Raises those of `agreed`."""
    employee = agreed(device, employee_id=employee_id, pin=pin)
    text = signing.dumps(
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
    return text, employee.first_name


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


def carried(
    text: str, *, till_id: UUID, ticket_id: UUID, to_till: UUID, to_ticket: UUID
) -> str:
    """A discount's word that was given for a ticket put aside, for the one that it goes
    on as: the same manager's under the same id, so that it counts once. What else a
    manager agrees to stays at its till. Raises BadApproval."""
    told = _told(text, till_id, ticket_id)
    if told["act"] != DISCOUNT:
        raise BadApproval
    return signing.dumps(
        {**told, "till": str(to_till), "ticket": str(to_ticket)}, salt=SALT
    )


def counted_before(error: Exception) -> bool:
    """Whether a row was refused because another ticket has the word that it brings."""
    diag = getattr(error.__cause__, "diag", None)
    return "approval_id" in (getattr(diag, "constraint_name", None) or "")


def _told(text: str, till_id: UUID, ticket_id: UUID) -> dict[str, str]:
    try:
        told: dict[str, str] = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise BadApproval from error
    if told["till"] != str(till_id) or told["ticket"] != str(ticket_id):
        raise BadApproval
    return told


def _read(text: str, till_id: UUID, ticket_id: UUID) -> Approval:
    told = _told(text, till_id, ticket_id)
    return Approval(
        id=UUID(told["id"]),
        by=UUID(told["by"]),
        by_name=told["name"],
        act=told["act"],
        most=Decimal(told["most"]),
    )
