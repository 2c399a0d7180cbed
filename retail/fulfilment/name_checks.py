"""Goods for somebody who shows no code: why there is none, and who else agreed.

A cashier needs a manager of the store, by PIN. A manager does it alone, so that a store
with one person on duty is not stuck; head office sees how often.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from retail import formatting
from retail.fulfilment.typed_work import Posted, Unclear, reason_of
from retail.fulfilment.words import NO_CODE
from retail.interfaces.typed import one_line
from retail.staff.agreeing import APPROVERS, agreed
from retail.staff.models import Employee, TillDevice

__all__ = ["OTHER", "Desk", "reason_for", "second_person"]

OTHER = "other"  # with a word of their own
LONGEST_PIN = 20


@dataclass(frozen=True)
class Desk:
    """Who stands there, and at which device."""

    employee: Employee
    device: TillDevice

    @property
    def alone(self) -> bool:
        """Whether this person needs nobody else."""
        return self.employee.role in APPROVERS


def reason_for(posted: Posted) -> str:
    """Of `reason` and `word`: one of `NO_CODE`, or what somebody typed instead. Raises
    Unclear."""
    reason = reason_of(posted, {**NO_CODE, OTHER: ""})
    if reason != OTHER:
        return reason
    word = one_line(posted.get("word", ""), most=60)
    if not word:
        raise Unclear(_("Say in a word why there is no code."))
    return word


def second_person(desk: Desk, posted: Posted) -> str:
    """Of `manager` and `pin`: who agreed, as events keep it; nobody where a manager
    hands over. Raises Unclear, NotAManager, and those of `check_pin`."""
    if desk.alone:
        return ""
    try:
        id = UUID(posted.get("manager", ""))
    except ValueError as error:
        raise Unclear(_("Say which manager agrees.")) from error
    pin = posted.get("pin", "")[:LONGEST_PIN]
    manager = agreed(desk.device, employee_id=id, pin=pin)
    return formatting.employee(manager.id, manager.first_name)
