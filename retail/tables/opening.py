"""The form of a new store: where it is, when it is open, how its pickups begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTimeWidget,
    UnfoldBooleanSwitchWidget,
)

from inventory.models import LocationKind
from pos.opening import MOST_TILLS
from retail.fulfilment import setting
from retail.fulfilment.hours import BadHours, has_calendar, parse
from retail.fulfilment.offering import distance_km
from retail.fulfilment.terms import Terms
from retail.tables.naming import FIELDS
from webshop.finder import spot_of

__all__ = [
    "TERMS",
    "LocationForm",
    "NewStoreForm",
    "WithinLimits",
    "terms_of_form",
    "till_names",
]

USUAL = Terms()
CODE = re.compile(r"[A-Z0-9]{2,12}")
TERMS = (
    *("pickups", "capacity", "slot_minutes", "minutes_per_order", "cut_off"),
    *("buffer", "tills"),
)
# as far as a postcode reaches, and as a département does; kilometres
FAR, FAR_ROUGHLY = 40, 150
FRENCH_ISLES = (
    *("America/Guadeloupe", "America/Martinique", "America/Cayenne"),
    *("Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti"),
)


def zones() -> list[tuple[str, str]]:
    here = sorted(each for each in available_timezones() if each.startswith("Europe/"))
    return [(each, each.replace("_", " ")) for each in (*here, *FRENCH_ISLES)]


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

    def clean_country(self) -> str:
        told = str(self.cleaned_data["country"]).strip().upper()
        if not has_calendar(told):
            text = _("Two letters, such as FR. The public holidays are that country’s.")
            raise forms.ValidationError(text)
        return told

    def clean_closed_on(self) -> date | None:
        told: date | None = self.cleaned_data["closed_on"]
        if told is not None and self.instance.kind != LocationKind.STORE:
            raise forms.ValidationError(_("The web ships from here: it stays open."))
        return told

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        lat, lon = told.get("lat"), told.get("lon")
        if "lat" in told and "lon" in told and (lat is None) != (lon is None):
            self.add_error("lat", _("Both are said together, or neither is."))
        if lat is not None and not -90 <= lat <= 90:
            self.add_error("lat", _("Between −90 and 90."))
        if lon is not None and not -180 <= lon <= 180:
            self.add_error("lon", _("Between −180 and 180."))
        moved = {"lat", "lon", "postcode", "country"} & set(self.changed_data)
        if moved and lat is not None and lon is not None and not self.errors:
            self._near_its_postcode(told, lat, lon)
        return told

    def _near_its_postcode(
        self, told: Mapping[str, Any], lat: float, lon: float
    ) -> None:
        """Coordinates that were exchanged lie in another part of the world."""
        if told.get("country", self.instance.country) != "FR":
            return
        spot = spot_of(str(told.get("postcode", self.instance.postcode)))
        if spot is None:
            return
        self.instance.lat, self.instance.lon = lat, lon
        far = distance_km(spot.near, self.instance) or 0
        if far > (FAR_ROUGHLY if spot.rough else FAR):
            text = _(
                "This is %(km)s km away from %(place)s. Look at the postcode, and"
                " whether latitude and longitude are exchanged."
            )
            self.add_error("lat", text % {"km": round(far), "place": spot.name})


class WithinLimits(forms.BaseForm):
    """A form that asks how pickups run."""

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for name, (least, most) in setting.LIMITS.items():
            if told.get(name) is not None and not least <= told[name] <= most:
                text = _("Between %(least)s and %(most)s.")
                self.add_error(name, text % {"least": least, "most": most})
        return told


class NewStoreForm(WithinLimits, LocationForm):
    pickups = forms.BooleanField(
        label=gettext_lazy("Takes pickups from the first day"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("The store’s manager changes this and what follows."),
    )
    capacity = forms.IntegerField(
        label=FIELDS["capacity"],
        initial=USUAL.capacity,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    slot_minutes = forms.TypedChoiceField(
        label=FIELDS["slot_minutes"],
        choices=[(length, str(length)) for length in setting.SLOT_LENGTHS],
        coerce=int,
        initial=USUAL.slot_minutes,
        widget=UnfoldAdminSelectWidget,
    )
    minutes_per_order = forms.IntegerField(
        label=FIELDS["minutes_per_order"],
        initial=USUAL.minutes_per_order,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    cut_off = forms.TimeField(
        label=FIELDS["cut_off"],
        required=False,
        widget=UnfoldAdminTimeWidget,
        help_text=gettext_lazy("Empty: until closing time."),
    )
    buffer = forms.IntegerField(
        label=FIELDS["buffer"],
        initial=USUAL.buffer,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    tills = forms.IntegerField(
        label=gettext_lazy("How many tills"),
        initial=2,
        min_value=0,
        max_value=MOST_TILLS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("A device is enrolled for each of them afterwards."),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for name in ("lat", "lon", "hours"):
            self.fields[name].required = True

    def clean_code(self) -> str:
        told = str(self.cleaned_data["code"]).strip().upper()
        if not CODE.fullmatch(told):
            text = _("2 to 12 capital letters and digits, such as NTE.")
            raise forms.ValidationError(text)
        return told


def terms_of_form(told: Mapping[str, Any]) -> dict[str, Any]:
    """Of a `NewStoreForm`: what `PickupSetting` is to say."""
    cut_off: time | None = told["cut_off"]
    return {
        "paused": not told["pickups"],
        "capacity": told["capacity"],
        "slot_minutes": told["slot_minutes"],
        "minutes_per_order": told["minutes_per_order"],
        "cut_off": cut_off,
        "buffer": told["buffer"],
    }


def till_names(told: Mapping[str, Any]) -> list[str]:
    return [_("Till %(n)s") % {"n": n} for n in range(1, told["tills"] + 1)]
