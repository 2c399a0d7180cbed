"""Lets the story's messages through, beside the relay of a house that runs."""

from time import sleep

from django.utils import timezone

from inventory.places import Channel
from retail.channels import use_channel
from retail.messages.models import OutboxMessage
from retail.messages.relay import relay_once

A_MOMENT = 0.02  # seconds


def carry() -> None:
    """Until no message is left. The house's own relay may have one under way: its row
    is locked, so that we pass it by, and we wait until it has arrived."""
    while any(map(_on_its_way, Channel)):
        if not sum(relay_once(channel) for channel in Channel):
            sleep(A_MOMENT)


def _on_its_way(channel: Channel) -> bool:
    with use_channel(channel):
        return OutboxMessage.objects.filter(
            sent_at=None, dead_at=None, due_at__lte=timezone.now()
        ).exists()
