"""The switches of a store's pickups: the manager sets them, everybody may read them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inventory.models import Location, Variant
from retail import channels
from retail.channels import Feature
from retail.formatting import who
from retail.fulfilment import finished, promises, setting
from retail.fulfilment.closing_words import coming
from retail.fulfilment.models import PickupSetting
from retail.fulfilment.mounts import Mount
from retail.fulfilment.terms import terms_of
from retail.fulfilment.work_permissions import at_work, by_of, may_count

FIELDS = (
    *("paused", "capacity", "slot_minutes", "buffer", "minutes_per_order", "cut_off"),
    "identity_from",
)
LENGTHS: list[tuple[int, str | Promise]] = [
    (15, gettext_lazy("a quarter of an hour")),
    (30, gettext_lazy("half an hour")),
    (60, gettext_lazy("an hour")),
    (120, gettext_lazy("two hours")),
]


def whole(label: Any, name: str, hint: Any) -> forms.IntegerField:
    least, most = setting.LIMITS[name]
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )


class SettingForm(forms.Form):
    paused = forms.BooleanField(
        label=gettext_lazy("Take no new orders"),
        help_text=gettext_lazy(
            "The site offers no collection here. What was ordered before goes on."
        ),
        required=False,
    )
    capacity = whole(
        gettext_lazy("Pickups per slot"),
        "capacity",
        gettext_lazy("When a slot is full, the site offers the next."),
    )
    slot_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Length of a slot"),
        choices=LENGTHS,
        coerce=int,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=gettext_lazy("Slots that were promised stay as they are."),
    )
    minutes_per_order = whole(
        gettext_lazy("Minutes for each order that waits"),
        "minutes_per_order",
        gettext_lazy("Each pickup still to be prepared makes the next promise later."),
    )
    cut_off = forms.TimeField(
        label=gettext_lazy("Last order of the day"),
        required=False,
        widget=forms.TimeInput(
            attrs={"class": "input", "type": "time"}, format="%H:%M"
        ),
        help_text=gettext_lazy(
            "What is ordered later is promised for the next day of opening. Empty: until"
            " closing time."
        ),
    )
    buffer = whole(
        gettext_lazy("Units kept from the site"),
        "buffer",
        gettext_lazy(
            "Of each product, beside the safety stock. The till may sell them."
        ),
    )

    identity_from = forms.DecimalField(
        label=gettext_lazy("Identity card from (€)"),
        required=False,
        min_value=setting.LIMITS["identity_from"][0],
        max_value=setting.LIMITS["identity_from"][1],
        decimal_places=2,
        widget=forms.NumberInput(
            attrs={"class": "input", "inputmode": "decimal", "step": "0.01"}
        ),
        help_text=gettext_lazy(
            "Orders worth so much: a look at an identity card, also with the code. Empty:"
            " never."
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    place: Location = request.place  # type: ignore[attr-defined]
    now = setting.setting_of(place)
    initial = {name: getattr(now, name) for name in FIELDS}
    if request.method != "POST":
        return _page(request, mount, now, SettingForm(initial=initial))
    _manager_only(request, mount)
    form = SettingForm(request.POST, initial=initial)
    if not form.is_valid():
        return _page(request, mount, now, form, status=422)
    with channels.atomic():
        changed = setting.change(place, by=by_of(request), **form.cleaned_data)
    if changed.paused and not now.paused:
        messages.success(request, _("Pickups are paused. %(told)s") % {"told": told()})
    else:
        messages.success(request, _("Saved. %(told)s") % {"told": told()})
    return redirect("pos_settings")


@never_cache
@require_POST
@at_work
def unblock(request: HttpRequest, *, mount: Mount, gtin: str) -> HttpResponse:
    _manager_only(request, mount)
    variant = Variant.objects.filter(gtin=gtin).select_related("product").first()
    if variant is None:
        raise Http404
    place: Location = request.place  # type: ignore[attr-defined]
    with channels.atomic():
        setting.unblock(place, variant.id)
    messages.success(
        request,
        _("%(title)s is offered again. %(told)s")
        % {"title": variant.product.name, "told": told()},
    )
    return redirect("pos_settings")


def told() -> str:
    """When the webshop knows."""
    if channels.shared():
        return _("The site reads the same rows: it counts at once.")
    return _("The site learns it with the next reading, within seconds.")


def _manager_only(request: HttpRequest, mount: Mount) -> None:
    if not may_count(request, mount):
        raise PermissionDenied


def _page(
    request: HttpRequest,
    mount: Mount,
    now: PickupSetting,
    form: SettingForm,
    *,
    status: int = 200,
) -> HttpResponse:
    place: Location = request.place  # type: ignore[attr-defined]
    may = may_count(request, mount)
    if not may:
        for field in form.fields.values():
            field.disabled = True
    at = timezone.now()
    terms = terms_of([place])[place.id]
    today, long = finished.kept_since(place, at)
    given = {
        "mount": mount,
        "place": place,
        "here": "settings",
        "form": form,
        "may": may,
        "changed_at": now.changed_at,
        "changed_by": who(now.by) if now.by else "",
        "terms": terms,
        "offered": channels.on(Feature.WEB_TO_STORE, store=place.code),
        "told": told(),
        "ready_by": promises.ready_by(place, at, terms),
        "blocked": setting.blocked_at(place, at),
        "closings": coming(place, at),
        "today": today,
        "long": long,
    }
    return render(request, "fulfilment/settings.html", given, status=status)
