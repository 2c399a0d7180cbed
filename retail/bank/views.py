"""The page at which the bank asks its cardholder (3-D Secure). Whoever knows its address
may answer, as with the link that a bank sends to a telephone."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from retail.bank import ledger
from retail.bank.models import Charge, ChargeStatus
from retail.same_site import same_site


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asks(request: HttpRequest, page: str) -> HttpResponse:
    """One query; two more to answer."""
    if "demo" not in settings.PAYMENT_VARIANTS:
        raise Http404
    charge = Charge.objects.filter(page=page).first()
    if charge is None:
        raise Http404
    if request.method == "POST":
        said = request.POST.get("answer")
        if said in {"yes", "no"}:
            ledger.answer(charge, yes=said == "yes", at=timezone.now())
        return redirect(same_site(charge.back))
    given = {"charge": charge, "open": charge.status == ChargeStatus.ASKED}
    return render(request, "bank/asks.html", given)
