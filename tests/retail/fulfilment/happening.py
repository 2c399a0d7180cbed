"""Each move of pickups and parcels, made by the real verbs, and what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from inventory.ids import new_id
from inventory.models import Location, Reservation, StockMovement, Transfer
from retail.channels import Channel, shared, use_channel
from retail.fulfilment import awaiting, pickup, returning, shipping, wishes_met
from retail.loyalty.models import LoyaltyEntry
from retail.messages.models import OutboxMessage
from retail.notices.models import Notice
from retail.orders import choosing
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.orders.taking import take_due
from retail.payments.capturing import first_payment_id
from retail.payments.models import Payment, Refund
from tests.builders import (
    BOB,
    bag,
    bob,
    carry,
    job_of,
    parcel_of,
    promise_of,
)
from tests.retail.orders.house import House, a_parcel, a_pickup, alice, placed

__all__ = ["PARCELS", "PICKUPS", "Facts", "facts"]

Facts = dict[str, frozenset[str]]
Story = Callable[[House], tuple[Order, Callable[[], Any]]]

LINES = ((0, 2), (1, 1))
STOCK = {
    "fulfilment": "leaves",
    "return": "back",
    "transfer:out": "sent",
    "transfer:in": "received",
}


def ordered(house: House, wish: Any) -> Order:
    """By Alice, who pays online and with some points."""
    lines = [(house.gtins[which], units) for which, units in LINES]
    given = {"payment_method": "online", "redeem_points": 30}
    return placed(wish(*lines, **given), customer=alice(with_points=60))


def paid(order: Order) -> None:
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    carry()


def pickup_in(house: House, *moves: str) -> Order:
    """A pickup after these moves."""
    order = ordered(house, a_pickup)
    paid(order)
    for move in moves:
        WAYS[move](order)
    return order


def one_short(order: Order) -> None:
    bob(pickup.short, order, {1: 1}, reason="missing")


def other_store(order: Order) -> Location:
    with use_channel(Channel.POS):
        return Location.objects.get(code="M02")


def asked_of(order: Order) -> Transfer:
    with use_channel(Channel.POS):
        return Transfer.objects.select_related("source", "target").get(
            reference=str(job_of(order).id)
        )


def sent_over(order: Order) -> None:
    with use_channel(Channel.POS):
        awaiting.send(asked_of(order), by=BOB)
    carry()


def arrived(order: Order) -> None:
    with use_channel(Channel.POS):
        awaiting.receive(asked_of(order), by=BOB, event_id=new_id())
    carry()


def chosen(order: Order) -> None:
    order.refresh_from_db()
    choosing.choose(order, promise_of(order), "drop")
    carry()


def extended(order: Order) -> None:
    until = job_of(order).hold_until + timedelta(days=1)
    bob(wishes_met.extend, order, until=until)


def borrowed(order: Order) -> None:
    bob(awaiting.await_transfer, order, {1: 1}, source=other_store(order))


WAYS: dict[str, Callable[[Order], Any]] = {
    "place": paid,
    "accept": lambda order: bob(pickup.accept, order),
    "reject": lambda order: bob(pickup.reject, order, reason="too_busy"),
    "start-picking": lambda order: bob(pickup.start_picking, order),
    "pick": lambda order: bob(pickup.pick, order, bag(order)),
    "short": one_short,
    "choose": chosen,
    "await-transfer": borrowed,
    "send": sent_over,
    "transfer-arrived": arrived,
    "stage": lambda order: bob(pickup.stage, order, shelf="A4"),
    "ready": lambda order: bob(pickup.ready, order),
    "extend": extended,
    "check-in": lambda order: bob(pickup.check_in, order, place="bay 2"),
    "hand-over-part": lambda order: bob(
        pickup.hand_over, order, name_checked=True, lines={2: 1}
    ),
    "hand-over": lambda order: bob(pickup.hand_over, order, name_checked=True),
    "expire": lambda order: bob(pickup.expire, order),
    "restock": lambda order: bob(pickup.restock, order),
    "cancel": lambda order: bob(pickup.cancel, order, reason="customer"),
}
SHELVED = ("accept", "start-picking", "pick", "stage")
READY = (*SHELVED, "ready")
# move → what happened before it
BEFORE: dict[str, tuple[str, ...]] = {
    "accept": (),
    "reject": (),
    "start-picking": ("accept",),
    "pick": ("accept", "start-picking"),
    "short": ("accept", "start-picking"),
    "choose": ("accept", "start-picking", "short"),
    "await-transfer": ("accept", "start-picking"),
    "transfer-arrived": ("accept", "start-picking", "await-transfer", "send"),
    "stage": ("accept", "start-picking", "pick"),
    "ready": SHELVED,
    "extend": READY,
    "check-in": READY,
    "hand-over-part": READY,
    "hand-over": READY,
    "expire": READY,
    "restock": (*READY, "expire"),
    "cancel": ("accept",),
}


def a_pickups(move: str) -> Story:
    def story(house: House) -> tuple[Order, Callable[[], Any]]:
        if move == "place":
            order = ordered(house, a_pickup)
        else:
            order = pickup_in(house, *BEFORE[move])
        return order, lambda: WAYS[move](order)

    return story


def parcel(verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
    def act(order: Order) -> None:
        verb(parcel_of(order), *given, by=BOB, event_id=new_id(), **named)

    return act


def packed(order: Order) -> None:
    units = {line.position: line.quantity for line in parcel_of(order).lines.all()}
    parcel(shipping.pick, units)(order)


PARCEL_WAYS: dict[str, Callable[[Order], Any]] = {
    "place": paid,
    "start-picking": parcel(shipping.start_picking),
    "pick": packed,
    "pack": parcel(shipping.pack),
    "ship": parcel(shipping.ship, tracking="6A12345678901"),
    "take": lambda _order: take_due(timezone.now()),
    "deliver": parcel(shipping.deliver),
    "return": parcel(returning.take_back),
    "cancel": parcel(shipping.cancel, reason="mistake"),
}
PACKED = ("start-picking", "pick", "pack")
PARCEL_BEFORE: dict[str, tuple[str, ...]] = {
    "start-picking": (),
    "pick": ("start-picking",),
    "pack": ("start-picking", "pick"),
    "ship": PACKED,
    "deliver": (*PACKED, "ship"),
    "return": (*PACKED, "ship", "take", "deliver"),
    "cancel": PACKED,
}


def a_parcels(move: str) -> Story:
    def story(house: House) -> tuple[Order, Callable[[], Any]]:
        order = ordered(house, a_parcel)
        if move != "place":
            paid(order)
        for before in PARCEL_BEFORE.get(move, ()):
            PARCEL_WAYS[before](order)
        return order, lambda: PARCEL_WAYS[move](order)

    return story


PICKUPS = {move: a_pickups(move) for move in ("place", *BEFORE)}
PARCELS = {move: a_parcels(move) for move in ("place", *PARCEL_BEFORE)}


def facts(house: House, story: Story) -> Facts:
    """What the story's last act changed, in the words of `effects`."""
    order, act = story(house)
    before = _seen(order)
    act()
    after = _seen(order)
    more = {name: after[name] - before[name] for name in after}
    less = {name: before[name] - after[name] for name in after}
    left = sum(units for word, units in more["movements"].items() if word == "leaves")
    stock = set(more["movements"])
    if more["held"].total():
        stock.add("held")
    if less["held"].total() > left + _sent(more):
        stock.add("freed")
    if more["picked"].total():
        stock.add("picked")
    money = set(more["money"])
    status = set(more["status"])
    if less["money"]["reserved"] > more["money"]["due"]:
        money.add("let_go")
    return {
        "stock": frozenset(stock),
        "money": frozenset(money),
        "points": frozenset(more["points"]),
        "order": frozenset(status - {"awaiting_payment"}),
        "notices": frozenset(more["notices"]),
        "messages": frozenset(more["messages"]),
    }


