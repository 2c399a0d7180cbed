"""The demo's front page: be somebody, on one surface, without a password.

It exists only where DEMO is set. Each surface keeps its own session, so one browser can
be a customer, a cashier and head office side by side.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from retail import channels
from retail.channels.models import DemoAct
from retail.channels.surfaces import SURFACES, SessionStore, Surface
from retail.demo import bargains, people
from retail.demo.catalogue import till_id
from retail.formatting import french
from retail.staff.enrolling import enrol
from retail.staff.models import Employee, Role
from retail.staff.signing_in import start_session
from retail.staff.views import set_device_cookie


@dataclass(frozen=True)
class Part:
    """Somebody to be: `who` is a key of people.csv or staff.csv, empty for a guest."""

    key: str
    surface: str
    who: str
    page: str
    icon: str
    title: str | Promise
    text: str | Promise


PARTS = (
    Part("guest", "shop", "", "shop_home", "basket", _("A visitor on the web"),
         _("Look around, order without an account.")),
    Part("alice", "shop", "alice", "shop_home", "user", _("Alice, customer"),
         _("Buys on the web and in the store. Does the house know it?")),
    Part("ines", "pos", "ines", "pos_till", "receipt", _("Inès, at the till"),
         _("Sells in the Batignolles store, hands over web orders.")),
    Part("samir", "pos", "samir", "pos_store_board", "bag", _("Samir, pickups"),
         _("Prepares what customers collect in Batignolles.")),
    Part("bob", "pos", "bob", "pos_till", "receipt", _("Bob, in Lyon"),
         _("Another store: he sees nothing of Batignolles.")),
    Part("noe", "warehouse", "noe", "warehouse_board", "box", _("Noé, warehouse"),
         _("Packs and ships what the web has sold.")),
    Part("sarah", "office", "sarah", "office_home", "dial", _("Sarah, head office"),
         _("Turns the dial: how far do web and stores work together?")),
    Part("student", "office", "sarah", "office_knows", "database", _("A student"),
         _("See what each database knows of the same person.")),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        chosen = next((p for p in PARTS if p.key == request.POST.get("part")), None)
        if chosen is None:
            raise Http404
        return _enter(request, chosen)
    refused = DemoAct.objects.exclude(answer="done")
    return render(
        request,
        "demo/roles.html",
        {
            "parts": PARTS,
            "levels": [each for each in channels.Level if each != "custom"],
            "acts": DemoAct.objects.count(),
            "refused": refused.count(),
            "codes": [
                (whose, code, fr if french() else en)
                for whose, code, fr, en in bargains.to_try()
            ],
        },
    )


def _enter(request: HttpRequest, part: Part) -> HttpResponse:
    """Signs in on the part's surface: its session is made here and its cookies set,
    because this page belongs to no surface itself."""
    surface = next(each for each in SURFACES if each.name == part.surface)
    response = HttpResponseRedirect(reverse(part.page))
    session = SessionStore(None, surface.name)
    request.session = session
    if part.surface == "shop" and part.who:
        account = people.account_of(people.customer(part.who))
        login(request, account, backend="retail.staff.backends.CustomerBackend")
    elif part.who:
        _sign_in(request, part, surface, response)
    session.save()
    response.set_cookie(
        surface.session_cookie,
        session.session_key or "",
        path=surface.path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _sign_in(
    request: HttpRequest, part: Part, surface: Surface, response: HttpResponse
) -> None:
    employee = Employee.objects.select_related("account").get(
        id=people.employee_id(part.who)
    )
    if employee.role == Role.HEAD_OFFICE:
        start_session(request, employee)
        return
    at_till = part.surface == "pos"
    device, token = enrol(
        till_id=till_id(employee.location_code, _till_of(employee))
        if at_till
        else None,
        location_code=employee.location_code,
        name=f"demo {employee.location_code}",
        by="demo",
    )
    start_session(request, employee, device)
    set_device_cookie(request, response, token, surface=surface.name)


def _till_of(employee: Employee) -> int:
    """Samir works at the second till, so that Inès' chain is hers alone."""
    return 2 if employee.first_name == "Samir" else 1
