"""Feeds for merchants' programs: what is sold, and what each store has of it.

For everybody, as the shop is, and in the shop's own language. A robot may keep them for
some minutes: what it tells the world is older than that anyway.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from retail.channels import Feature
from retail.interfaces.problems import Problem
from retail.photographs import picture_url
from webshop import feeds

KEPT = 300  # seconds
IN_MEMORY = 1 << 20  # bytes of a feed; a longer one lies in a file of no name
NO_STORES = _(
    "The web does not know what the stores have: at this level no store tells it."
)


@require_safe
@cache_control(public=True, max_age=KEPT)
def products(request: HttpRequest) -> HttpResponseBase:
    def link(gtin: str) -> str:
        path = reverse("shop_product", args=[gtin]) if gtin else reverse("shop_home")
        return request.build_absolute_uri(path)

    def picture(image: str) -> str:
        return request.build_absolute_uri(picture_url(image))

    return _whole(feeds.products(link, picture), "application/xml; charset=utf-8")


@require_safe
def local_inventory(request: HttpRequest) -> HttpResponseBase:
    """409 where no store tells the web what it has: an empty feed would say that they
    have nothing."""
    try:
        stores = feeds.telling_stores()
    except feeds.NoStores:
        return _no_stores()
    response = _whole(
        feeds.local_inventory(stores=stores), "text/tab-separated-values; charset=utf-8"
    )
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return response


def _no_stores() -> HttpResponse:
    return Problem(
        "feature-off", NO_STORES, feature=Feature.WEB_TO_STORE.value
    ).response()


def _whole(told: Iterator[str], kind: str) -> FileResponse:
    """Written down to its end before the first byte leaves: what fails halfway is an
    error, and not a short feed that a robot believes. In the language of the titles,
    whatever the robot prefers."""
    with ExitStack() as until_whole:
        file = until_whole.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        with override(settings.LANGUAGE_CODE):
            for piece in told:
                file.write(piece.encode())
        file.seek(0)
        until_whole.pop_all()  # the answer closes it
    response = FileResponse(file, content_type=kind)
    response.headers["Content-Language"] = settings.LANGUAGE_CODE
    return response
