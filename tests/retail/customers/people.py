"""People for tests of customers and points. Alice shops everywhere, Charlie has no
business here; the stores wrote Alice down a second time."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.channels.routing import route
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.loyalty import points

SIDES = ["default", "webshop", "pos", "shared"]
PROVEN = datetime(2026, 11, 1, 9, tzinfo=UTC)
LEVELS = ["multichannel", "omnichannel"]


def stand(level: str) -> None:
    """The dial at that level; the tests' databases are empty, so nothing moves."""
    route(level, by="test", why="test")


def a_customer(channel: Channel, *, balance: int = 0, **known: Any) -> Customer:
    """On the books of `channel`, in that channel's context."""
    known = {"id": new_id(), "first_name": "Alice", "last_name": "Martin", **known}
    with channels.use_channel(channel), channels.atomic():
        customer = register(channel=channel, **known)
        if balance:
            points.earn(customer, points=balance, reference=f"opening {customer.id}")
    return customer


def web_alice(*, balance: int = 0, id: UUID | None = None, **known: Any) -> Customer:
    known = {"phone": "06 39 98 01 01", "email": "Alice@example.com", **known}
    return a_customer(
        Channel.WEBSHOP,
        balance=balance,
        id=id or new_id(),
        email_verified_at=PROVEN,
        **known,
    )


def store_alice(*, balance: int = 0, **known: Any) -> Customer:
    known = {"phone": "+33639980101", "by": "employee:1 Bob", **known}
    return a_customer(Channel.POS, balance=balance, **known)
