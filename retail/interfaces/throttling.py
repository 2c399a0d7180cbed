"""How often a key, or an address without one, may ask in a minute.

Against programs that run away, not against attackers: the counters are in the cache,
which may be flushed, be away, or count twice as many at the turn of a minute. What must
not be guessed is counted in the database (retail/staff/signing_in.py, and the codes of
each pickup). No query; two commands to the cache where a rate is set.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from retail.staff.models import ApiKey

if TYPE_CHECKING:  # the views read their settings, which name this module
    from rest_framework.views import APIView

log = logging.getLogger(__name__)

WINDOW = 60  # seconds


class PerMinute(BaseThrottle):
    """DRF's DEFAULT_THROTTLE_CLASSES; what it refuses becomes `too-many-requests`."""

    def __init__(self) -> None:
        self.left = 0.0  # seconds of this minute

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.auth, ApiKey):
            most, who = settings.API_PER_MINUTE_KEY, f"key:{request.auth.id}"
        else:
            most = settings.API_PER_MINUTE_ANONYMOUS
            who = f"address:{self.get_ident(request)}"
        if not most:
            return True
        minute, passed = divmod(time.time(), WINDOW)
        self.left = WINDOW - passed
        return asked(f"api:{who}:{int(minute)}") <= most

    def wait(self) -> float:
        return self.left


def address_of(request: HttpRequest) -> str:
    """The network address that asks, as the nearest proxy of ours saw it."""
    told: str = BaseThrottle().get_ident(cast(Request, request))  # it reads META alone
    return told


def asked(counter: str) -> int:
    """Its number with this one. Without a cache nobody is counted: sales go on."""
    try:
        cache.add(counter, 0, timeout=2 * WINDOW)
        return int(cache.incr(counter))
    except RedisError:
        log.warning("no cache to count requests in")
    except ValueError:  # it ended between the two
        pass
    return 1
