"""What customers change of their own record."""

from __future__ import annotations

from retail import channels
from retail.customers.consents import AlreadyErased, NotYourRow
from retail.customers.models import Customer
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

    A number that was typed proves nothing, so it links nobody.
    """
    if customer.origin != channels.current().channel:
        raise NotYourRow(customer.origin)
    row = Customer.objects.select_for_update(no_key=True).get(id=customer.id)
    if row.erased_at is not None:
        raise AlreadyErased
    row.first_name, row.last_name = first_name.strip(), last_name.strip()
    row.phone, row.language = e164(phone), language
    row.save(update_fields=["first_name", "last_name", "phone", "language"])
    return row
