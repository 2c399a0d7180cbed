"""Counting a shelf and taking a delivery in, scan by scan; and what runs low."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory import counting, in_store, stock
from inventory.gtin import BadGtin, valid
from inventory.ids import new_id
from inventory.models import Count, CountKind, Variant
from retail import channels
from retail.formatting import who
from retail.fulfilment import low_stock, measures, shelves
from retail.fulfilment.mounts import Mount
from retail.fulfilment.typed_work import Unclear, event_of
from retail.fulfilment.work_permissions import at_work, by_of, may_count
from retail.interfaces.typed import one_line

__all__ = ["act", "begin", "low", "show", "show_all"]

LAST = 12  # settled ones that are shown


@never_cache
@require_safe
@at_work
def show_all(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """Two queries."""
    place = request.place  # type: ignore[attr-defined]
    found = Count.objects.filter(location=place).order_by("-opened_at", "-id")
    return render(
        request,
        "fulfilment/counts.html",
        {
            "mount": mount,
            "place": place,
            "here": "stock",
            "open": _named(found.filter(settled_at=None)),
            "settled": _named(found.exclude(settled_at=None)[:LAST]),
            "kinds": CountKind,
            "event": new_id(),
        },
    )


def _named(counts: Any) -> list[tuple[Count, str]]:
    return [(each, who(each.opened_by)) for each in counts]


@never_cache
@require_POST
@at_work
def begin(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    place = request.place  # type: ignore[attr-defined]
    label = one_line(request.POST.get("label", ""), most=60)
    kind = request.POST.get("kind", "")
    try:
        if kind not in CountKind.values or not label:
            raise Unclear(_("Say what is counted, and where or on which note."))
        event = event_of(request.POST.dict())
    except Unclear as unclear:
        messages.error(request, str(unclear))
        return redirect(mount.counts)
    with channels.atomic():
        count = counting.open_count(
            place, id=event, kind=CountKind(kind), label=label, by=by_of(request)
        )
    return redirect(mount.count, count.id)


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, id: UUID, *, mount: Mount) -> HttpResponse:
    """Two queries. Of an open count nobody sees what the books expect."""
    count = _of_place(request, id)
    lines = count.lines.select_related("variant__product__department")
    return render(
        request,
        "fulfilment/count.html",
        {
            "mount": mount,
            "place": count.location,
            "here": "stock",
            "count": count,
            "delivery": count.kind == CountKind.DELIVERY,
            "who": who(count.opened_by),
            "settler": who(count.settled_by) if count.settled_by else "",
            "lines": [
                (line, line.counted - (line.expected or 0))
                for line in lines.order_by("variant__product__sort_name", "id")
            ],
            "may_settle": may_count(request, mount),
            "may_give_up": _may_give_up(request, count, mount),
            "event": new_id(),
            "chosen": one_line(request.GET.get("just", ""), most=14),
        },
    )


@never_cache
@require_POST
@at_work
def act(request: HttpRequest, id: UUID, what: str, *, mount: Mount) -> HttpResponse:
    """`scan` adds units of a barcode, `put` sets a line; `settle` and `give-up` end
    it."""
    count = _of_place(request, id)
    if what not in ACTS:
        raise Http404
    just = ""
    try:
        just = ACTS[what](request, count, mount)
    except Unclear as unclear:
        messages.error(request, str(unclear))
    except counting.AlreadySettled:
        messages.error(request, _("This is settled already: nothing was changed."))
    except counting.CountedElsewhere as other:
        messages.error(
            request,
            _(
                "It is on the list “%(label)s” that is not settled: count it there,"
                " wherever it lies."
            )
            % {"label": other.label},
        )
    except stock.OutOfStock as short:
        messages.error(
            request,
            ngettext(
                "%(count)s article is held for customers beyond what was counted: look"
                " at their orders first.",
                "%(count)s articles are held for customers beyond what was counted:"
                " look at their orders first.",
                len(short.lines),
            )
            % {"count": len(short.lines)},
        )
    answer = redirect(mount.count, count.id)
    if just:
        answer["Location"] += f"?just={just}"
    return answer


def _scan(request: HttpRequest, count: Count, mount: Mount) -> str:
    variant, units = _scanned(request)
    event = event_of(request.POST.dict())
    with channels.atomic():
        counting.enter(count, variant.id, units, event_id=event)
    return str(variant.gtin)


def _put(request: HttpRequest, count: Count, mount: Mount) -> str:
    variant = _variant(request.POST.get("code", ""))
    units = measures.typed(request.POST.get("units", ""), variant, least=0)
    with channels.atomic():
        counting.put(count, variant.id, units)
    return str(variant.gtin)


def _settle(request: HttpRequest, count: Count, mount: Mount) -> str:
    if not may_count(request, mount):
        raise PermissionDenied
    with channels.atomic():
        moved = counting.settle(count, by=by_of(request))
    messages.success(
        request,
        ngettext(
            "Settled: %(count)s article was changed.",
            "Settled: %(count)s articles were changed.",
            len(moved),
        )
        % {"count": len(moved)},
    )
    return ""


def _give_up(request: HttpRequest, count: Count, mount: Mount) -> str:
    if not _may_give_up(request, count, mount):
        raise PermissionDenied
    with channels.atomic():
        counting.give_up(count, by=by_of(request))
    messages.success(request, _("Given up: the books stay as they are."))
    return ""


def _may_give_up(request: HttpRequest, count: Count, mount: Mount) -> bool:
    """Whoever began it, or who may settle it."""
    return count.opened_by == by_of(request) or may_count(request, mount)


ACTS = {"scan": _scan, "put": _put, "settle": _settle, "give-up": _give_up}


def _variant(typed: str) -> Variant:
    """Of a barcode. Raises Unclear."""
    try:
        gtin = valid(one_line(typed, most=20))
    except BadGtin as error:
        raise Unclear(_("This is no barcode.")) from error
    variant = shelves.by_gtin(gtin)
    if variant is None:
        raise Unclear(_("This article is not known."))
    return variant


def _scanned(request: HttpRequest) -> tuple[Variant, int]:
    """What was scanned, and how much of it: what a label of the house says of its
    weight, else what was typed. Raises Unclear."""
    code = one_line(request.POST.get("code", ""), most=20)
    label = in_store.read(code, settings.IN_STORE_CODES)
    weighed = shelves.by_gtin(label.gtin) if label and label.grams else None
    if label and label.grams and weighed and weighed.weighed:
        return weighed, label.grams
    variant = _variant(code)
    return variant, measures.typed(request.POST.get("units", "1"), variant, least=1)


def _of_place(request: HttpRequest, id: UUID) -> Count:
    """404 for another place's. One query."""
    place = request.place  # type: ignore[attr-defined]
    count = Count.objects.filter(id=id, location=place).first()
    if count is None:
        raise Http404
    count.location = place
    return count


@never_cache
@require_safe
@at_work
def low(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """Three queries."""
    place = request.place  # type: ignore[attr-defined]
    found = low_stock.at(place)
    return render(
        request,
        "fulfilment/low.html",
        {"mount": mount, "place": place, "here": "stock", **found},
    )
