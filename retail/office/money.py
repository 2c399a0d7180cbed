"""The office page of online payments: where our books and a provider's list differ, and
what a person did about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.money import ZERO
from retail import channels
from retail.channels import Channel
from retail.interfaces.typed import one_line
from retail.office.dial import by
from retail.payments.models import Payment, PaymentStatus
from retail.payments.providers import chosen
from retail.payments.reconciling import reconcile
from retail.settlement import differing
from retail.settlement.models import Difference, Kind
from retail.staff.models import Role
from retail.staff.permissions import staff_required

MOST = 50
ADVICE: dict[str, str | Promise] = {
    Kind.MISSING_HERE: gettext_lazy(
        "The provider holds money that no order here asked for. Find the customer there"
        " and give it back."
    ),
    Kind.MISSING_THERE: gettext_lazy(
        "An order counts as paid, and the provider knows nothing of it. Ask the provider"
        " before anything leaves the house."
    ),
    Kind.CAPTURED: gettext_lazy(
        "The provider took another sum than the order wants, or nothing for goods that"
        " left. Nothing was booked or given back by itself."
    ),
    Kind.REFUNDED: gettext_lazy(
        "Somebody gave money back at the provider, or a refund of ours was refused there."
    ),
    Kind.STUCK: gettext_lazy(
        "The payment neither came nor failed for a long time. The customer may still see"
        " it as reserved."
    ),
}


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def show(request: HttpRequest) -> HttpResponse:
    """Two queries of head office's database, one of the webshop's."""
    employee: Any = request.employee  # type: ignore[attr-defined]
    found = list(differing.open_differences()[:MOST])
    over = Difference.objects.exclude(ended_at=None).order_by("-ended_at")[:MOST]
    return render(
        request,
        "office/money.html",
        {
            "here": "money",
            "found": [(each, ADVICE[each.kind]) for each in found],
            "over": over,
            "held": _held(),
            "provider": chosen(),
            "may_act": employee.role == Role.HEAD_OFFICE,
        },
    )


@require_POST
@staff_required(Role.HEAD_OFFICE)
def act(request: HttpRequest) -> HttpResponse:
    """Compare now, or say that a difference was dealt with, and how."""
    if request.POST.get("act") == "compare":
        _compare(request)
        return redirect("office_money")
    try:
        id = UUID(request.POST.get("id", ""))
    except ValueError as error:
        raise Http404 from error
    why = one_line(request.POST.get("why", ""), most=200)
    if not why:
        messages.error(request, _("Say what was done about it."))
    elif differing.set_aside(id, why=why, by=by(request), at=timezone.now()):
        messages.success(request, _("Done. It stays in the history below."))
    else:
        messages.info(request, _("That was done before. Here is how things stand."))
    return redirect("office_money")


def _held() -> dict[str, Any]:
    """What banks keep for us, and what of it is to be taken now."""
    with channels.use_channel(Channel.WEBSHOP):
        kept = Payment.objects.filter(status=PaymentStatus.AUTHORISED)
        return kept.aggregate(
            count=Count("id"),
            reserved=Sum("reserved", default=ZERO),
            due=Sum(F("to_take") - F("captured"), default=ZERO),
        )


def _compare(request: HttpRequest) -> None:
    with channels.use_channel(Channel.WEBSHOP):
        report = reconcile(timezone.now())
    if report.away:
        messages.error(request, _("The provider does not answer. Try again later."))
    else:
        messages.success(
            request,
            _("%(compared)s payments compared, %(healed)s put right.")
            % {"compared": report.compared, "healed": len(report.healed)},
        )
