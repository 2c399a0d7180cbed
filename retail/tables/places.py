"""Head office's tables of places: stores and the warehouse with their hours, and how
their pickups are run. A store's manager sees and changes their own store's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Location
from retail.fulfilment import setting
from retail.fulfilment.hours import BadHours, parse
from retail.fulfilment.models import PickupSetting
from retail.staff.edits import note, of_row
from retail.staff.models import Role
from retail.tables.goods import MasterTable
from retail.tables.table import Refused, Table, by

RUN = (
    *("paused", "capacity", "slot_minutes", "buffer"),
    *("minutes_per_order", "cut_off"),
)


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_hours(self) -> str:
        told = str(self.cleaned_data["hours"]).strip()
        try:
            parse(told)
        except BadHours as error:
            text = _(
                "These hours are not understood. Write them such as: Mo-Sa 08:30-20:00;"
                " Su 09:00-13:00; PH off."
            )
            raise forms.ValidationError(text) from error
        return told


class LocationTable(MasterTable):
    form = LocationForm
    roles = frozenset({Role.HEAD_OFFICE, Role.MANAGER})
    list_display = ("name", "code", "kind", "city", "phone", "hours")
    list_filter = ("kind", "channel")
    search_fields = ("name", "code", "city", "postcode")
    ordering = ("name",)
    shown = (
        *("code", "kind", "channel", "name", "address", "postcode", "city", "phone"),
        *("hours", "lead_minutes", "safety"),
    )
    editable = (
        *("name", "address", "postcode", "city", "phone"),
        *("hours", "lead_minutes", "safety"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Location]:
        found: QuerySet[Location] = super().get_queryset(request)
        employee = request.employee  # type: ignore[attr-defined]
        if employee.role == Role.MANAGER:
            return found.filter(code=employee.location_code)
        return found

    def writable(self, request: HttpRequest) -> tuple[str, ...]:
        employee = request.employee  # type: ignore[attr-defined]
        return ("phone", "hours") if employee.role == Role.MANAGER else self.editable

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **given)
        if db_field.name == "hours":
            field.help_text = gettext_lazy(
                "Days and hours, parted by semicolons: Mo-Sa 08:30-20:00; Su"
                " 09:00-13:00. PH off: closed on public holidays; Th off: on a day of"
                " the week."
            )
        return field


class PickupSettingForm(forms.ModelForm):  # type: ignore[type-arg]
    slot_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Minutes of a slot"),
        choices=[(length, str(length)) for length in setting.SLOT_LENGTHS],
        coerce=int,
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for name, (least, most) in setting.LIMITS.items():
            if name in told and not least <= told[name] <= most:
                text = _("Between %(least)s and %(most)s.")
                self.add_error(name, text % {"least": least, "most": most})
        return told


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
        if db_field.name == "cut_off":
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
