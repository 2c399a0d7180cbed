"""The story's messages beside a house that runs."""

from threading import Event, Thread

import pytest
from django.db import connections
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.channels.routing import route
from retail.demo import carrying
from retail.messages.models import OutboxMessage


@pytest.mark.django_db(databases=["default", "webshop", "pos"], transaction=True)
def test_a_message_that_the_houses_relay_has_under_way_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    route("cross-channel", by="test", why="test")
    message = write_message()
    taken, waited_for = Event(), Event()

    def another_relay() -> None:
        try:
            with channels.use_channel(Channel.WEBSHOP), channels.atomic():
                mine = OutboxMessage.objects.select_for_update().filter(id=message.id)
                mine.update(sent_at=timezone.now())
                taken.set()
                waited_for.wait(10)
        finally:
            connections.close_all()

    def arrives(_: float) -> None:
        waited_for.set()
        other.join()

    monkeypatch.setattr(carrying, "sleep", arrives)
    other = Thread(target=another_relay)
    other.start()
    assert taken.wait(10)

    carrying.carry()

    assert waited_for.is_set(), "it answered while a message was under way"
    with channels.use_channel(Channel.WEBSHOP):
        message.refresh_from_db()
    assert message.sent_at is not None


def write_message() -> OutboxMessage:
    with channels.use_channel(Channel.WEBSHOP):
        return OutboxMessage.objects.create(
            id=new_id(),
            origin=Channel.WEBSHOP,
            to=Channel.POS,
            kind="pickup.requested",
            subject=new_id(),
            version=1,
            payload={},
            made_at=timezone.now(),
            due_at=timezone.now(),
        )
