"""Who is called, kept by head office: added, changed, paused, given a new secret, ended.

Whatever changes what anybody wants to hear is written beside the dial in the same
transaction, where every process reads it with the level: business asks no further
question, and writes nothing down where nobody listens. Each change is in the log of who
changed what.
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
from retail.staff.edits import HIDDEN, By, Way, note, of_row
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
TOLD = ("channel", "url", "events", "state")  # in the log
HOUSE = By("system", Way.WEBHOOKS)
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
    by: By,
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
            by=by.name[:80],
            made_at=at or timezone.now(),
            nonce=secrets.new_nonce(),
        )
        _note(made, by, before=None, after=of_row(made, TOLD))
    return made, secrets.shown(id, made.nonce)


def change(
    endpoint: Endpoint,
    *,
    by: By,
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
        held = Endpoint.objects.get(id=endpoint.id)
        if on is False:  # one that the house has stopped stays so
            changes["state"] = held.state if held.state != State.ON else State.PAUSED
        if changes:
            Endpoint.objects.filter(id=endpoint.id).update(**changes)
        now = Endpoint.objects.get(id=endpoint.id)
        _note(now, by, before=of_row(held, TOLD), after=of_row(now, TOLD))
    return now


def new_secret(
    endpoint: Endpoint, *, keep_old: bool, by: By, at: datetime | None = None
) -> tuple[Endpoint, str]:
    """The endpoint and its new secret, shown here and never again.

    With `keep_old` the one that the receiver has counts for OLD_COUNTS beside it: asked
    again within that time, the old one stays and the newest, which may have been lost on
    its way, is replaced. Without, only the new one counts.
    """
    at = at or timezone.now()
    with head_office_atomic():
        held = Endpoint.objects.select_for_update().get(id=endpoint.id)
        before = {"secret": "", "old_until": held.old_until}
        if not keep_old:
            held.old_nonce, held.old_until = "", None
        elif held.old_until is None or held.old_until <= at:
            held.old_nonce, held.old_until = held.nonce, at + OLD_COUNTS
        held.nonce = secrets.new_nonce()
        held.save(update_fields=["nonce", "old_nonce", "old_until"])
        after = {"secret": HIDDEN, "old_until": held.old_until}
        _note(held, by, before=before, after=after)
    return held, secrets.shown(held.id, held.nonce)


def remove(endpoint: Endpoint, *, by: By) -> None:
    """With its deliveries. Again without effect."""
    with hearing(_wanted):
        held = Endpoint.objects.filter(id=endpoint.id).first()
        if held is not None:
            _note(held, by, before=of_row(held, TOLD), after=None)
            held.delete()


def stop(id: UUID) -> None:
    """The house calls it no more, until somebody switches it on."""
    with hearing(_wanted):
        held = Endpoint.objects.filter(id=id, state=State.ON).first()
        if held is not None:
            Endpoint.objects.filter(id=id).update(state=State.STOPPED)
            before, after = {"state": State.ON}, {"state": State.STOPPED}
            _note(held, HOUSE, before=before, after=after)


def _note(
    endpoint: Endpoint,
    by: By,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    note(endpoint, side=endpoint.channel, by=by, before=before, after=after)


def _ordered(events: Collection[str]) -> list[str]:
    return [each.value for each in Kind if each.value in events]


def _wanted() -> Iterator[str]:
    listening = Endpoint.objects.filter(state=State.ON)
    for channel, events in listening.values_list("channel", "events"):
        yield from (f"{channel}:{event}" for event in events)
