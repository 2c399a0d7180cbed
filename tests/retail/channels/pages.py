"""Pages for tests of what surrounds pages: a URL configuration of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from inventory.models import TaxCategory
from inventory.places import Channel, Origin
from retail import channels
from retail.urls import urlpatterns as real

tries: list[str] = []


def write(code: str) -> None:
    row = TaxCategory(origin=Origin.HEAD_OFFICE, code=code, rate="0.055")
    row.save(force_insert=True)


def where(request: HttpRequest) -> HttpResponse:
    """The database a page of this path sees."""
    return JsonResponse(
        {
            "database": channels.current().database,
            "channel": channels.current().channel,
            "count": request.session.get("count", 0),
        }
    )


def nowhere(request: HttpRequest) -> HttpResponse:
    try:
        channels.current()
    except channels.NoContext:
        return HttpResponse("none")
    return HttpResponse("pinned")


def form(request: HttpRequest) -> HttpResponse:
    """Writes what was typed, counts in the session, says a message."""
    tries.append(channels.current().database)
    request.session["count"] = request.session.get("count", 0) + 1
    messages.success(request, "written")
    write(request.POST["code"])
    return HttpResponse(channels.current().database)


def body(request: HttpRequest) -> HttpResponse:
    tries.append(channels.current().database)
    write(json.loads(request.body)["code"])
    return HttpResponse(channels.current().database)


def everything(request: HttpRequest) -> HttpResponse:
    """Asks for whatever columns there are, as rows found by their id are."""
    tries.append(channels.current().database)
    rows = TaxCategory.objects.raw("SELECT * FROM inventory_taxcategory")
    return HttpResponse(str(len(rows)))


def upload(request: HttpRequest) -> HttpResponse:
    tries.append(channels.current().database)
    content = request.FILES["file"].read()
    write(f"f{len(content)}")
    return HttpResponse(str(len(content)))


def raw(request: HttpRequest) -> HttpResponse:
    """Reads the stream by itself, so the body cannot be read twice."""
    tries.append(channels.current().database)
    write(json.loads(request.read())["code"])
    return HttpResponse(channels.current().database)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        for _ in range(2):
            yield f"{channels.current().database} {TaxCategory.objects.count()}\n"

    return StreamingHttpResponse(lines())


def talk(request: HttpRequest) -> HttpResponse:
    return HttpResponse("|".join(str(each) for each in messages.get_messages(request)))


def keyed(request: HttpRequest) -> HttpResponse:
    channels.pin(Channel.POS)
    return where(request)


pages = [
    path("where/", where),
    path("everything/", everything),
    path("form/", csrf_exempt(form)),
    path("checked/", form),
    path("body/", csrf_exempt(body)),
    path("upload/", csrf_exempt(upload)),
    path("raw/", csrf_exempt(raw)),
    path("stream/", stream),
    path("talk/", talk),
    path("nowhere/", nowhere),
    path("keyed/", csrf_exempt(keyed)),
]
urlpatterns = [
    *(
        path(f"{prefix}t/", include(pages))
        for prefix in (
            "shop/",
            "pos/",
            "warehouse/",
            "office/",
            "admin/",
            "api/v1/",
            "",
        )
    ),
    *real,
]
