"""What customers change of their own record."""

from __future__ import annotations

from retail.customers.models import Customer
from retail.customers.own_rows import held
from retail.customers.phones import e164


def change(
    customer: Customer,
    *,
    first_name: str,
    last_name: str,
    phone: str,
    language: str,
) -> Customer:
    """Their name, their number and the language of letters. In a transaction. Raises
    BadPhone, NotYourRow, AlreadyErased.

    A number that was typed links nobody now. The next run compares it all the same: see
    `docs/identity.md`, what a proven address lets through.
    """
    row = held(customer)
    row.first_name, row.last_name = first_name.strip(), last_name.strip()
    row.phone, row.language = e164(phone), language
    row.save(update_fields=["first_name", "last_name", "phone", "language"])
    return row
