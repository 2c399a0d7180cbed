"""Choosing for a customer who does not: a pickup that is short goes on with what is
there, one that was refused is given up."""

from datetime import datetime
from uuid import UUID

from retail import channels
from retail.fulfilment import requesting
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.states import FulfilmentStatus
from retail.notices.telling import notify
from retail.orders.choosing import NotAChoice, choices, choose
from retail.orders.models import Order

__all__ = ["choose_due"]


def choose_due(now: datetime) -> list[UUID]:
    """Makes every choice whose time has passed; answers the promises, at most 200. A
    transaction for each; who chooses at the same moment comes first or finds it done.
    """
    due = Fulfilment.objects.filter(
        choose_by__lte=now, status=FulfilmentStatus.CUSTOMER_CHOICE, requested=""
    )
    rows = list(due.order_by("choose_by").values_list("id", "order_id")[:200])
    return [id for id, order_id in rows if _choose(id, order_id, now)]


def _choose(id: UUID, order_id: UUID, now: datetime) -> bool:
    with channels.atomic():
        promises = {each.id: each for each in requesting.lock_all(order_id)}
        promise, order = promises[id], Order.objects.get(id=order_id)
        if promise.choose_by is None or promise.choose_by > now:
            return False
        choice = "drop" if "drop" in choices(order, promise) else "cancel"
        key = str(promise.job_version)
        try:
            choose(order, promise, choice, by="system", at=now)
        except NotAChoice:
            return False  # chosen, and not answered yet
        notify(
            "choice_made_for_you",
            order=order,
            subject=id,
            key=key,
            data={"choice": choice},
            at=now,
        )
    return True
