"""Messages late, doubled, in any order, between acts of both sides: the end is the same.

A walk at random, repeatable by its seed: somebody orders, the store makes one legal move
or another, the customer changes their mind, and now and then some message is carried,
any of those that wait, or one that was carried before.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail import books
from retail.channels import open_databases, use_channel
from retail.fulfilment import pickup, requesting
from retail.fulfilment.models import Fulfilment, PickupJob
from retail.fulfilment.states import PICKUP_MOVES, legal
from retail.messages.handlers import TooEarly, deliver
from retail.messages.models import OutboxMessage
from retail.orders import cancelling, choosing
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.payments.capturing import first_payment_id
from tests.builders import BOB, carry
from tests.levels import SIDES
from tests.retail.orders.house import House, a_pickup, placed

pytestmark = pytest.mark.django_db(databases=SIDES)
ORDERS, STEPS = 5, 100
SAME = {"short": "customer_choice", "rejected": "customer_choice"}


def all_of(job: PickupJob) -> dict[int, int]:
    return {line.position: line.quantity - line.short for line in job.lines.all()}


def missing(job: PickupJob) -> dict[int, int]:
    line = job.lines.order_by("position")[0]
    return {line.position: line.short + 1}


# what the store may do, with what it says; now and then tried where it is not legal
IN_STORE: dict[str, Callable[..., Any]] = {
    "accept": pickup.accept,
    "reject": lambda job, **who: pickup.reject(job, reason="too_busy", **who),
    "start-picking": pickup.start_picking,
    "pick": lambda job, **who: pickup.pick(job, all_of(job), **who),
    "short": lambda job, **who: pickup.short(job, missing(job), reason="sold", **who),
    "stage": lambda job, **who: pickup.stage(job, shelf="A1", **who),
    "ready": pickup.ready,
    "hand-over": lambda job, **who: pickup.hand_over(job, name_checked=True, **who),
    "expire": pickup.expire,
    "restock": pickup.restock,
    "cancel": lambda job, **who: pickup.cancel(job, reason="mistake", **who),
}
OFTEN = {"reject": 1, "short": 1, "expire": 1, "cancel": 1}
REFUSED = (pickup.IllegalMove, pickup.BadLines, pickup.Incomplete, pickup.NotPaid)


class Walk:
    def __init__(self, house: House, seed: int) -> None:
        self.house, self.drawn = house, random.Random(seed)  # noqa: S311
        self.twice = self.moved = 0

    def order(self) -> None:
        wish = a_pickup(
            (self.house.gtins[self.drawn.randrange(3)], 1),
            (self.house.gtins[self.drawn.randrange(3)], 1),
            payment_method="online",
            location_code=self.drawn.choice(["M01", "M02"]),
        )
        try:
            made = placed(wish)
        except Exception as error:
            if type(error).__name__ != "OutOfStock":
                raise
            return
        pay(made, payment_id=first_payment_id(made.id), token="approve")

    def store(self) -> None:
        with use_channel(Channel.POS):
            jobs = list(PickupJob.objects.order_by("id").select_related("location"))
            if not jobs:
                return
            job = self.drawn.choice(jobs)
            names = [n for n in legal(PICKUP_MOVES, job.status) if n in IN_STORE]
            if not names or self.drawn.random() < 0.1:
                names = list(IN_STORE)
            weights = [OFTEN.get(name, 8) for name in names]
            name = self.drawn.choices(names, weights)[0]
            try:
                IN_STORE[name](job, by=BOB, event_id=new_id())
            except REFUSED:
                return
        self.moved += 1

    def customer(self) -> None:
        orders = list(Order.objects.order_by("id"))
        if not orders:
            return
        order = self.drawn.choice(orders)
        promises = Fulfilment.objects.filter(order=order)
        asked = promises.filter(status="customer_choice").first()
        try:
            if asked is not None:
                left = choosing.choices(order, asked)
                choice = self.drawn.choice([each for each in left if each != "ship"])
                if choice == "other_store":
                    other = "M02" if asked.location.code == "M01" else "M01"
                    choosing.choose(order, asked, choice, location_code=other)
                elif choice != "substitute":
                    choosing.choose(order, asked, choice)
            elif self.drawn.random() < 0.15:
                cancelling.cancel(order, by=order.maker)
        except (
            IndexError,
            cancelling.NotCancellable,
            choosing.NotAChoice,
            requesting.AlreadyAsked,
        ):
            return
        except Exception as error:
            if type(error).__name__ != "OutOfStock":
                raise

    def carry_some(self) -> None:
        """One message, not the oldest: mostly one that waits, else one of before."""
        source = self.drawn.choice(list(Channel))
        again = self.drawn.random() < 0.3
        with use_channel(source):
            found = OutboxMessage.objects.filter(sent_at__isnull=not again)
            messages = list(found.order_by("made_at", "id"))
            if not messages:
                return
            message = self.drawn.choice(messages)
            try:
                effects = deliver(message)
            except TooEarly:
                return
            if again:
                assert effects == 0
                self.twice += 1
            OutboxMessage.objects.filter(id=message.id).update(sent_at=timezone.now())

    def steps(self) -> None:
        for number in range(STEPS):
            if number % 6 == 0 and number // 6 < ORDERS:
                self.order()
            act = self.drawn.choices(
                [self.store, self.customer, self.carry_some], [7, 2, 6]
            )[0]
            act()


@pytest.mark.parametrize("seed", range(4))
def test_any_walk_ends_with_both_sides_agreed(apart: House, seed: int) -> None:
    walk = Walk(apart, seed)
    walk.steps()
    assert walk.moved > 5
    assert walk.twice > 3, "nothing came twice: not exercised"
    OutboxMessage.objects.update(due_at=timezone.now())
    with use_channel(Channel.POS):
        OutboxMessage.objects.update(due_at=timezone.now())
    carry()
    agreed()
    wrong = [each for each in books.check(open_databases()) if not each.holds]
    assert not wrong, wrong


def agreed() -> None:
    with use_channel(Channel.POS):
        jobs = {job.id: (job.status, job.version) for job in PickupJob.objects.all()}
        assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    promises = {each.id: each for each in Fulfilment.objects.all()}
    assert jobs.keys() <= promises.keys()
    for id, (status, version) in jobs.items():
        promise = promises[id]
        withdrawn = status == "rejected" and promise.status == "cancelled"
        assert promise.job_version == version
        assert promise.status == SAME.get(status, status) or withdrawn
        assert promise.requested == ""
