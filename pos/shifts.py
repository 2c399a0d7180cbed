"""Opening and closing a till; `closing` counts what its drawer should hold."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from inventory.ids import new_id
from inventory.money import ZERO
from inventory.places import Origin
from pos import closing
from pos.approving import covered
from pos.models import Shift, Till
from retail import channels


class AlreadyOpen(Exception):
    """Somebody else has the till open: `shift` says who and since when."""

    def __init__(self, shift: Shift) -> None:
        super().__init__(shift)
        self.shift = shift


def current(till_id: UUID) -> Shift | None:
    """The open shift of a till; one query."""
    return Shift.objects.filter(till_id=till_id, closed_at=None).first()


def open_shift(
    till: Till,
    *,
    employee_id: UUID,
    employee_name: str,
    cash: Decimal = ZERO,
    id: UUID | None = None,
    at: datetime | None = None,
) -> Shift:
    """Opens the till for an employee with so much `cash` counted into its drawer; they
    get the shift back if it is theirs already. Opens its own transaction. Raises AlreadyOpen."""
    open_now = current(till.id)
    if open_now is None:
        try:
            with channels.atomic():
                return Shift.objects.create(
                    id=id or new_id(),
                    origin=Origin.POS,
                    till=till,
                    employee_id=employee_id,
                    employee_name=employee_name,
                    opened_at=at or timezone.now(),
                    opening_cash=cash,
                )
        except IntegrityError:
            # opened twice at once (one_open_shift_per_till): the first one stands
            open_now = Shift.objects.get(till=till, closed_at=None)
    if open_now.employee_id != employee_id:
        raise AlreadyOpen(open_now)
    return open_now


def take_over(
    shift: Shift,
    *,
    employee_id: UUID,
    employee_name: str,
    manager: bool,
    approval: str = "",
    at: datetime | None = None,
) -> bool:
    """Closes the shift of a colleague who has gone, though nobody counted; the Z names
    who did it. They are a `manager`, or bring a manager's word for it: `approval`, of
    the act "shift" and the shift's id. False if it was closed before. Opens its own
    transaction. Raises ApprovalNeeded, BadApproval."""
    needs = {} if manager else {"shift": ZERO}
    word = covered(approval, needs, till_id=shift.till_id, ticket_id=shift.id)
    try:
        closing.close(
            shift,
            counted={},
            employee_id=employee_id,
            employee_name=employee_name,
            approval=word,
            at=at,
        )
    except closing.AlreadyClosed:
        return False
    return True
