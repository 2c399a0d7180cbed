"""Head office's tables of places: stores and the warehouse with their hours, and how
their pickups are run. A store's manager sees and changes their own store's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget

from inventory.models import Location
from retail import channels
from retail.catalogue.closing import waiting_at
from retail.catalogue.opening import open_store
from retail.channels import Feature
from retail.fulfilment import setting
from retail.fulfilment.models import PickupSetting
from retail.staff.edits import note, of_row
from retail.staff.models import Role
from retail.tables.goods import MasterTable
from retail.tables.opening import (
    TERMS,
    LocationForm,
    NewStoreForm,
    WithinLimits,
    terms_of_form,
    till_names,
    zones,
)
from retail.tables.table import Refused, Table, by

RUN = (
    *("paused", "capacity", "slot_minutes", "buffer"),
    *("minutes_per_order", "cut_off", "identity_from"),
)


HELP = {
    "hours": gettext_lazy(
        "Days and hours, parted by semicolons: Mo-Sa 08:30-20:00; Su 09:00-13:00. PH"
        " off: closed on public holidays; Th off: on a day of the week. Single days"
        " are closed on the page “Closed days”."
    ),
    "country": gettext_lazy("Its public holidays hold here."),
    "lat": gettext_lazy(
        "In degrees, such as 48.8890. In France the larger of the two."
    ),
    "closed_on": gettext_lazy(
        "The first day without opening. Nothing is deleted; empty: it stays open."
    ),
}


class LocationTable(MasterTable):
    """A store is added and closed for good; a warehouse is neither, since one house
    ships from one."""

    form = LocationForm
    add_words = gettext_lazy("Add a store")
    roles = frozenset({Role.HEAD_OFFICE, Role.MANAGER})
    list_display = ("name", "code", "kind", "city", "phone", "hours", "closed_on")
    list_filter = ("kind", "channel")
    search_fields = ("name", "code", "city", "postcode")
    ordering = ("name",)
    shown = (
        *("code", "kind", "channel", "name", "address", "postcode", "city"),
        *("country", "lat", "lon", "timezone", "phone", "hours"),
        *("lead_minutes", "safety", "closed_on"),
    )
    editable = (
        *("name", "address", "postcode", "city", "country", "lat", "lon", "timezone"),
        *("phone", "hours", "lead_minutes", "safety", "closed_on"),
    )
    adding = (
        *("code", "name", "address", "postcode", "city", "country", "lat", "lon"),
        *("timezone", "phone", "hours", "lead_minutes", "safety"),
        *TERMS,
    )
    may_add = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        employee = getattr(request, "employee", None)
        return employee is not None and employee.role == Role.HEAD_OFFICE

    def get_queryset(self, request: HttpRequest) -> QuerySet[Location]:
        found: QuerySet[Location] = super().get_queryset(request)
        employee = request.employee  # type: ignore[attr-defined]
        if employee.role == Role.MANAGER:
            return found.filter(code=employee.location_code)
        return found

    def writable(self, request: HttpRequest) -> tuple[str, ...]:
        employee = request.employee  # type: ignore[attr-defined]
        return ("phone", "hours") if employee.role == Role.MANAGER else self.editable

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **given: Any
    ) -> Any:
        given["form"] = NewStoreForm if obj is None else LocationForm
        return super().get_form(request, obj, change=change, **given)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **given)
        if db_field.name == "timezone":
            return forms.ChoiceField(
                label=field.label,
                choices=zones(),
                initial=field.initial,
                widget=UnfoldAdminSelectWidget,
            )
        if db_field.name in ("lat", "lon"):
            field.required = False  # places of before may have none
        if db_field.name in HELP:
            field.help_text = HELP[db_field.name]
        return field

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        super().write(request, row, values)
        if values.get("closed_on"):
            messages.warning(request, closing_words(row))

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> Location:
        known = {name: values[name] for name in self.adding if name not in TERMS}
        try:
            store = open_store(
                known,
                terms=terms_of_form(values),
                tills=till_names(values),
                by=by(request),
            )
        except IntegrityError as error:
            raise Refused(_("A place with this code is there already.")) from error
        messages.info(request, opened_words(store))
        return store


def opened_words(store: Location) -> str:
    said = _(
        "Next: its people, a device for each till, and its stock. The shop shows it now."
    )
    if channels.on(Feature.WEB_TO_STORE, store=store.code):
        return said
    return f"{said} " + _(
        "Orders are collected there once the dial gives it web pickup."
    )


def closing_words(store: Location) -> str:
    """What is still promised there, of what the web knows."""
    waiting = waiting_at(store)
    return ngettext(
        "No new pickup is taken from three days before. %(n)s order still waits there.",
        "No new pickup is taken from three days before. %(n)s orders still wait there.",
        waiting,
    ) % {"n": waiting}


class PickupSettingForm(WithinLimits, forms.ModelForm):  # type: ignore[type-arg]
    slot_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Minutes of a slot"),
        choices=[(length, str(length)) for length in setting.SLOT_LENGTHS],
        coerce=int,
    )


class PickupSettingTable(Table):
    form = PickupSettingForm
    list_display = ("location", *RUN)
    list_select_related = ("location",)
    list_filter = ("paused",)
    search_fields = ("location__name", "location__code")
    ordering = ("location__name",)
    shown = ("location", *RUN, "changed_at", "by")
    editable = RUN

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **given)
        if db_field.name in ("cut_off", "identity_from"):
            field.required = False
        return field

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        found = PickupSetting.objects.select_related("location").get(pk=row.pk)
        before = of_row(found, RUN)
        who = by(request)
        try:
            now = setting.change(found.location, by=who.name, **values)
        except (setting.BadSetting, setting.NotOurs) as error:
            raise Refused(_("This cannot be set so here.")) from error
        after = of_row(now, RUN)
        note(now, side=now.origin, by=who, before=before, after=after)
