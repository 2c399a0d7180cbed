"""Calling who wants to hear: each delivery at least once, under the same id each time.

A worker takes an endpoint by a conditional UPDATE and calls it about what is due, one
call after the other, outside any transaction; killed after a call and before its mark,
it is made again. Endpoints come in turns, until nothing is due or the sweep's time is
over, so that the rate is the receiver's. One that fails rests a little, so that a dead
one costs a call every five minutes however much waits for it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from retail.channels import head_office_atomic
from retail.channels.crashing import crash_point
from retail.webhooks.addresses import BadAddress, place_of
from retail.webhooks.endpoints import HEALTHY, stop
from retail.webhooks.models import Attempt, Delivery, Endpoint, State
from retail.webhooks.posting import Answer, post
from retail.webhooks.secrets import keys_of
from retail.webhooks.signing import headers_for

__all__ = ["GIVEN_UP", "KEPT", "WAITS", "again", "forget", "send_due"]

log = logging.getLogger(__name__)

# after each failure: ten tries in a little more than three days
WAITS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
GIVEN_UP = timedelta(days=5)  # of failures without one success between
KEPT = timedelta(days=30)
TAKEN_FOR = timedelta(minutes=1)
RESTS, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
SECONDS = 10.0  # of one sweep, and one call more
BATCH = 50  # then the next endpoint's turn, and this one's again while there is time
GONE = 410  # the receiver's word for "never again"
Post = Callable[[Endpoint, bytes, dict[str, str]], Answer]


def send_due(now: datetime | None = None, *, call: Post | None = None) -> int:
    """Answers how many deliveries arrived. Not inside a transaction."""
    begun = timezone.now() if now is None else now
    until = time.monotonic() + SECONDS
    arrived, waiting = 0, _with_due(begun)
    while waiting:
        unfinished = []
        for id in waiting:
            if time.monotonic() > until:
                return arrived
            endpoint = _taken(id, begun)
            if endpoint is not None:
                told = _called(endpoint, begun, until, call or _post)
                arrived += told
                if told == BATCH:
                    unfinished.append(id)
        waiting = unfinished
    return arrived


def _callable(now: datetime) -> Q:
    return Q(
        Q(taken_at=None) | Q(taken_at__lt=now - TAKEN_FOR),
        Q(rests_until=None) | Q(rests_until__lte=now),
        state=State.ON,
    )


def _waiting(now: datetime) -> Q:
    return Q(sent_at=None, dead_at=None, due_at__lte=now)


def _with_due(now: datetime) -> list[UUID]:
    due = Delivery.objects.filter(_waiting(now), endpoint=OuterRef("id"))
    found = Endpoint.objects.filter(_callable(now), Exists(due))
    return list(found.order_by("made_at").values_list("id", flat=True))


def _taken(id: UUID, now: datetime) -> Endpoint | None:
    """The endpoint, if no other worker has it."""
    free = Endpoint.objects.filter(_callable(now), id=id)
    return Endpoint.objects.get(id=id) if free.update(taken_at=now) else None


def _called(endpoint: Endpoint, now: datetime, until: float, call: Post) -> int:
    arrived = 0
    due = endpoint.deliveries.filter(_waiting(now)).order_by("due_at", "made_at", "id")
    for delivery in due[:BATCH]:
        if not _one(endpoint, delivery, now, call):
            break
        arrived += 1
        if time.monotonic() > until:
            break
    Endpoint.objects.filter(id=endpoint.id).update(taken_at=None)
    return arrived


def _one(endpoint: Endpoint, delivery: Delivery, now: datetime, call: Post) -> bool:
    body = delivery.body.encode()
    headers = headers_for(
        *keys_of(endpoint, at=now), id=str(delivery.event_id), body=body, at=now
    )
    begun = time.monotonic()
    answer = call(endpoint, body, headers)
    took = round((time.monotonic() - begun) * 1000)
    crash_point("after_call")
    with head_office_atomic():
        # none where the endpoint was ended meanwhile
        if Delivery.objects.select_for_update().filter(id=delivery.id).exists():
            Attempt.objects.create(
                delivery=delivery,
                at=now,
                status=answer.status,
                ms=took,
                said=answer.said,
            )
            _mark(endpoint, delivery, answer, now)
    since = None if answer.taken else endpoint.failing_since
    if answer.status == GONE or (since and now - since >= GIVEN_UP):
        stop(endpoint.id)
    return answer.taken


def _mark(
    endpoint: Endpoint, delivery: Delivery, answer: Answer, now: datetime
) -> None:
    row = Delivery.objects.filter(id=delivery.id)
    place = Endpoint.objects.filter(id=endpoint.id)
    tried = delivery.attempts + 1
    if answer.taken:
        row.update(sent_at=now, attempts=tried)
        place.update(**HEALTHY)
        endpoint.failures, endpoint.failing_since = 0, None
        return
    dead = tried > len(WAITS)
    wait = {"dead_at": now} if dead else {"due_at": now + WAITS[delivery.attempts]}
    row.update(attempts=tried, **wait)
    endpoint.failing_since = endpoint.failing_since or now
    rest = min(RESTS * 2 ** min(endpoint.failures, 10), LONGEST_REST)
    place.update(
        failures=F("failures") + 1,
        failing_since=endpoint.failing_since,
        rests_until=now + rest,
    )
    log.warning(
        "webhook %s failed, try %s%s: %s %s",
        delivery.id,
        tried,
        ", given up" if dead else "",
        answer.status,
        answer.said,
    )


def _post(endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> Answer:
    try:
        place = place_of(endpoint.url)
    except BadAddress as error:  # what was allowed in a demonstration is not elsewhere
        return Answer(0, f"refused: {error.why}")
    return post(
        place,
        body,
        {
            **headers,
            "Content-Type": "application/json",
            "User-Agent": "retail-webhooks",
        },
    )


def again(delivery: Delivery, *, at: datetime) -> None:
    """Due now, as if for the first time, also if it arrived or was given up."""
    with head_office_atomic():
        Delivery.objects.filter(id=delivery.id).update(
            due_at=at, attempts=0, sent_at=None, dead_at=None
        )
        Endpoint.objects.filter(id=delivery.endpoint_id).update(rests_until=None)


def forget(now: datetime) -> int:
    """Takes what is older than KEPT out of the log, but for what waits and will be sent;
    answers how many deliveries."""
    waits = Q(sent_at=None, dead_at=None, endpoint__state=State.ON)
    old = Delivery.objects.filter(~waits, made_at__lt=now - KEPT)
    ids = list(old.values_list("id", flat=True)[:5000])
    Delivery.objects.filter(id__in=ids).delete()
    return len(ids)
