"""Who does what with a message: one written list, and the delivery that gives each
handler its one effect."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connections, router
from django.utils import timezone
from django.utils.module_loading import import_string

from inventory.ids import derived
from retail.channels import Channel, atomic, use_channel
from retail.channels.crashing import crash_point
from retail.messages.models import InboxMessage, OutboxMessage

# kind → dotted paths, so that no slice is imported from here
HANDLERS: dict[str, list[str]] = {
    # asked of the store
    "pickup.requested": ["retail.fulfilment.answering.on_pickup_requested"],
    "pickup.cancel_requested": ["retail.fulfilment.answering.on_cancel_requested"],
    "pickup.choice_made": ["retail.fulfilment.answering.on_choice_made"],
    "pickup.check_in_requested": [
        "retail.fulfilment.answering_visits.on_check_in_requested"
    ],
    "pickup.on_way_told": ["retail.fulfilment.answering_visits.on_way_told"],
    "pickup.extend_requested": [
        "retail.fulfilment.answering_visits.on_extend_requested"
    ],
    "pickup.collector_changed": [
        "retail.fulfilment.answering_visits.on_collector_changed"
    ],
    "pickup.slot_changed": ["retail.fulfilment.answering_visits.on_slot_changed"],
    "pickup.due_told": ["retail.fulfilment.answering_visits.on_due_told"],
    "parcel.cancel_requested": [
        "retail.fulfilment.answering_parcels.on_cancel_requested"
    ],
    # answered by the store
    "pickup.moved": ["retail.fulfilment.mirroring.on_pickup_moved"],
    "pickup.paid": ["retail.fulfilment.mirroring.on_pickup_paid"],
    "pickup.refused": ["retail.fulfilment.mirroring.on_pickup_refused"],
    "parcel.moved": ["retail.fulfilment.mirroring_parcels.on_parcel_moved"],
    "parcel.refused": ["retail.fulfilment.mirroring.on_pickup_refused"],
    # head office's master data, to the side where its copy lies
    "master.changed": ["retail.catalogue.masters.on_master_changed"],
    # a new store, behind the row of it
    "place.opened": [
        "retail.fulfilment.setting.on_place_opened",
        "pos.opening.on_place_opened",
    ],
    # money of a card that was spent while databases were one
    "gift_card.credited": ["retail.loyalty.gift_cards.on_credited"],
}


class UnknownKind(Exception):
    """Nobody handles this kind of message."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class TooEarly(Exception):
    """What the message is about is not known here yet; it is offered again later."""

    def __init__(self, subject: UUID) -> None:
        super().__init__(str(subject))
        self.subject = subject


class Handler(Protocol):
    """`version` counts the sender's messages about the subject; 0 where run inline."""

    def __call__(
        self,
        payload: dict[str, Any],
        *,
        subject: UUID,
        version: int,
        at: datetime,
    ) -> None: ...


def handlers_of(kind: str) -> list[tuple[str, Handler]]:
    if kind not in HANDLERS:
        raise UnknownKind(kind)
    return [(path, import_string(path)) for path in HANDLERS[kind]]


def run_inline(
    kind: str, payload: dict[str, Any], *, subject: UUID, at: datetime
) -> None:
    """The handlers of `kind`, in the caller's transaction and the pinned context."""
    for _, handler in handlers_of(kind):
        handler(payload, subject=subject, version=0, at=at)


def deliver(message: OutboxMessage) -> int:
    """Run each handler of the message once, each in a transaction of the target.

    The inbox row is inserted first, in the transaction of the effect: a message that
    comes again finds it and does nothing. Answers how many handlers had an effect.
    """
    effects = 0
    with use_channel(Channel(message.to)):
        for path, handler in handlers_of(message.kind):
            with atomic():
                if first_time(message, path):
                    handler(
                        message.payload,
                        subject=message.subject,
                        version=message.version,
                        at=message.made_at,
                    )
                    effects += 1
                crash_point("inside_effect")
    return effects


def first_time(message: OutboxMessage, handler: str) -> bool:
    """Inserts the inbox row, by ON CONFLICT DO NOTHING and its row count, which tells
    the first of two at once apart: the second waits here for the first's commit."""
    with connections[router.db_for_write(InboxMessage)].cursor() as cursor:
        cursor.execute(
            "INSERT INTO retail_inboxmessage (id, origin, message_id, kind,"
            " subject, version, handler, handled_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                derived(message.id, handler),
                message.to,
                message.id,
                message.kind,
                message.subject,
                message.version,
                handler,
                timezone.now(),
            ],
        )
        return bool(cursor.rowcount == 1)
