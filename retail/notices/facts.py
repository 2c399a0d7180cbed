"""What a notice's words are made of, read when it is sent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from inventory.money import ZERO
from retail.formatting import day_time
from retail.fulfilment.codes import code_of
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.states import FulfilmentStatus
from retail.notices.models import Notice
from retail.orders.models import Order

__all__ = ["Facts", "facts_of", "still_true"]


@dataclass(frozen=True)
class Facts:
    """`promise` is None where the notice is about the order as a whole."""

    order: Order
    promise: Fulfilment | None
    promises: list[Fulfilment]
    data: dict[str, Any]
    now: datetime

    @property
    def place(self) -> str:
        return self.promise.location.name if self.promise else ""

    @property
    def address(self) -> str:
        if self.promise is None:
            return ""
        place = self.promise.location
        return f"{place.name}, {place.address}, {place.postcode} {place.city}"

    @property
    def code(self) -> str:
        """Read at sending, never kept with the notice."""
        if self.promise is None or self.promise.method != Method.COLLECT:
            return ""
        return code_of(self.promise)

    @property
    def reserved(self) -> Decimal:
        """What a bank keeps for the order. One query."""
        return sum((each.held for each in self.order.payments.all()), ZERO)

    def when(self, name: str) -> str:
        """A moment of the data in words, empty where there is none."""
        told = self.data.get(name)
        moment = parse_datetime(told) if told else None
        return day_time(moment, now=self.now, long=True) if moment else ""


def facts_of(notice: Notice, *, now: datetime | None = None) -> Facts:
    """2 queries. Raises Order.DoesNotExist."""
    if notice.order_id is None:  # about an alert: see retail/alerts/notices.py
        raise Order.DoesNotExist
    order = Order.objects.get(id=notice.order_id)
    promises = list(
        Fulfilment.objects.filter(order=order)
        .select_related("location")
        .order_by("changed_at")
    )
    for each in promises:
        each.order = order
    about = [each for each in promises if each.id == notice.subject]
    return Facts(
        order=order,
        promise=about[0] if about else None,
        promises=promises,
        data=notice.data,
        now=now or timezone.now(),
    )


def still_true(notice: Notice) -> bool:
    """Whether a notice that was written ahead is to be sent: a reminder only while the
    bags wait until the very day it names. One query for a reminder, none else."""
    if notice.kind != "pickup_reminder":
        return True
    until = parse_datetime(notice.data["hold_until"])
    waiting = Fulfilment.objects.filter(
        id=notice.subject,
        status__in=[FulfilmentStatus.READY, FulfilmentStatus.PARTLY_COLLECTED],
        hold_until=until,
    )
    return waiting.exists()
