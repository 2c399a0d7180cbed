"""Who is called, kept by head office: added, changed, paused, given a new secret, ended.

Whatever changes what anybody wants to hear is written beside the dial in the same
transaction, where every process reads it with the level: business asks no further
question, and writes nothing down where nobody listens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.places import Channel
from retail.channels import head_office_atomic
from retail.channels.hearing import hearing
from retail.webhooks import secrets
from retail.webhooks.addresses import place_of
from retail.webhooks.models import Endpoint, Kind, State

__all__ = [
    "HEALTHY",
    "MOST",
    "OLD_COUNTS",
    "IdReused",
    "TooMany",
    "add",
    "change",
    "new_secret",
    "remove",
    "stop",
]

MOST = 20  # of one channel
OLD_COUNTS = timedelta(hours=24)
HEALTHY: Mapping[str, Any] = {"failures": 0, "failing_since": None, "rests_until": None}


class TooMany(Exception):
    """A channel has MOST endpoints already."""


class IdReused(Exception):
    """The id is another endpoint's."""


def add(
    *,
    id: UUID,
    channel: Channel,
    url: str,
    events: Collection[str],
    by: str,
    at: datetime | None = None,
) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown here and never again: it is empty
    where the same was added before. Raises BadAddress, TooMany, IdReused."""
    place_of(url)
    wanted = _ordered(events)
    with hearing(_wanted):
        known = Endpoint.objects.filter(id=id).first()
        if known is not None:
            if (known.channel, known.url, known.events) != (channel, url, wanted):
                raise IdReused
            return known, ""
        if Endpoint.objects.filter(channel=channel).count() >= MOST:
            raise TooMany
        made = Endpoint.objects.create(
            id=id,
            channel=channel,
            url=url,
            events=wanted,
            by=by[:80],
            made_at=at or timezone.now(),
            nonce=secrets.new_nonce(),
        )
    return made, secrets.shown(id, made.nonce)


def change(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    events: Collection[str] | None = None,
    on: bool | None = None,
) -> Endpoint:
    """What is None stays. Switched on, it is called at once, whatever it did before.
    Raises BadAddress, Endpoint.DoesNotExist."""
    changes: dict[str, Any] = {}
    if url is not None:
        place_of(url)
        changes["url"] = url
    if events is not None:
        changes["events"] = _ordered(events)
    if on:
        changes |= {"state": State.ON, **HEALTHY}
    with hearing(_wanted):
        if on is False:  # one that the house has stopped stays so
            held = Endpoint.objects.get(id=endpoint.id)
            changes["state"] = held.state if held.state != State.ON else State.PAUSED
        if changes:
            Endpoint.objects.filter(id=endpoint.id).update(**changes)
        return Endpoint.objects.get(id=endpoint.id)


def new_secret(
    endpoint: Endpoint, *, keep_old: bool, at: datetime | None = None
) -> tuple[Endpoint, str]:
    """The endpoint and its new secret, shown here and never again.

    With `keep_old` the one that the receiver has counts for OLD_COUNTS beside it: asked
    again within that time, the old one stays and the newest, which may have been lost on
    its way, is replaced. Without, only the new one counts.
    """
    at = at or timezone.now()
    with head_office_atomic():
        held = Endpoint.objects.select_for_update().get(id=endpoint.id)
        if not keep_old:
            held.old_nonce, held.old_until = "", None
        elif held.old_until is None or held.old_until <= at:
            held.old_nonce, held.old_until = held.nonce, at + OLD_COUNTS
        held.nonce = secrets.new_nonce()
        held.save(update_fields=["nonce", "old_nonce", "old_until"])
    return held, secrets.shown(held.id, held.nonce)


def remove(endpoint: Endpoint) -> None:
    """With its log. Again without effect."""
    with hearing(_wanted):
        Endpoint.objects.filter(id=endpoint.id).delete()


def stop(id: UUID) -> None:
    """The house calls it no more, until somebody switches it on."""
    with hearing(_wanted):
        Endpoint.objects.filter(id=id, state=State.ON).update(state=State.STOPPED)


def _ordered(events: Collection[str]) -> list[str]:
    return [each.value for each in Kind if each.value in events]


def _wanted() -> Iterator[str]:
    listening = Endpoint.objects.filter(state=State.ON)
    for channel, events in listening.values_list("channel", "events"):
        yield from (f"{channel}:{event}" for event in events)
