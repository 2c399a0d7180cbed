"""The stock of a place: looked up with its arithmetic, received, corrected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory import availability, stock
from inventory.ids import new_id
from inventory.models import Variant
from retail import channels
from retail.formatting import quantity, who
from retail.fulfilment import measures, shelves
from retail.fulfilment.job_forms import Unclear, event_of
from retail.fulfilment.mounts import Mount
from retail.fulfilment.work_permissions import at_work, by_of, may_count
from retail.interfaces.typed import one_line

LONGEST = 80  # characters of a search
ADJUST_REASONS: dict[str, Promise] = {
    "counted": gettext_lazy("Counted"),
    "damaged": gettext_lazy("Damaged"),
    "out_of_date": gettext_lazy("Date too short"),
    "missing": gettext_lazy("Not to be found"),
    "found": gettext_lazy("Found again"),
}
KINDS: dict[str, Promise] = {
    "receive": gettext_lazy("Delivery"),
    "take_back": gettext_lazy("Return"),
    "sale": gettext_lazy("Sale at the till"),
    "fulfilment": gettext_lazy("Web order"),
}


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    place = request.place  # type: ignore[attr-defined]
    text = one_line(request.GET.get("q", ""), most=LONGEST)
    chosen = one_line(request.GET.get("gtin", ""), most=14)
    context: dict[str, Any] = {"mount": mount, "place": place, "here": "stock"}
    if chosen:
        variant = shelves.by_gtin(chosen)
        if variant is None:
            raise Http404
        return item_page(request, mount, variant, q=text)
    found = shelves.search(text, place) if text else []
    if len(found) == 1:
        return item_page(request, mount, found[0].variant, q=text)
    return render(
        request, "fulfilment/stock.html", {**context, "q": text, "found": found}
    )


def item_page(
    request: HttpRequest,
    mount: Mount,
    variant: Variant,
    *,
    q: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Four queries beside the variant's."""
    place = request.place  # type: ignore[attr-defined]
    return render(
        request,
        "fulfilment/stock_item.html",
        {
            "mount": mount,
            "place": place,
            "here": "stock",
            "q": q,
            "variant": variant,
            "sum": availability.free_at(place, [variant.id])[variant.id],
            "elsewhere": shelves.elsewhere(variant, place),
            "movements": [
                {"movement": each, "what": kind_of(each.kind), "who": who(each.by)}
                for each in shelves.movements(variant, place)
            ],
            "joined": channels.shared(),
            "may_count": may_count(request, mount),
            "reasons": ADJUST_REASONS.items(),
            "typed": typed or {},
            "receive_event": new_id(),
            "adjust_event": new_id(),
        },
        status=status,
    )


def kind_of(code: str) -> str:
    """A movement's kind, in words."""
    kind, _colon, reason = code.partition(":")
    if kind == "adjust":
        return str(ADJUST_REASONS.get(reason, reason))
    return str(KINDS.get(kind, kind))


@never_cache
@require_POST
@at_work
def move(request: HttpRequest, gtin: str, act: str, *, mount: Mount) -> HttpResponse:
    """Goods arrive, or the books are put right. Once for each form."""
    if not may_count(request, mount):
        raise PermissionDenied
    variant = shelves.by_gtin(one_line(gtin, most=14))
    if variant is None or act not in ACTS:
        raise Http404
    try:
        ACTS[act](request, variant)
    except Unclear as unclear:
        messages.error(request, str(unclear))
        typed = {name: request.POST.get(name, "")[:20] for name in ("units", "reason")}
        return item_page(
            request, mount, variant, typed={**typed, "act": act}, status=422
        )
    except stock.OutOfStock as short:
        free = short.lines[0].free
        messages.error(request, _only(free, variant))
        return item_page(request, mount, variant, status=409)
    messages.success(request, _("The stock is put right."))
    return redirect(f"{reverse(mount.stock)}?gtin={variant.gtin}")


def _only(free: int, variant: Variant) -> str:
    if variant.weighed:
        return _(
            "Only %(amount)s may be taken off: the rest is held for customers."
        ) % {"amount": quantity(free, variant.unit)}
    return ngettext(
        "Only %(count)s unit may be taken off: the rest is held for customers.",
        "Only %(count)s units may be taken off: the rest is held for customers.",
        free,
    ) % {"count": free}


def receive(request: HttpRequest, variant: Variant) -> None:
    units = measures.typed(request.POST.get("units", ""), variant, least=1)
    reference = str(event_of(request.POST.dict()))
    with channels.atomic():
        stock.receive(
            request.place,  # type: ignore[attr-defined]
            {variant.id: units},
            reference=reference,
            by=by_of(request),
        )


def adjust(request: HttpRequest, variant: Variant) -> None:
    units = measures.typed(request.POST.get("units", ""), variant, least=-1)
    reference = str(event_of(request.POST.dict()))
    reason = request.POST.get("reason", "")
    if reason not in ADJUST_REASONS:
        raise Unclear(_("Say why, please."))
    with channels.atomic():
        stock.adjust(
            request.place,  # type: ignore[attr-defined]
            {variant.id: units},
            reason=reason,
            reference=reference,
            by=by_of(request),
        )


ACTS = {"receive": receive, "adjust": adjust}
