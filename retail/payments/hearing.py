"""A provider calls: what it says is a bell, what is so is looked up.

Kept is that a call was heard, so that the same one rings once; its effect would be one
without that too, because a payment only goes forward.
"""

from datetime import datetime
from uuid import UUID, uuid5

from inventory.ids import derived
from inventory.inserting import insert
from retail import channels
from retail.messages.models import InboxMessage
from retail.orders.booking import book
from retail.payments import providers
from retail.payments.models import Payment
from retail.payments.providers import Event

__all__ = ["HANDLER", "hear"]

HANDLER = "payments.hearing"
CALLS = UUID("7a1f4d1e-6d0c-5c55-9f0a-3c1b1d3a5e21")  # namespace of providers' call ids


def hear(provider: str, event: Event, *, at: datetime) -> str:
    """ "booked", "known" (heard before) or "unknown" (no payment of ours): all three are
    answered 200, for none would be better if it were sent again. Raises
    providers.NoAnswer, and then it shall be. Not inside a transaction."""
    if event.payment is None:
        return "unknown"
    found = Payment.objects.select_related("order")
    payment = found.filter(id=event.payment, provider=provider).first()
    if payment is None:
        return "unknown"
    message_id = uuid5(CALLS, f"{provider}:{event.id}")
    heard = InboxMessage.objects.filter(message_id=message_id, handler=HANDLER)
    if heard.exists():
        return "known"
    book(payment, providers.look_up(payment), at=at)
    with channels.atomic():
        insert(
            [
                InboxMessage(
                    id=derived(message_id, HANDLER),
                    origin=payment.origin,
                    message_id=message_id,
                    kind="payment",
                    subject=payment.id,
                    version=0,
                    handler=HANDLER,
                    handled_at=at,
                )
            ],
            unless_there=True,
        )
    return "booked"
