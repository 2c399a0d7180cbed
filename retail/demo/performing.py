"""Performs the demo's acts through the product's own verbs, at whatever level the dial
stands. What the level forbids is tried and recorded as refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from inventory.ids import derived
from inventory.places import Channel
from inventory.reserving import OutOfStock
from pos import selling
from retail import channels
from retail.channels import FeatureOff
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.demo import people, ticketing
from retail.demo.carrying import carry
from retail.demo.catalogue import products
from retail.demo.script import (
    Act,
    BuyInStore,
    CancelOnWeb,
    OrderOnWeb,
    RegisterInStore,
    RegisterOnWeb,
    act_id,
)
from retail.fulfilment import pickup, shipping
from retail.fulfilment.codes import code_of
from retail.fulfilment.models import Method, PickupJob, ShipJob
from retail.loyalty.points import NotEnoughPoints
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.orders.placing import Asked, place
from retail.orders.taking import take_due

DONE = "done"
PICKUP_PATH = [
    "accept",
    "start-picking",
    "pick",
    "stage",
    "ready",
    "check-in",
    "hand-over",
]
SHIP_PATH = ["start-picking", "pick", "pack", "ship", "deliver"]
REFUSALS: dict[type[Exception], str] = {
    FeatureOff: "feature-off",
    OutOfStock: "out-of-stock",
    NotEnoughPoints: "not-enough-points",
    selling.UnknownCustomer: "unknown-customer",
}


class UnknownCard(Exception):
    """The card shown is not on the books that this till sees."""


REFUSALS[UnknownCard] = "unknown-card"


@dataclass(frozen=True)
class Outcome:
    """`answer` is "done", or the slug of the refusal."""

    act: Act
    answer: str


def perform(act: Act) -> Outcome:
    """One act; everything it sends to the other side has arrived when this returns."""
    doing: Callable[[Any], None] = PERFORMERS[type(act)]
    try:
        doing(act)
    except tuple(REFUSALS) as refusal:
        return Outcome(act, REFUSALS[type(refusal)])
    finally:
        carry()
    return Outcome(act, DONE)


def _register_on_web(act: RegisterOnWeb) -> None:
    row = people.customer(act.who)
    account = people.account_of(row)
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        register(
            id=customer_id(act.who, Channel.WEBSHOP),
            channel=Channel.WEBSHOP,
            account_id=account.id,
            email_verified_at=act.at,
            at=act.at,
            **_known_of(row),
        )


def _register_in_store(act: RegisterInStore) -> None:
    row = people.customer(act.who)
    with channels.use_channel(Channel.POS), channels.atomic():
        register(
            id=customer_id(act.who, Channel.POS),
            channel=Channel.POS,
            email_verified_at=act.at if row["email"] else None,
            by=people.by(people.cashier_of(act.store)),
            at=act.at,
            **_known_of(row),
        )


def _known_of(row: dict[str, str]) -> dict[str, Any]:
    return {
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "email": row["email"],
        "phone": row["phone"],
        "postcode": row["postcode"],
        "birth_date": people.birth_date(row),
        "language": row["language"],
    }


def customer_id(key: str, channel: Channel) -> UUID:
    return act_id("customer", channel.value, key)


def _order_on_web(act: OrderOnWeb) -> None:
    with channels.use_channel(Channel.WEBSHOP):
        order = _placed(act)
    carry()
    steps = SHIP_PATH if not act.store else PICKUP_PATH
    if not act.until:
        return
    for i, move in enumerate(steps[: steps.index(act.until) + 1], 1):
        at = act.at + timedelta(minutes=i * act.minutes)
        if act.store:
            _move_pickup(act, order, move, at)
        else:
            _move_parcel(order, move, at)
        carry()
    with channels.use_channel(Channel.WEBSHOP):
        take_due(at)


def _placed(act: OrderOnWeb) -> Order:
    catalogue = products()
    row = people.customer(act.who) if act.who else None
    customer = (
        Customer.objects.get(id=customer_id(act.who, Channel.WEBSHOP)) if row else None
    )
    order_id = act_id("order", act.key)
    order, _ = place(
        id=order_id,
        maker=f"customer:{customer.id}" if customer else f"session:{order_id.hex}",
        customer=customer,
        asked=Asked(
            lines=[(catalogue[i]["gtin"], quantity) for i, quantity in act.lines],
            method="collect" if act.store else "ship",
            location_code=act.store,
            address={} if act.store else _address(row),
            payment_method=act.pay,
            redeem_points=act.points,
            email="" if row else "invite@example.com",
            first_name="" if row else "Dominique",
            language=row["language"] if row else "fr",
        ),
        at=act.at,
    )
    if act.pay == "online":
        pay(
            order,
            payment_id=derived(order.id, "payment", 1),
            token="approve",  # noqa: S106 - the demo gateway's word
            at=act.at + timedelta(seconds=40),
        )
    return order


def _address(row: dict[str, str] | None) -> dict[str, str]:
    if row is None:
        return {
            "name": "Dominique Leroy",
            "line1": "3, rue du Four",
            "postcode": "75006",
            "city": "Paris",
        }
    return {
        "name": f"{row['first_name']} {row['last_name']}",
        "line1": "12, rue des Dames",
        "postcode": row["postcode"],
        "city": {"75": "Paris", "69": "Lyon", "38": "Grenoble"}.get(
            row["postcode"][:2], "Paris"
        ),
    }


def _move_pickup(act: OrderOnWeb, order: Order, move: str, at: datetime) -> None:
    with channels.use_channel(Channel.WEBSHOP):
        code = code_of(order.fulfilments.get(method=Method.COLLECT))
    store = Channel.POS
    cashier = people.cashier_of(act.store)
    with channels.use_channel(store):
        job = PickupJob.objects.select_related("location").get(order_id=order.id)
        if move == "hand-over" and job.due > job.paid:
            ticketing.record(
                ticketing.web_order(act, job, cashier, at),
                store_code=act.store,
                cashier=cashier,
                at=at,
            )
            job.refresh_from_db()
        given: dict[str, Any] = {}
        if move == "pick":
            given["quantities"] = {
                line.position: line.quantity for line in job.lines.all()
            }
        elif move == "stage":
            given["shelf"] = f"A{job.order_id.int % 6 + 1}"
        elif move == "check-in":
            given["place"] = ""
        elif move == "hand-over":
            given = people.shown_at(job, code)
        verb = getattr(pickup, move.replace("-", "_"))
        verb(
            job,
            **given,
            by=people.by(cashier),
            event_id=derived(job.id, "demo", move),
            at=at,
        )


def _move_parcel(order: Order, move: str, at: datetime) -> None:
    packer = next(row for row in people.staff() if row["role"] == "warehouse")
    with channels.use_channel(Channel.WEBSHOP):
        job = ShipJob.objects.get(order_id=order.id)
        given: dict[str, Any] = {}
        if move == "pick":
            given["quantities"] = {
                line.position: line.quantity for line in job.lines.all()
            }
        elif move == "ship":
            given["tracking"] = f"6A{job.id.int % 10**11:011d}"
        getattr(shipping, move.replace("-", "_"))(
            job,
            **given,
            by=people.by(packer),
            event_id=derived(job.id, "demo", move),
            at=at,
        )


def _cancel_on_web(act: CancelOnWeb) -> None:
    with channels.use_channel(Channel.WEBSHOP):
        order = Order.objects.filter(id=act_id("order", act.order)).first()
        if order is None:  # the level refused it, so there is nothing to cancel
            raise FeatureOff(channels.Feature.WEB_TO_STORE)
        cancel(order, by=f"customer:{order.customer_id}", at=act.at)


def _buy_in_store(act: BuyInStore) -> None:
    cashier = people.cashier_of(act.store)
    with channels.use_channel(Channel.POS):
        customer = _shown(act)
        ticketing.record(
            ticketing.sale(act, customer, cashier),
            store_code=act.store,
            cashier=cashier,
            at=act.at,
            till_number=act.till,
        )


def _shown(act: BuyInStore) -> UUID | None:
    """Whose card the till reads. Apart, a card of the web says nothing to it."""
    if not act.shows:
        return None
    channel = Channel.POS if act.shows == "store" else Channel.WEBSHOP
    customer = Customer.objects.filter(id=customer_id(act.who, channel)).first()
    if customer is None:
        raise UnknownCard
    return customer.id


PERFORMERS: dict[type[Act], Callable[[Any], None]] = {
    RegisterOnWeb: _register_on_web,
    RegisterInStore: _register_in_store,
    OrderOnWeb: _order_on_web,
    CancelOnWeb: _cancel_on_web,
    BuyInStore: _buy_in_store,
}
