"""The shop as an app on somebody's phone: its manifest, its service worker, and the page
that stands where no network is."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from webshop.context import INK

PAPER = "#f7f9f4"  # of the icon
# what the page without a network is made of
KEPT = (
    "retail/tokens.css",
    "retail/ui.css",
    "retail/surfaces.css",
    "retail/icons.svg",
    "retail/favicon.svg",
    "retail/theme.js",
    "retail/ui.js",
    "retail/fonts/bricolage-grotesque-latin-wght-normal.woff2",
    "retail/fonts/source-sans-3-latin-wght-normal.woff2",
)


@require_safe
@cache_control(private=True, max_age=3600)  # it is in the reader's language
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        {
            "src": static("webshop/icon-192.png"),
            "sizes": "192x192",
            "type": "image/png",
        },
        {
            "src": static("webshop/icon-512.png"),
            "sizes": "512x512",
            "type": "image/png",
        },
        {
            "src": static("webshop/icon-maskable.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    data = {
        "id": reverse("shop_home"),
        "name": "Sarriette",
        "short_name": "Sarriette",
        "description": _("Neighbourhood grocer, online and in store"),
        "lang": get_language(),
        "start_url": reverse("shop_home"),
        "scope": reverse("shop_home"),
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": INK,
        "icons": icons,
        "shortcuts": [
            {"name": _("Basket"), "url": reverse("shop_basket")},
            {"name": _("Our stores"), "url": reverse("shop_stores")},
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that stands between the pages and the network. It keeps what is the
    same for everybody, never a page: prices, baskets and names are always asked for."""
    language = get_language() or settings.LANGUAGE_CODE
    given = {
        "offline": reverse("shop_offline", kwargs={"language": language}),
        "version": _version(language),
        "kept": [static(each) for each in KEPT],
    }
    return render(
        request,
        "webshop/worker.js",
        given,
        content_type="text/javascript; charset=utf-8",
    )


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """In the language of the address: the worker asks for it without cookies, so that
    it is nobody's page."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        return render(request, "webshop/offline.html")


@cache
def _version(language: str) -> str:
    """Another one when the page without a network, or a file of it, is another."""
    with override(language):
        whole = sha256(render_to_string("webshop/offline.html").encode())
    for each in KEPT:
        whole.update(Path(finders.find(each) or "").read_bytes())
    return whole.hexdigest()[:12]
