"""The office page of webhooks: which other systems are called, and how it goes."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from inventory.ids import new_id
from inventory.places import Channel
from retail.interfaces.problems import KINDS
from retail.office.webhook_words import how, why_not
from retail.staff.edits import By, Way
from retail.staff.models import Employee, Role
from retail.staff.permissions import staff_required
from retail.webhooks import endpoints, sending
from retail.webhooks.addresses import LONGEST, BadAddress
from retail.webhooks.models import Attempt, Delivery, Endpoint, Kind

MOST = 50


class NewEndpoint(forms.Form):
    """`id` makes that the form has one effect, however often it is sent."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("Whose events?"),
        choices=Channel.choices,
        widget=forms.Select(attrs={"class": "input"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"class": "input", "inputmode": "url", "autocomplete": "off"}
        ),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Which events?"),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.HEAD_OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """Everybody who is called, and a form to add one. One query."""
    form = NewEndpoint(
        request.POST if request.method == "POST" else None,
        initial={"id": new_id(), "events": [each.value for each in Kind]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = endpoints.add(
                **{
                    **form.cleaned_data,
                    "channel": Channel(form.cleaned_data["channel"]),
                },
                by=_by(request),
            )
        except BadAddress as error:
            form.add_error("url", str(why_not(error)))
        except endpoints.TooMany:
            form.add_error(None, str(KINDS["too-many-webhooks"].title))
        except endpoints.IdReused:
            form.add_error(None, str(KINDS["id-reused"].title))
        else:
            if not secret:
                return redirect("office_webhook", id=made.id)
            return _one(request, made, secret=secret)
    waiting = Q(deliveries__sent_at=None, deliveries__dead_at=None)
    found = Endpoint.objects.annotate(waits=Count("deliveries", filter=waiting))
    return render(
        request,
        "office/webhooks.html",
        {
            "here": "webhooks",
            "form": form,
            "found": found.order_by("channel", "made_at", "id"),
            "names": dict(Kind.choices),
        },
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE)
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    return _one(request, get_object_or_404(Endpoint, id=id))


def _one(request: HttpRequest, endpoint: Endpoint, *, secret: str = "") -> HttpResponse:
    """An endpoint, its deliveries with their last tries, and its secret where it was
    just made. Two queries."""
    tries = Prefetch("tries", Attempt.objects.order_by("-at", "-id"))
    rows = endpoint.deliveries.prefetch_related(tries).order_by("-made_at", "-id")
    return render(
        request,
        "office/webhook.html",
        {
            "here": "webhooks",
            "endpoint": endpoint,
            "rows": [(each, how(each), list(each.tries.all())) for each in rows[:MOST]],
            "names": dict(Kind.choices),
            "secret": secret,
            "now": timezone.now(),
        },
    )


@never_cache
@require_POST
@staff_required(Role.HEAD_OFFICE)
def act(request: HttpRequest, id: UUID) -> HttpResponse:
    """Pause, call again, a new secret, send a delivery again, end it."""
    endpoint = get_object_or_404(Endpoint, id=id)
    wanted = request.POST.get("act", "")
    if wanted in ("secret", "secret-now"):
        held, secret = endpoints.new_secret(
            endpoint, keep_old=wanted == "secret", by=_by(request)
        )
        return _one(request, held, secret=secret)
    if wanted == "remove":
        endpoints.remove(endpoint, by=_by(request))
        messages.success(request, _("Ended. It is called no more."))
        return redirect("office_webhooks")
    if wanted in ("pause", "on"):
        endpoints.change(endpoint, on=wanted == "on", by=_by(request))
        said = _("It is called again.") if wanted == "on" else _("Paused.")
        messages.success(request, said)
    elif wanted == "again":
        sending.again(_delivery(request, endpoint), at=timezone.now())
        messages.success(request, _("It is sent again within seconds."))
    else:
        raise Http404
    return redirect(f"{reverse('office_webhook', kwargs={'id': endpoint.id})}#log")


def _delivery(request: HttpRequest, endpoint: Endpoint) -> Delivery:
    try:
        id = UUID(request.POST.get("delivery", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Delivery, endpoint=endpoint, id=id)


def _by(request: HttpRequest) -> By:
    employee: Employee = request.employee  # type: ignore[attr-defined]
    return By(employee.first_name, Way.WEBHOOKS, employee.pk)
