"""Registering: a customer enters the books of one channel, with a card of its own."""

import hashlib
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from inventory.ids import derived
from inventory.places import Channel
from retail import channels
from retail.customers import linking
from retail.customers.models import Customer, LinkReason, Person
from retail.customers.phones import e164
from retail.loyalty import points

CARD_LETTER = {Channel.WEBSHOP: "W", Channel.POS: "M"}


class Account(Protocol):
    """What is needed of a sign-in account; people who sign in are head office's."""

    id: UUID
    email: str


def register(
    *,
    id: UUID,
    channel: Channel,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    email_verified_at: datetime | None = None,
    phone: str = "",
    card: str = "",
    birth_date: date | None = None,
    postcode: str = "",
    language: str = "fr",
    account_id: UUID | None = None,
    by: str = "",
    at: datetime | None = None,
) -> Customer:
    """A customer row of `channel`, its points account and its card; called inside
    `channels.atomic()`. The same id again answers the row that is there.

    `card`: one that the customer showed; made from the id unless given. Where customers
    are unified, rows that certainly belong together are linked at once. Raises BadPhone.
    """
    at = at or timezone.now()
    row = Customer(
        id=id,
        origin=channel.value,
        account_id=account_id,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=email.strip().lower(),
        email_verified_at=email_verified_at,
        phone=e164(phone),
        card=card.strip().upper(),
        birth_date=birth_date,
        postcode=postcode,
        language=language,
        registered_at=at,
        registered_by=by[:80] if channel == Channel.POS else "",
    )
    customer, made = _insert(row)
    if made:
        points.open_account(customer)
        if channels.on(channels.Feature.UNIFIED_CUSTOMERS):
            linking.link_new(customer, by=by or "system", at=at)
    return customer


def _insert(row: Customer) -> tuple[Customer, bool]:
    """Conflicts are left to the constraints, so that two who register the same id (or
    the same account) at once get one row. A taken card number moves to the next."""
    shown = row.card
    for attempt in range(100):
        row.card = shown or card_number(row.id, Channel(row.origin), attempt)
        Customer.objects.bulk_create([row], ignore_conflicts=True)
        known = Customer.objects.filter(id=row.id).first()
        if known is not None:
            return known, not points.has_account(known)
        if row.account_id is not None:
            theirs = Customer.objects.filter(
                origin=row.origin, account_id=row.account_id
            ).first()
            if theirs is not None:
                return theirs, False
        shown = ""  # somebody of this channel has that card: give a new one
    raise RuntimeError("no free card number")


def card_number(id: UUID, channel: Channel, attempt: int = 0) -> str:
    """`W-` or `M-` and eight digits that follow from the id."""
    digest = hashlib.sha256(f"card:{id}:{attempt}".encode()).digest()
    return f"{CARD_LETTER[channel]}-{int.from_bytes(digest[:8]) % 10**8:08d}"


def customer_for_account(
    account: Account,
    *,
    first_name: str = "",
    last_name: str = "",
    phone: str = "",
    language: str = "fr",
    verified_at: datetime | None = None,
    at: datetime | None = None,
) -> Customer:
    """The webshop's customer behind a sign-in account, made at its first use.

    Idempotent; one query once the row is there. Opens its own transaction to make it.
    `verified_at`: when the account's e-mail was proven, recorded as soon as it is
    given.
    """
    known = Customer.objects.filter(
        origin=Channel.WEBSHOP.value, account_id=account.id
    ).first()
    if known is None:
        with channels.atomic():
            return register(
                id=derived(account.id, "customer", Channel.WEBSHOP.value),
                channel=Channel.WEBSHOP,
                first_name=first_name,
                last_name=last_name,
                email=account.email,
                email_verified_at=verified_at,
                phone=phone,
                language=language,
                account_id=account.id,
                by="system",
                at=at,
            )
    if verified_at is not None and known.email_verified_at is None:
        with channels.atomic():
            prove_email(known, at=verified_at)
    return known


def prove_email(customer: Customer, *, at: datetime) -> None:
    """The e-mail of this row was answered: from now on it can link. In a transaction."""
    customer.email_verified_at = at
    customer.save(update_fields=["email_verified_at"])
    if channels.on(channels.Feature.UNIFIED_CUSTOMERS):
        linking.link_new(customer, by="system", at=at)


def own_row(
    whom: Customer | Person, channel: Channel, *, at: datetime | None = None
) -> Customer:
    """The row of `channel` for somebody who acts there. In a transaction.

    No channel writes the other's row: a person known to the other channel only gets a
    row here, linked to theirs, the first time. Its id follows from theirs, so asking
    twice makes one. Raises FeatureOff where customers are not unified.
    """
    if isinstance(whom, Customer) and whom.origin == channel:
        return whom
    channels.require(channels.Feature.UNIFIED_CUSTOMERS)
    known = _own_among(_rows(whom), channel)
    if known is not None:
        return known
    linking.one_at_a_time()
    rows = _rows(whom)  # somebody may have made it while we waited
    known = _own_among(rows, channel)
    if known is not None:
        return known
    return _make_own(min(rows, key=lambda row: row.id), channel, at or timezone.now())


def _rows(whom: Customer | Person) -> list[Customer]:
    if isinstance(whom, Person):
        return linking.rows_of_person(whom)
    return linking.rows_of(whom)


def _own_among(rows: list[Customer], channel: Channel) -> Customer | None:
    return next((row for row in rows if row.origin == channel), None)


def _make_own(first: Customer, channel: Channel, at: datetime) -> Customer:
    own, made = _insert(
        Customer(
            id=_own_id(first, channel),
            origin=channel.value,
            first_name=first.first_name,
            last_name=first.last_name,
            email=first.email,
            email_verified_at=first.email_verified_at,
            phone=first.phone,
            birth_date=first.birth_date,
            postcode=first.postcode,
            language=first.language,
            registered_at=at,
        )
    )
    if made:
        points.open_account(own)
    known_by = LinkReason.CARD if channel == Channel.POS else LinkReason.ACCOUNT
    linking.link([first, own], reason=known_by, by="system", at=at)
    return own


def _own_id(first: Customer, channel: Channel) -> UUID:
    """Follows from the other's id; the next one where an earlier row was unlinked."""
    made = 0
    while True:
        id = derived(first.id, "own", channel.value, *([made] if made else []))
        if not Customer.objects.filter(id=id).exists():
            return id
        made += 1
