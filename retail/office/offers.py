"""The office's pages of offers: what runs, a new one looked at and made, its end, and
its codes. Each channel has its own, at every level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.exchange.writing import pieces
from retail.formatting import french
from retail.office import noting
from retail.office.code_forms import CodeForm, CodesForm
from retail.office.offer_forms import OfferForm
from retail.office.offer_rows import examples, rows_of
from retail.promotions import making
from retail.promotions.models import Coupon, Promotion
from retail.staff.models import Role
from retail.staff.permissions import staff_required

MOST = 200  # offers that run or come, of a channel
ENDED = 20
SHOWN = 50  # codes of an offer; the file has all of them
KINDS = {
    "percent": ("percent", gettext_lazy("Percent off"), gettext_lazy("15% off tea")),
    "amount": ("tag", gettext_lazy("Euros off"), gettext_lazy("€0.50 off each ice")),
    "n_for_m": ("box", gettext_lazy("So many for fewer"), gettext_lazy("3 for 2")),
    "bundle": (
        "gift",
        gettext_lazy("Together"),
        gettext_lazy("Juice and biscuits for €4"),
    ),
    "basket": (
        "basket",
        gettext_lazy("From an amount on"),
        gettext_lazy("€5 off from €40"),
    ),
}


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """The offers of one channel. Four queries of its database."""
    channel = _channel(request.GET.get("channel", channels.current().channel))
    now = timezone.now()
    with channels.use_channel(channel):
        own = Promotion.objects.filter(origin=channel).annotate(
            codes=Count("coupons"), uses=Sum("coupons__used")
        )
        over = Q(ends_at__lte=now) | Q(ends_at__lte=F("starts_at"))
        alive = list(own.exclude(over).order_by("starts_at", "id")[:MOST])
        ended = list(own.filter(over).order_by("-ends_at", "id")[:ENDED])
        rows = rows_of([*alive, *ended], channel, now)
    states = [
        ("running", _("Running"), _("Nothing is offered now.")),
        ("coming", _("Coming"), ""),
        ("ended", _("Ended"), ""),
    ]
    return render(
        request,
        "office/offers.html",
        {
            "here": "offers",
            "channel": channel,
            "channels": Channel.choices,
            "kinds": [(kind, *words) for kind, words in KINDS.items()],
            "parts": [
                (state, title, empty, [row for row in rows if row.state == state])
                for state, title, empty in states
            ],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.HEAD_OFFICE)
def new(request: HttpRequest, channel: str, kind: str) -> HttpResponse:
    """Fill in, look, make. What was looked at comes back in hidden fields, so that
    exactly that is made, and only once: its id is in the form."""
    own = _channel(channel)
    if kind not in KINDS:
        raise Http404
    with channels.use_channel(own):
        joint = channels.on(channels.Feature.SHARED_PROMOTIONS)
        data = request.POST if request.method == "POST" else None
        form = OfferForm(data, kind=kind, channel=own, joint=joint)
        step = request.POST.get("step", "")
        if data is not None and form.is_valid() and step != "change":
            if step == "make":
                with channels.head_office_atomic(), channels.atomic():
                    made = making.make_offer(**form.given())
                    noting.made(made, request)
                messages.success(request, _("Made. It holds from its first hour on."))
                return redirect("office_offer", own.value, made.id)
            shown = {
                "here": "offers",
                "channel": own,
                "kind": kind,
                "row": rows_of([form.unsaved()], own, timezone.now())[0],
                "examples": examples(form.unsaved(), own),
                "sent": [
                    (name, value)
                    for name, values in data.lists()
                    if name in form.fields
                    for value in values
                ],
            }
            return render(request, "office/offer_look.html", shown)
        given = {
            "here": "offers",
            "form": form,
            "channel": own,
            "kind": kind,
            "words": KINDS[kind],
            "groups": form.groups(),
            "others": [
                form[name] for name in ("channels", "stores") if name in form.fields
            ],
        }
        status = 422 if form.errors else 200
        return render(request, "office/offer_new.html", given, status=status)


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE)
def one(request: HttpRequest, channel: str, id: UUID) -> HttpResponse:
    return _one(request, _channel(channel), id)


def _one(
    request: HttpRequest,
    channel: Channel,
    id: UUID,
    *,
    code: CodeForm | None = None,
    codes: CodesForm | None = None,
) -> HttpResponse:
    with channels.use_channel(channel):
        offer = _found(channel, id)
        counted = offer.coupons.aggregate(codes=Count("id"), uses=Sum("used"))
        offer.codes, offer.uses = counted["codes"], counted["uses"]  # type: ignore[attr-defined]
        given = {
            "here": "offers",
            "channel": channel,
            "row": rows_of([offer], channel, timezone.now())[0],
            "coupons": list(offer.coupons.order_by("-used", "code")[:SHOWN]),
            "code": code or CodeForm(initial={"code_id": new_id()}),
            "codes": codes or CodesForm(initial={"batch": new_id()}),
            "form": code if code is not None else codes,
        }
    wrong = any(each is not None and each.errors for each in (code, codes))
    return render(request, "office/offer.html", given, status=422 if wrong else 200)


@require_POST
@staff_required(Role.HEAD_OFFICE)
def end(request: HttpRequest, channel: str, id: UUID) -> HttpResponse:
    own = _channel(channel)
    with (
        channels.use_channel(own),
        channels.head_office_atomic(),
        channels.atomic(),
    ):
        offer = _found(own, id)
        before = offer.ends_at
        making.end(offer, at=timezone.now())
        noting.ended(_found(own, id), request, before=before)
    messages.success(request, _("Ended. What was sold under it stays as it was sold."))
    return redirect("office_offer", own.value, id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.HEAD_OFFICE)
def add_code(request: HttpRequest, channel: str, id: UUID) -> HttpResponse:
    """One code that many may use."""
    own = _channel(channel)
    if request.method != "POST":
        return redirect("office_offer", own.value, id)
    form = CodeForm(request.POST)
    with channels.use_channel(own):
        offer = _with_codes(own, id)
        if form.is_valid():
            told = form.cleaned_data
            try:
                with channels.head_office_atomic(), channels.atomic():
                    made = making.make_coupon(
                        offer, told["code"], most=told["most"], id=told["code_id"]
                    )
                    noting.codes(offer, request, [made], key=told["code_id"])
            except making.CodeTaken:
                text = _("This channel has that code already. Choose another.")
                form.add_error("code", text)
            else:
                text = _("%(code)s can be used.") % {"code": made.code}
                messages.success(request, text)
                return redirect("office_offer", own.value, id)
    return _one(request, own, id, code=form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.HEAD_OFFICE)
def add_codes(request: HttpRequest, channel: str, id: UUID) -> HttpResponse:
    """Codes that are good once each; the file of them is another address."""
    own = _channel(channel)
    if request.method != "POST":
        return redirect("office_offer", own.value, id)
    form = CodesForm(request.POST)
    with channels.use_channel(own):
        offer = _with_codes(own, id)
        if form.is_valid():
            told = form.cleaned_data
            with channels.head_office_atomic(), channels.atomic():
                made = making.make_coupons(offer, told["number"], batch=told["batch"])
                noting.codes(offer, request, made, key=told["batch"])
            text = ngettext(
                "%(count)s code was made. Download the file below.",
                "%(count)s codes were made. Download the file below.",
                len(made),
            )
            messages.success(request, text % {"count": len(made)})
            return redirect("office_offer", own.value, id)
    return _one(request, own, id, codes=form)


@require_GET
@staff_required(Role.HEAD_OFFICE)
def codes_file(request: HttpRequest, channel: str, id: UUID) -> HttpResponse:
    """All codes of an offer with their uses, read to the last before any is sent."""
    own = _channel(channel)
    with channels.use_channel(own):
        told = "".join(
            pieces(
                ["code", "most", "used", "offer"],
                _codes_of(_with_codes(own, id)),
                dialect="fr" if french() else "en",
            )
        )
    response = HttpResponse(told, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{own}-{id}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _codes_of(offer: Promotion) -> Iterator[list[Any]]:
    name = offer.name(get_language() or "fr")
    for each in Coupon.objects.filter(promotion=offer).order_by("code").iterator():
        yield [each.code, each.most, each.used, name]


def _channel(told: str) -> Channel:
    if told not in Channel.values:
        raise Http404
    return Channel(told)


def _found(channel: Channel, id: UUID) -> Promotion:
    offer = Promotion.objects.filter(origin=channel, id=id).first()
    if offer is None:
        raise Http404
    return offer


def _with_codes(channel: Channel, id: UUID) -> Promotion:
    offer = _found(channel, id)
    if not offer.needs_code:
        raise Http404
    return offer
