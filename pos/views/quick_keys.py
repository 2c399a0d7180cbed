"""The page on which a store's manager arranges the tiles of its tills."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.gtin import BadGtin, valid
from pos import articles, quick_keys
from pos.quick_keys import Pages
from retail.fulfilment.mounts import Mount
from retail.fulfilment.typed_work import Unclear
from retail.fulfilment.work_permissions import at_work, by_of, may_count
from retail.interfaces.typed import one_line

TONES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("no colour")),
    ("ok", gettext_lazy("green")),
    ("info", gettext_lazy("blue")),
    ("work", gettext_lazy("violet")),
    ("warn", gettext_lazy("amber")),
    ("bad", gettext_lazy("red")),
]
LONGEST = 40
ACTS = ("add", "rename", "drop-page", "move-page", "put", "drop", "move")


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """Three queries, at most four more with a search."""
    place = request.place  # type: ignore[attr-defined]
    text = one_line(request.GET.get("q", ""), most=80)
    pages = quick_keys.at(place)
    known = articles.of(gtin for page in pages for gtin in page.gtins)
    shown = one_line(request.GET.get("page", ""), most=LONGEST)
    return render(
        request,
        "pos/quick_keys.html",
        {
            "mount": mount,
            "place": place,
            "here": "keys",
            "may": may_count(request, mount),
            "pages": [
                (page, [(gtin, known.get(gtin)) for gtin in page.gtins])
                for page in pages
            ],
            "open": shown or (pages[0].name if pages else ""),
            "q": text,
            "found": articles.search(text) if text else [],
            "tones": TONES,
        },
    )


@never_cache
@require_POST
@at_work
def act(request: HttpRequest, what: str, *, mount: Mount) -> HttpResponse:
    """One change; back to the page that was changed, and to what was searched."""
    if not may_count(request, mount):
        raise PermissionDenied
    if what not in ACTS:
        raise Http404
    typed = {name: one_line(request.POST.get(name, ""), most=80) for name in FIELDS}
    try:
        quick_keys.change(
            request.place,  # type: ignore[attr-defined]
            lambda pages: _changed(pages, what, typed),
            by=by_of(request),
        )
    except Unclear as unclear:
        messages.error(request, str(unclear))
    except quick_keys.NoSuchKey:
        messages.error(
            request, _("Somebody else was first, or a page has this name already.")
        )
    except quick_keys.TooManyKeys as full:
        messages.error(request, _("There is room for %(most)s.") % {"most": full.most})
    back = {"page": typed["new"] or typed["page"], "q": typed["q"]}
    query = urlencode({name: value for name, value in back.items() if value})
    # where the keyboard goes on from
    key = f"#key-{typed['gtin']}" if what == "move" else ""
    return redirect(f"{reverse('pos_quick_keys')}?{query}{key}")


FIELDS = ("page", "new", "tone", "gtin", "by", "q")


def _changed(pages: Pages, what: str, typed: dict[str, Any]) -> Pages:
    """Raises Unclear, NoSuchKey, TooManyKeys."""
    page, step = typed["page"], -1 if typed["by"] == "-1" else 1
    match what:
        case "add":
            return quick_keys.add(pages, _name(typed), _tone(typed))
        case "rename":
            return quick_keys.rename(pages, page, _name(typed), _tone(typed))
        case "drop-page":
            return quick_keys.drop_page(pages, page)
        case "move-page":
            return quick_keys.move_page(pages, page, step)
        case "put":
            return quick_keys.put(pages, page, _gtin(typed))
        case "drop":
            return quick_keys.drop(pages, page, typed["gtin"])
    return quick_keys.move(pages, page, typed["gtin"], step)


def _name(typed: dict[str, Any]) -> str:
    name = str(typed["new"])[:LONGEST].strip()
    if not name:
        raise Unclear(_("Give the page a name."))
    return name


def _tone(typed: dict[str, Any]) -> str:
    return typed["tone"] if typed["tone"] in quick_keys.TONES else ""


def _gtin(typed: dict[str, Any]) -> str:
    """Of what the stores sell. Raises Unclear."""
    try:
        gtin = valid(typed["gtin"])
    except BadGtin as error:
        raise Unclear(_("This is no barcode.")) from error
    if gtin not in articles.of([gtin]):
        raise Unclear(_("This article is not known."))
    return gtin
