"""The bank calls the merchant back, by HTTP, and again until it is answered 200."""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings

from retail.bank.models import Event
from retail.webhooks.signing import headers_for

__all__ = ["MOST_TRIES", "body_of", "call_back", "post"]

logger = logging.getLogger(__name__)
MOST_TRIES = 10
SECONDS = 3
BETWEEN = timedelta(seconds=3)
Post = Callable[[bytes, Mapping[str, str]], int]


def call_back(
    now: datetime, *, secret: bytes, send: Post | None = None, most: int = 20
) -> int:
    """Sends what is due, latest first where several are, because this bank keeps no
    order. Answers how many were taken. Without a transaction around it."""
    due = Event.objects.filter(times__gt=0, due_at__lte=now).select_related("charge")
    taken = 0
    for event in due.order_by("-at", "-id")[:most]:
        body = body_of(event)
        headers = headers_for(secret, id=str(event.id), body=body, at=now)
        if (send or post)(body, headers) == 200:
            event.times -= 1
            event.due_at = now + BETWEEN
            taken += 1
        else:
            event.attempts += 1
            if event.attempts >= MOST_TRIES:
                event.times = 0  # the merchant will ask for the list
            event.due_at = now + BETWEEN * 2**event.attempts
        event.save(update_fields=["times", "due_at", "attempts"])
    return taken


def body_of(event: Event) -> bytes:
    """Ids and what happened; amounts are asked for."""
    told = {
        "type": event.kind,
        "timestamp": event.at.isoformat(),
        "data": {"payment": str(event.charge_id)},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def post(body: bytes, headers: Mapping[str, str]) -> int:
    """The status; 0 where nobody answered."""
    request = urllib.request.Request(  # noqa: S310 - the house's own address
        settings.SITE_URL + "/payments/demo/",
        data=body,
        headers={**headers, "Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        logger.warning("the shop did not answer its bank: %s", type(error).__name__)
        return 0
