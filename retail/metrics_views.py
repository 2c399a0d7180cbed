"""`/metrics`: for the monitor that knows the key, and for nobody else."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from retail import metrics
from retail.staff.tokens import same


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """404 without the key of `METRICS_KEY`, and where none is set but in a demo: the
    address of who asks says nothing behind a proxy."""
    if not _may(request.headers.get("Authorization", "")):
        raise Http404
    return HttpResponse(metrics.page(), content_type=metrics.KIND)


def _may(header: str) -> bool:
    if not settings.METRICS_KEY:
        return bool(settings.DEMO)
    return same(header, f"Bearer {settings.METRICS_KEY}")
