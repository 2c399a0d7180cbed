"""What a channel knows of a customer here and now: its own rows, or all of a person's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from retail import channels
from retail.customers.linking import rows_of
from retail.customers.models import Customer, CustomerLink
from retail.customers.phones import BadPhone, e164
from retail.customers.purchases import Purchase
from retail.loyalty import points
from retail.orders.finding import orders_of
from retail.staff.look_up_models import Key

# Rooms above this one that know of purchases, each under one name.
TICKET_READERS = ("pos.knowing.tickets_of",)
MOST = 20  # rows that a search by name answers

CARD = re.compile(r"[WM]-\d{8}", re.IGNORECASE)


class NotKnownHere(Exception):
    """The row belongs to the other channel, and customers are not unified."""


@dataclass(frozen=True)
class Profile:
    """`rows` are the customer rows that this channel may see, `orders` and `tickets`
    what was bought under them, newest first."""

    first_name: str
    rows: list[Customer]
    orders: list[Purchase]
    tickets: list[Purchase]
    points: points.Balance


def profile(customer: Customer) -> Profile:
    """All that the pinned channel may know of this customer. Five queries."""
    if customer.origin != channels.current().channel and not _unified():
        raise NotKnownHere
    rows = rows_of(customer)
    ids = [row.id for row in rows]
    return Profile(
        first_name=next((row.first_name for row in rows if row.first_name), ""),
        rows=rows,
        orders=orders_of(ids),
        tickets=tickets_of(ids),
        points=points.balance(customer),
    )


def tickets_of(customer_ids: list[UUID]) -> list[Purchase]:
    """What tills sold to these rows, as far as this database tells."""
    found: list[Purchase] = []
    for path in TICKET_READERS:
        reader: Callable[[list[UUID]], list[Purchase]] = import_string(path)
        found += reader(customer_ids)
    return sorted(found, key=lambda purchase: purchase.at, reverse=True)


def lookup(
    *, card: str = "", phone: str = "", email: str = "", text: str = ""
) -> list[Customer]:
    """Customers whom the pinned channel can find: on its own books only, or any row
    where customers are unified, then once per person and this channel's own row first.

    `text` is what somebody typed or scanned: an e-mail, a card, a phone or a name.
    """
    found = matching(Customer.objects.all(), card, phone, email, text)
    if not _unified():
        return list(found.filter(origin=channels.current().channel.value)[:MOST])
    return _once_per_person(list(found[:MOST]))


def kind_of(text: str) -> Key:
    """What somebody typed or scanned, not empty, is taken for."""
    text = text.strip()
    if "@" in text:
        return Key.EMAIL
    if CARD.fullmatch(text):
        return Key.CARD
    return Key.PHONE if _phone(text) else Key.NAME


def matching(
    among: QuerySet[Customer],
    card: str = "",
    phone: str = "",
    email: str = "",
    text: str = "",
) -> QuerySet[Customer]:
    """Those of `among` that fit one of the keys, or all words of the name."""
    text = text.strip()
    match kind_of(text) if text else None:
        case Key.EMAIL:
            email = text
        case Key.CARD:
            card = text
        case Key.PHONE:
            phone = text
        case Key.NAME:
            fits = Q()
            for word in text.split():
                fits &= Q(first_name__istartswith=word) | Q(last_name__istartswith=word)
            return among.filter(fits).order_by("last_name", "first_name", "id")
    fits = Q()
    if card:
        fits |= Q(card=card.strip().upper())
    if number := _phone(phone):
        fits |= Q(phone=number)
    if email:
        fits |= Q(email=email.strip().lower())
    return among.filter(fits).order_by("id") if fits else among.none()


def _phone(typed: str) -> str:
    """Empty where it is no number: then nobody has it."""
    try:
        return e164(typed) if any(map(str.isdigit, typed)) else ""
    except BadPhone:
        return ""


def _once_per_person(rows: list[Customer]) -> list[Customer]:
    person_of = dict(
        CustomerLink.objects.filter(
            customer_id__in=[row.id for row in rows], ended_at__isnull=True
        ).values_list("customer_id", "person_id")
    )
    channel = channels.current().channel
    best: dict[UUID, Customer] = {}
    for row in rows:
        person = person_of.get(row.id, row.id)
        if person not in best or row.origin == channel != best[person].origin:
            best[person] = row
    return list(best.values())


def _unified() -> bool:
    return channels.on(channels.Feature.UNIFIED_CUSTOMERS)
