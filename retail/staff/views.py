"""Signing in and out at the till, in the warehouse and at the office."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from inventory.places import Channel
from retail.channels.surfaces import Surface, surface_of
from retail.staff.enrolling import WrongCode, redeem
from retail.staff.forms import EnrolForm, OfficeForm, PinForm
from retail.staff.models import TillDevice
from retail.staff.permissions import DEVICE_COOKIES, device_of, staff_required
from retail.staff.signing_in import (
    Locked,
    UnknownDevice,
    WrongPassword,
    WrongPin,
    check_password,
    check_pin,
    colleagues,
    end_session,
    start_session,
)
from retail.staff.words import locked_text, wrong_pin_text

DEVICE_COOKIE_LASTS = 365 * 24 * 3600  # seconds


@never_cache
@sensitive_post_parameters("pin", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def device_sign_in(request: HttpRequest) -> HttpResponse:
    """Enrol this tablet first; then choose who you are and type the PIN."""
    device = device_of(request)
    if device is None:
        return enrol_here(request)
    people = colleagues(device)
    form = PinForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid() and pin_is_right(form, device):
        start_session(request, form.cleaned_data["employee"], device)
        return HttpResponseRedirect(target_of(request))
    return render(
        request,
        "staff/pin.html",
        {"form": form, "device": device, "people": people, "next": target_of(request)},
        status=422 if form.errors else 200,
    )


def pin_is_right(form: PinForm, device: TillDevice) -> bool:
    """Says on the form what is wrong."""
    try:
        check_pin(
            device,
            form.cleaned_data["pin"],
            employee=form.cleaned_data["employee"],
        )
    except WrongPin as refusal:
        form.add_error("pin", wrong_pin_text(refusal))
    except Locked as refusal:
        form.add_error("pin", locked_text(refusal))
    except UnknownDevice:
        form.add_error(None, _("This device is not enrolled any more."))
    else:
        return True
    return False


def enrol_here(request: HttpRequest) -> HttpResponse:
    form = EnrolForm(request.POST if "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            device, token = redeem(form.cleaned_data["code"])
        except WrongCode:
            form.add_error(
                "code", _("This code is wrong, used or too old. Ask for another.")
            )
        else:
            response = HttpResponseRedirect(request.get_full_path())
            set_device_cookie(request, response, token)
            messages.success(
                request,
                _("This device is now %(device)s.") % {"device": device.name},
            )
            return response
    return render(
        request,
        "staff/enrol.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def set_device_cookie(
    request: HttpRequest, response: HttpResponse, token: str, *, surface: str = ""
) -> None:
    """`surface` (pos or warehouse) when the page that sets it lies elsewhere."""
    found = surface_of(request.path_info)
    name = surface or (found.name if found else "")
    response.set_cookie(
        DEVICE_COOKIES[name],
        token,
        max_age=DEVICE_COOKIE_LASTS,
        path=f"/{name}",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def office_sign_in(request: HttpRequest) -> HttpResponse:
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            employee = check_password(
                form.cleaned_data["login"], form.cleaned_data["password"]
            )
        except (WrongPassword, Locked):
            # one answer for all: only a login that exists can be locked
            form.add_error(
                None,
                _(
                    "This login and password do not belong together. After ten wrong"
                    " tries a login waits for a quarter of an hour."
                ),
            )
        else:
            start_session(request, employee)
            return HttpResponseRedirect(target_of(request))
    return render(
        request,
        "staff/office_sign_in.html",
        {"form": form, "next": target_of(request)},
        status=422 if form.errors else 200,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The device stays enrolled."""
    end_session(request)
    surface = surface_of(request.path_info)
    return redirect(f"{surface.name}_sign_in" if surface else "/")


@require_POST
@staff_required()
def choose_side(request: HttpRequest) -> HttpResponse:
    """The office looks at this channel's database from now on."""
    side = request.POST.get("side", "")
    if side in Channel.values:
        request.session["side"] = side
    return HttpResponseRedirect(target_of(request))


def target_of(request: HttpRequest) -> str:
    """Where `next` says, if that is a page of the same surface; else its front page."""
    surface = surface_of(request.path_info)
    home = f"{surface.prefixes[0]}/" if surface else "/"
    told = request.POST.get("next") or request.GET.get("next") or ""
    fine = url_has_allowed_host_and_scheme(
        told, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not (fine and surface and on_surface(told, surface)):
        return home
    return told


def on_surface(url: str, surface: Surface) -> bool:
    parts = urlsplit(url)
    return not parts.netloc and surface_of(parts.path) == surface


@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Sets one cookie: the reader's language.

    This address belongs to no surface, so no surface's CSRF cookie reaches it; a form of
    another site is refused by what the browser says of itself.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        return HttpResponse(status=403)
    return i18n.set_language(request)
