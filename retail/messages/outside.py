"""Telling other systems what happened: from a row beside its cause to a delivery for each
endpoint that wants to hear of it (`retail.webhooks` makes the calls)."""

from __future__ import annotations

import json
from datetime import datetime

from inventory.ids import new_id
from inventory.inserting import insert
from inventory.places import Channel
from retail.channels import atomic, head_office_atomic, heard
from retail.channels.crashing import crash_point
from retail.interfaces.fields import moment
from retail.messages.models import OutsideEvent
from retail.webhooks.models import Delivery, Endpoint, Kind, State

__all__ = ["announce", "carry_out"]

BATCH = 200


def announce(kind: Kind, *, channel: str, at: datetime, **data: object) -> None:
    """In the transaction of the cause, by the owner of what it is about. `data` are ids
    and states. One INSERT; nothing where nobody wants to hear of it."""
    if not heard(Channel(channel), kind):
        return
    told = {name: str(value) for name, value in data.items()}
    insert([OutsideEvent(id=new_id(), origin=channel, kind=kind, data=told, at=at)])


def carry_out() -> int:
    """Makes deliveries of the events in the pinned channel's database; answers of how
    many events. Killed between the two databases it does so again, which has no further
    effect."""
    events = list(OutsideEvent.objects.order_by("at", "id")[:BATCH])
    if not events:
        return 0
    wanted = list(Endpoint.objects.filter(state=State.ON))
    with head_office_atomic():
        Delivery.objects.bulk_create(
            [
                Delivery(
                    endpoint=endpoint,
                    event_id=event.id,
                    kind=event.kind,
                    body=_body(event),
                    made_at=event.at,
                    due_at=event.at,
                )
                for event in events
                for endpoint in wanted
                if endpoint.channel == event.origin and event.kind in endpoint.events
            ],
            ignore_conflicts=True,
        )
    crash_point("before_events_go")
    with atomic():
        OutsideEvent.objects.filter(id__in=[event.id for event in events]).delete()
    return len(events)


def _body(event: OutsideEvent) -> str:
    """After Standard Webhooks."""
    told = {
        "type": event.kind,
        "timestamp": moment(event.at),
        "data": {"channel": event.origin, **event.data},
    }
    return json.dumps(told, separators=(",", ":"))
