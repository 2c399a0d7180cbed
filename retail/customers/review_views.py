"""The office pages *One person or two?*: doubts to decide, and links to take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from retail import channels, formatting
from retail.customers import linked, reviewing
from retail.customers.models import Customer, PossibleMatch
from retail.customers.scoring import LINK_FROM, REVIEW_FROM, WEIGHTS
from retail.interfaces.typed import one_line
from retail.staff.models import Role
from retail.staff.permissions import staff_required

A_PAGE = 10
LONGEST = 80  # characters of a search

FIELDS: dict[str, Promise] = {
    "last_name": gettext_lazy("Last name"),
    "first_name": gettext_lazy("First name"),
    "birth_date": gettext_lazy("Born"),
    "postcode": gettext_lazy("Postcode"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "card": gettext_lazy("Card"),
}
NOTES: dict[str, Promise] = {
    "email": gettext_lazy(
        "Both proved the same address, but a decision holds other rows of theirs apart."
    ),
    "card": gettext_lazy(
        "The same card was shown, but a decision holds other rows of theirs apart."
    ),
    "unproven": gettext_lazy(
        "Nobody has proved the e-mail of the row made on the site yet."
    ),
}


@dataclass(frozen=True)
class Field:
    """One line of the comparison. `agrees`: same, alike, differs; empty where one says
    nothing or the score does not look."""

    label: str | Promise
    one: str
    other: str
    agrees: str


@dataclass(frozen=True)
class Compared:
    match: PossibleMatch
    one: Customer
    other: Customer
    fields: list[Field]
    notes: list[Promise]


def _for_head_office(view: Any) -> Any:
    return never_cache(staff_required(Role.HEAD_OFFICE)(view))


@_for_head_office
@require_safe
def office_identity(request: HttpRequest) -> HttpResponse:
    """Undecided doubts, highest score first. Two queries and one for the tab."""
    context = _context("doubts")
    if context["unified"]:
        waiting = PossibleMatch.objects.filter(decision="").order_by("-score", "id")
        page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "waiting": page.paginator.count,
            "pairs": _compared(page),
            "weights": [
                (FIELDS[rule], weight.same, weight.differs, weight.why)
                for rule, weight in WEIGHTS.items()
            ],
            "link_from": LINK_FROM,
            "review_from": REVIEW_FROM,
        }
    return render(request, "customers/identity.html", context)


@_for_head_office
@require_safe
def office_identity_links(request: HttpRequest) -> HttpResponse:
    """People of two rows and more; found by name, e-mail, phone or card."""
    context = _context("links")
    if context["unified"]:
        typed = " ".join(one_line(request.GET.get("q", ""), most=LONGEST).split())
        persons = linked.persons(typed)
        page = Paginator(persons, A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "q": typed,
            "page": page,
            "people": linked.people(page),
            "waiting": PossibleMatch.objects.filter(decision="").count(),
        }
    return render(request, "customers/identity_links.html", context)


def _context(tab: str) -> dict[str, Any]:
    return {
        "here": "identity",
        "tab": tab,
        "unified": channels.on(channels.Feature.UNIFIED_CUSTOMERS),
        "joined": channels.shared(),
    }


def _compared(page: Page[PossibleMatch]) -> list[Compared]:
    ids = {id for match in page for id in (match.one_id, match.other_id)}
    rows = Customer.objects.in_bulk(list(ids))
    return [
        _pair(match, rows[match.one_id], rows[match.other_id])
        for match in page
        if match.one_id in rows and match.other_id in rows
    ]


def _pair(match: PossibleMatch, one: Customer, other: Customer) -> Compared:
    """The site's row first, as in every comparison."""
    if one.origin < other.origin:
        one, other = other, one
    agrees = {each["rule"]: each["agrees"] for each in match.reasons}
    certain = {each["rule"] for each in match.reasons if each["weight"] == 100}
    fields = [
        Field(label, _said(one, rule), _said(other, rule), _word(agrees.get(rule)))
        for rule, label in FIELDS.items()
        if _said(one, rule) or _said(other, rule)
    ]
    notes = [
        note
        for rule, note in NOTES.items()
        if rule in certain or (rule == "unproven" and rule in agrees)
    ]
    return Compared(match, one, other, fields, notes)


def _said(row: Customer, rule: str) -> str:
    if rule == "birth_date":
        return date_format(row.birth_date) if row.birth_date else ""
    if rule == "email" and row.email_verified_at:
        return _("%(email)s (proven)") % {"email": row.email}
    return str(getattr(row, rule))


def _word(agrees: float | None) -> str:
    if agrees is None:
        return ""
    if agrees == 1:
        return "same"
    return "alike" if agrees else "differs"


@_for_head_office
@require_POST
def office_identity_decide(request: HttpRequest, id: UUID) -> HttpResponse:
    """`decision` is `same` or `not_same`. A refusal is told on the list."""
    decision = request.POST.get("decision", "")
    if decision not in {"same", "not_same"}:
        raise Http404
    try:
        with channels.atomic():
            if decision == "same":
                reviewing.decide_same(id, by=_by(request))
            else:
                reviewing.decide_not_same(id, by=_by(request))
    except reviewing.NoSuchDoubt:
        messages.warning(request, _("This doubt is gone: one of the two rows changed."))
    except reviewing.AlreadyDecided as refused:
        messages.warning(
            request,
            _("Decided before: %(decision)s.")
            % {"decision": refused.match.get_decision_display()},
        )
    except reviewing.KeptApart:
        messages.warning(
            request,
            _(
                "Not linked: somebody called two of the rows that this would join two"
                " people."
            ),
        )
    except reviewing.OnePersonNow:
        messages.warning(
            request, _("The two are linked by now. Take the link back instead.")
        )
    except channels.FeatureOff:
        messages.warning(request, _("Customers are not unified at this level."))
    else:
        said = (
            _("Linked: one person now, with the history and points of both.")
            if decision == "same"
            else _("Kept apart: no run will link these two.")
        )
        messages.success(request, said)
    return redirect("office_identity")


@_for_head_office
@require_POST
def office_identity_unlink(request: HttpRequest, id: UUID) -> HttpResponse:
    customer = Customer.objects.filter(id=id).first()
    if customer is None:
        raise Http404
    try:
        with channels.atomic():
            ended = reviewing.unlink(customer, by=_by(request))
    except channels.FeatureOff:
        messages.warning(request, _("Customers are not unified at this level."))
    else:
        if ended:
            messages.success(
                request,
                _("%(name)s has their own history and points again.")
                % {"name": customer},
            )
        else:
            messages.warning(request, _("This row was not linked any more."))
    return redirect(reverse("office_identity_links"))


def _by(request: HttpRequest) -> str:
    employee = request.employee  # type: ignore[attr-defined]
    return formatting.employee(employee.pk, employee.first_name)
