"""What customers change of their own record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from retail.customers.models import Customer
from retail.customers.own_rows import held
from retail.customers.phones import e164

LATELY = timedelta(days=1)


def change(
    customer: Customer,
    *,
    first_name: str,
    last_name: str,
    phone: str,
    at: datetime | None = None,
) -> Customer:
    """Their name and their number. In a transaction. Raises BadPhone, NotYourRow,
    AlreadyErased.

    A number that was typed links nobody now. The next run compares it all the same: see
    `docs/identity.md`, what a proven address lets through.
    """
    row = held(customer)
    row.first_name, row.last_name = first_name.strip(), last_name.strip()
    before, row.phone = row.phone, e164(phone)
    if row.phone != before:
        row.contact_changed_at = at or timezone.now()
    row.save(update_fields=["first_name", "last_name", "phone", "contact_changed_at"])
    return row


def lately(customer: Customer, *, at: datetime | None = None) -> bool:
    """Whether the number has changed within the last day: whoever took an account over
    begins there, so what gives goods to somebody else asks for more than a session."""
    changed = customer.contact_changed_at
    return changed is not None and changed > (at or timezone.now()) - LATELY


def prefer(
    customer: Customer,
    *,
    language: str,
    usual_store: str,
    receives: str,
    unwanted: Collection[str],
) -> Customer:
    """The language of letters, the store and the way that a checkout proposes, and the
    notices they do without. In a transaction. Raises NotYourRow, AlreadyErased."""
    row = held(customer)
    row.language, row.usual_store, row.receives = language, usual_store, receives
    row.unwanted = sorted(unwanted)
    row.save(update_fields=["language", "usual_store", "receives", "unwanted"])
    return row