def _sent(more: dict[str, Counter[Any]]) -> int:
    return more["movements"].get("sent", 0)


def _seen(order: Order) -> dict[str, Counter[Any]]:
    order.refresh_from_db()
    found: dict[str, Counter[Any]] = {
        name: Counter()
        for name in ("held", "picked", "movements", "points", "notices", "messages")
    }
    for channel in [Channel.WEBSHOP] if shared() else Channel:
        with use_channel(channel):
            for hold in Reservation.objects.filter(state="held"):
                found["held"][hold.variant_id, hold.location_id] += hold.quantity
                found["picked"][hold.variant_id] += hold.picked
            for made in StockMovement.objects.exclude(kind="receive"):
                found["movements"][_word(made)] += abs(made.quantity)
            found["messages"].update(
                OutboxMessage.objects.values_list("kind", flat=True)
            )
    found["points"].update(
        LoyaltyEntry.objects.exclude(reference="opening").values_list("kind", flat=True)
    )
    found["notices"].update(Notice.objects.values_list("kind", flat=True))
    found["status"] = Counter([order.status])
    refunds = Refund.objects.filter(payment__order=order).count()
    payments = Payment.objects.filter(order=order)
    found["money"] = Counter(
        refunded=refunds,
        reserved=sum(int(100 * each.reserved) for each in payments),
        due=sum(int(100 * each.to_take) for each in payments),
    )
    return found


def _word(made: StockMovement) -> str:
    if made.kind.startswith("adjust:"):
        return "corrected"
    way = "out" if made.quantity < 0 else "in"
    return STOCK.get(made.kind) or STOCK.get(f"{made.kind}:{way}") or made.kind
