"""Head office's tables of people and of the devices they work at. A store's manager sees
and changes the cashiers of their own store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import EmptyFieldListFilter
from django.contrib.auth.password_validation import validate_password
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from inventory.models import Location, LocationKind
from inventory.places import Channel
from pos.models import Till
from retail.channels import use_channel
from retail.staff import enrolling, people
from retail.staff.models import Account, Employee, Role
from retail.staff.signing_in import WeakPin, is_pin
from retail.tables.naming import FIELDS
from retail.tables.table import Refused, Table, by, column

SECRETS = ("pin", "login", "password")
OFFICE_ONLY = ("account", "login", "password")


class StoreForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a manager may say. The PIN is given, never shown."""

    pin = forms.CharField(
        label=gettext_lazy("New PIN"),
        required=False,
        widget=UnfoldAdminTextInputWidget(
            attrs={"inputmode": "numeric", "autocomplete": "off"}
        ),
        help_text=gettext_lazy(
            "For enrolled devices: 4 to 8 digits. Empty: the one there is stays."
        ),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.instance._state.adding:
            self.fields["pin"].help_text = _("For enrolled devices: 4 to 8 digits.")

    def clean_pin(self) -> str:
        pin = str(self.cleaned_data["pin"])
        if pin and not is_pin(pin):
            text = _("4 to 8 digits, not all of them the same.")
            raise forms.ValidationError(text)
        return pin


class EmployeeForm(StoreForm):
    """What head office may say: also where and as what, and a login of the office."""

    login = forms.CharField(
        label=gettext_lazy("Login of the office"),
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For managers and head office, given once."),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty: the one there is stays."),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.instance._state.adding:
            self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        login = str(self.cleaned_data["login"])
        if login and self.instance.account_id is not None:
            raise forms.ValidationError(_("This person has a login already."))
        if login and Account.objects.filter(login=login).exists():
            raise forms.ValidationError(_("Somebody signs in under that name."))
        return login

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password:
            validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        role, place = told.get("role"), told.get("location_code")
        if role == Role.HEAD_OFFICE and place:
            self.add_error("location_code", _("Head office has no place of its own."))
        if role and role != Role.HEAD_OFFICE and place == "":
            self.add_error("location_code", _("Say where this person works."))
        if told.get("login") and "password" in told and not told["password"]:
            self.add_error("password", _("A login needs a password."))
        known = self.instance.account_id is not None
        if told.get("password") and "login" in told and not told["login"] and not known:
            self.add_error("login", _("A password needs a login."))
        return told


class AtPlaces(Table):
    """Rows that name their place by its code: it is shown by its name."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """A query of all places."""
        names = dict(Location.objects.values_list("code", "name"))
        place = column(
            "place",
            FIELDS["location"],
            lambda row: names.get(row.location_code, row.location_code) or None,
            order="location_code",
        )
        found = super().get_list_display(request)
        return [place if each == "location_code" else each for each in found]


class EmployeeTable(AtPlaces):
    whose = "people"
    form = EmployeeForm
    roles = frozenset({Role.HEAD_OFFICE, Role.MANAGER})
    list_display = ("first_name", "role", "location_code", "is_active", "account")
    list_filter = ("role", "is_active")
    list_select_related = ("account",)
    search_fields = ("first_name", "location_code")
    ordering = ("first_name", "id")
    shown = (*people.FIELDS, "account", *SECRETS)
    editable = (*people.FIELDS, *SECRETS)
    adding = editable
    may_add = True

    def words(self) -> dict[str, Any]:
        return {**super().words(), "roles_page": True}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Employee]:
        found: QuerySet[Employee] = super().get_queryset(request)
        employee = request.employee  # type: ignore[attr-defined]
        if employee.role == Role.MANAGER:
            return found.filter(role=Role.CASHIER, location_code=employee.location_code)
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        found = super().get_fields(request, obj)
        if request.employee.role == Role.MANAGER:  # type: ignore[attr-defined]
            return [each for each in found if each not in OFFICE_ONLY]
        return found

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **given: Any
    ) -> Any:
        mine = request.employee.role == Role.MANAGER  # type: ignore[attr-defined]
        given["form"] = StoreForm if mine else EmployeeForm
        return super().get_form(request, obj, change=change, **given)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        employee = request.employee  # type: ignore[attr-defined]
        mine = employee.role == Role.MANAGER
        if db_field.name == "location_code":
            places = Location.objects.order_by("name").values_list("code", "name")
            if mine:
                places = places.filter(code=employee.location_code)
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name),
                choices=[*([] if mine else [("", _("None"))]), *places],
                required=False,
                widget=UnfoldAdminSelectWidget,
            )
        field = super().formfield_for_dbfield(db_field, request, **given)
        if db_field.name == "role" and mine:
            field.choices = [(Role.CASHIER.value, Role.CASHIER.label)]
        return field

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        fields, secrets = parted(values)
        try:
            people.change(row, fields, **secrets, by=by(request))
        except people.NotYourself as error:
            text = _("Your own role and your own sign-in are changed by a colleague.")
            raise Refused(text) from error
        except (people.LoginTaken, WeakPin) as error:
            raise Refused(_("The login or the PIN cannot be used.")) from error

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> Model:
        fields, secrets = parted(values)
        try:
            return people.take_on(fields, **secrets, by=by(request))
        except (people.LoginTaken, WeakPin) as error:
            raise Refused(_("The login or the PIN cannot be used.")) from error


def parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    fields = {name: values[name] for name in people.FIELDS if name in values}
    secrets = {name: str(values[name]) for name in SECRETS if values.get(name)}
    return fields, secrets


class DeviceForm(forms.ModelForm):  # type: ignore[type-arg]
    revoke = forms.BooleanField(
        label=gettext_lazy("Revoke it"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy(
            "Nobody signs in on it any more. It can be enrolled again by a new code."
        ),
    )


class OfferForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new device is a code that is typed on it."""

    stands = forms.ChoiceField(
        label=gettext_lazy("Where it stands"), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        field = self.fields["stands"]
        field.choices = [(key, text) for key, text, _till in standings()]  # type: ignore[attr-defined]


def standings() -> list[tuple[str, str, Till | None]]:
    """[(value, words, the till)]: every till, and every place for a board without."""
    with use_channel(Channel.POS):
        tills = list(
            Till.objects.select_related("location").order_by("location__name", "number")
        )
    places = Location.objects.order_by("name")
    return [
        *((str(each.pk), f"{each.location.name}, {each.name}", each) for each in tills),
        *(
            (each.code, f"{each.name}, {_('board')}", None)
            for each in places.filter(kind=LocationKind.WAREHOUSE)
        ),
    ]


class DeviceTable(AtPlaces):
    whose = "people"
    list_display = ("name", "location_code", "enrolled_at", "enrolled_by", "revoked_at")
    list_filter = (("revoked_at", EmptyFieldListFilter),)
    search_fields = ("name", "location_code")
    ordering = ("revoked_at", "name", "id")
    shown = (
        *("name", "location_code", "enrolled_at", "enrolled_by", "revoked_at"),
        "revoke",
    )
    editable = ("revoke",)
    adding = ("name", "stands")
    may_add = True

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **given: Any
    ) -> Any:
        given["form"] = OfferForm if obj is None else DeviceForm
        return super().get_form(request, obj, change=change, **given)

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        if values.get("revoke"):
            people.revoke(row, by=by(request))

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> Model:
        till = {key: found for key, _text, found in standings()}[values["stands"]]
        offered, code = enrolling.offer(
            till_id=till.pk if till else None,
            location_code=till.location.code if till else values["stands"],
            name=values["name"],
            by=by(request).name,
        )
        text = _("Type this code on the device within a quarter of an hour: %(code)s")
        messages.success(request, text % {"code": code})
        return offered

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:staff_tilldevice_changelist")
