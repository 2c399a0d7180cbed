"""The office's page of closed days: which stores are closed when, and why. Head office
closes any of them, a manager the own store."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inventory.models import Location, LocationKind
from retail import channels
from retail.catalogue import closing as verbs
from retail.catalogue.masters import HOME
from retail.channels import head_office_atomic, use_channel
from retail.fulfilment.closing_words import Told, coming, day_in_words, days_in_words
from retail.fulfilment.closings import Closing, closings_of, has_closed, today_at
from retail.staff.edits import By, Way
from retail.staff.models import Employee, Role
from retail.staff.permissions import staff_required

WHY = 120  # characters
DATE = {"class": "input", "type": "date"}


class ClosedDaysForm(forms.Form):
    stores = forms.MultipleChoiceField(
        label=gettext_lazy("Stores"), widget=forms.CheckboxSelectMultiple
    )
    every = forms.BooleanField(label=gettext_lazy("All stores"), required=False)
    first = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=gettext_lazy("Closed on this day too. Empty: the first day only."),
    )
    fr = forms.CharField(
        label=gettext_lazy("Reason in French"),
        max_length=WHY,
        widget=forms.TextInput(attrs={"class": "input", "lang": "fr"}),
    )
    en = forms.CharField(
        label=gettext_lazy("Reason in English"),
        max_length=WHY,
        widget=forms.TextInput(attrs={"class": "input", "lang": "en"}),
        help_text=gettext_lazy("Customers read it: stocktaking, works, a holiday."),
    )

    def __init__(self, *args: Any, stores: list[Location], **given: Any) -> None:
        super().__init__(*args, **given)
        choices = [(each.code, each.name) for each in stores]
        self.fields["stores"].choices = choices  # type: ignore[attr-defined]
        self.own = choices[0][0] if len(choices) == 1 else ""
        if self.own:
            del self.fields["stores"], self.fields["every"]
        elif self.is_bound and self.data.get("every"):
            self.fields["stores"].required = False
        self.codes = [code for code, _name in choices]

    def clean_first(self) -> date:
        first: date = self.cleaned_data["first"]
        if first < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return first

    def chosen(self) -> list[str]:
        if self.own or self.cleaned_data["every"]:
            return self.codes
        found: list[str] = self.cleaned_data["stores"]
        return found

    def closing(self) -> Closing:
        told = self.cleaned_data
        last = told["last"] or told["first"]
        return Closing(told["first"], last, told["fr"], told["en"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def show(request: HttpRequest) -> HttpResponse:
    """One query of head office's rows, whatever side is chosen."""
    with use_channel(HOME):
        now = timezone.now()
        stores = [each for each in _stores(request) if not has_closed(each, now)]
        form = ClosedDaysForm(request.POST or None, stores=stores)
        if request.method == "POST" and form.is_valid() and _close(request, form):
            return redirect("office_closed_days")
        given = {
            "here": "closed_days",
            "form": form,
            "groups": _groups(stores, now),
            "several": len(stores) > 1,
        }
        status = 422 if form.errors else 200
        return render(request, "office/closed_days.html", given, status=status)


def _close(request: HttpRequest, form: ClosedDaysForm) -> bool:
    """Whether it was written; what stands in the way is said at its field."""
    closing = form.closing()
    try:
        with head_office_atomic(), channels.atomic():
            closed = verbs.close(form.chosen(), closing, by=_by(request))
            waiting = sum(verbs.waiting_at(store, closing) for store in closed)
    except verbs.EndsBefore:
        form.add_error("last", _("The last day comes before the first."))
    except verbs.TooLong:
        text = _("Longer than a year: close the store for good, in its table.")
        form.add_error("last", text)
    except verbs.Meets as found:
        text = _("%(store)s is closed already: %(days)s.") % {
            "store": found.store.name,
            "days": days_in_words(found.other, timezone.localdate()),
        }
        form.add_error("first", text)
    else:
        messages.success(request, _said(len(closed)))
        if waiting:
            messages.warning(request, _kept(waiting))
        return True
    return False


def _said(stores: int) -> str:
    return ngettext(
        "Saved for %(n)s store. The site promises nothing for these days.",
        "Saved for %(n)s stores. The site promises nothing for these days.",
        stores,
    ) % {"n": stores}


def _kept(waiting: int) -> str:
    return ngettext(
        "%(n)s order is promised for one of these days. It is kept until the store"
        " opens again; tell its customer.",
        "%(n)s orders are promised for these days. They are kept until the store opens"
        " again; tell their customers.",
        waiting,
    ) % {"n": waiting}


@require_POST
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def reopen(request: HttpRequest) -> HttpResponse:
    """Take closed days back: at the stores that the button stands for."""
    codes = set(request.POST.getlist("store"))
    told = request.POST
    with use_channel(HOME), head_office_atomic(), channels.atomic():
        for store in _stores(request).filter(code__in=codes):
            for closing in closings_of(store):
                if (f"{closing.first}", f"{closing.last}", closing.fr) == (
                    told.get("first"),
                    told.get("last"),
                    told.get("fr"),
                ):
                    verbs.reopen(store.code, closing, by=_by(request))
    messages.success(request, _("Taken back: the usual hours hold."))
    return redirect("office_closed_days")


def _stores(request: HttpRequest) -> QuerySet[Location]:
    """Those that this person may close, by name."""
    employee: Employee = request.employee  # type: ignore[attr-defined]
    found = Location.objects.filter(kind=LocationKind.STORE).order_by("name")
    if employee.role == Role.MANAGER:
        return found.filter(code=employee.location_code)
    return found


def _groups(stores: list[Location], now: Any) -> list[dict[str, Any]]:
    """Closings that are equal at several stores are one, in the order of their days."""
    found: dict[Closing, tuple[Told, list[Location]]] = {}
    for store in stores:
        for each in coming(store, now):
            found.setdefault(each.closing, (each, []))[1].append(store)
    ending = [
        {
            "store": each,
            "day": day_in_words(each.closed_on, today_at(each, now)),
            "on": each.closed_on,
        }
        for each in stores
        if each.closed_on is not None
    ]
    spans = [
        {
            "told": told,
            "stores": places,
            "all": len(places) == len(stores) > 1,
            "on": closing.first,
        }
        for closing, (told, places) in found.items()
    ]
    return sorted([*spans, *ending], key=lambda each: each["on"])


def _by(request: HttpRequest) -> By:
    employee: Employee = request.employee  # type: ignore[attr-defined]
    return By(employee.first_name, Way.CLOSED_DAYS, employee.pk)
