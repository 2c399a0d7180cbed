"""The customer at the till: found by card, phone or name, and shown with no more than
the seller needs. What can be found is the level's to decide."""

from dataclasses import dataclass
from uuid import UUID

from retail import channels
from retail.customers import knowing
from retail.customers.models import Customer
from retail.loyalty import points


@dataclass(frozen=True)
class Greeted:
    """`card` and `phone` are masked. `points` is None until somebody is chosen."""

    id: UUID
    name: str
    card: str
    phone: str
    origin: str
    points: int | None


def greet(text: str) -> list[Greeted]:
    """Whom this store can find. Who is the only one comes with the points."""
    found = knowing.lookup(text=text)
    alone = len(found) == 1
    return [_greeted(each, with_points=alone) for each in found]


def greet_one(id: UUID) -> Greeted | None:
    """The customer with the points, if this store may see the row."""
    customer = Customer.objects.filter(id=id).first()
    if customer is None:
        return None
    own = customer.origin == channels.Channel.POS
    if not own and not channels.on(channels.Feature.UNIFIED_CUSTOMERS):
        return None
    return _greeted(customer, with_points=True)


def is_web_card(text: str) -> bool:
    """Whether this is a card that the webshop gave out."""
    text = text.strip().upper()
    return bool(knowing.CARD.fullmatch(text)) and text.startswith("W")


def _greeted(customer: Customer, *, with_points: bool) -> Greeted:
    last = f" {customer.last_name[0]}." if customer.last_name else ""
    return Greeted(
        id=customer.id,
        name=f"{customer.first_name}{last}".strip(),
        card=f"{customer.card[:2]}•••• {customer.card[-4:]}" if customer.card else "",
        phone=f"•• {customer.phone[-2:]}" if customer.phone else "",
        origin=customer.origin,
        points=points.balance(customer).total if with_points else None,
    )
