"""Is this process alive, and ready to serve?"""

from __future__ import annotations

import time
from typing import Any

from django.db import DatabaseError, connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from retail.channels.router import HEAD_OFFICE, SIDES


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """`/health/`: the process answers. `/health/?ready`: so does each database; 503
    when head office or an alias does not."""
    if "ready" not in request.GET:
        return JsonResponse({"status": "ok"})
    databases = {alias: answers(alias) for alias in (HEAD_OFFICE, *SIDES)}
    ready = all(each["ok"] for each in databases.values())
    return JsonResponse(
        {"status": "ok" if ready else "unready", "databases": databases},
        status=200 if ready else 503,
    )


def answers(alias: str) -> dict[str, Any]:
    """No detail of an error: this page is public."""
    began = time.monotonic()
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
        ok = True
    except DatabaseError:
        ok = False
    return {"ok": ok, "seconds": round(time.monotonic() - began, 4)}
