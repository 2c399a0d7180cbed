"""The addresses that a customer keeps."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inventory.ids import new_id
from retail import channels
from retail.customers import addresses
from retail.customers.models import Address, Customer
from webshop.account_forms import AddressForm
from webshop.views.account import sign_in
from webshop.who import visitor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Those that are kept, and a form for another."""
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_addresses")
    if request.method != "POST":
        return _page(request, customer, AddressForm(initial={"id": new_id()}))
    form = AddressForm(request.POST)
    if form.is_valid() and _kept(form, customer):
        messages.success(request, _("This address is kept."))
        return redirect("shop_addresses")
    return _page(request, customer, form, status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, id: UUID) -> HttpResponse:
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_addresses")
    kept = customer.addresses.filter(id=id).first()
    if kept is None:
        raise Http404
    names = ("id", "line1", "line2", "postcode", "city")
    first = {name: getattr(kept, name) for name in names}
    form = AddressForm(initial=first)
    if request.method == "POST":
        form = AddressForm({**request.POST.dict(), "id": str(id)}, initial=first)
        if form.is_valid() and _kept(form, customer):
            messages.success(request, _("This address is changed."))
            return redirect("shop_addresses")
    given = {"form": form, "address": kept}
    status = 422 if form.is_bound else 200
    return render(request, "webshop/address.html", given, status=status)


def _kept(form: AddressForm, customer: Customer) -> bool:
    try:
        with channels.atomic():
            addresses.keep(customer, **form.cleaned_data)
    except Address.DoesNotExist as error:
        raise Http404 from error
    except addresses.TooMany as refusal:
        form.add_error(
            None,
            ngettext(
                "Only %(count)s address is kept. Remove one first.",
                "Only %(count)s addresses are kept. Remove one first.",
                refusal.most,
            )
            % {"count": refusal.most},
        )
        return False
    return True


def _page(
    request: HttpRequest, customer: Customer, form: AddressForm, *, status: int = 200
) -> HttpResponse:
    kept = addresses.of(customer)
    given = {"form": form, "kept": kept, "room": len(kept) < addresses.MOST}
    return render(request, "webshop/addresses.html", given, status=status)


@require_POST
def first(request: HttpRequest, id: UUID) -> HttpResponse:
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_addresses")
    with channels.atomic():
        if not addresses.put_first(customer, id):
            raise Http404
    messages.success(request, _("The checkout proposes this address from now on."))
    return redirect("shop_addresses")


@require_POST
def remove(request: HttpRequest, id: UUID) -> HttpResponse:
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_addresses")
    with channels.atomic():
        gone = addresses.remove(customer, id)
    if gone:
        messages.success(request, _("This address is removed."))
    return redirect("shop_addresses")
