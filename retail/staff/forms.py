"""What people type to sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from retail.staff.models import Employee


class EnrolForm(forms.Form):
    code = forms.CharField(
        label=_("Enrolment code"),
        help_text=_("Head office makes it. It works once, for a quarter of an hour."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "off", "autocapitalize": "off"}
        ),
    )


class PinForm(forms.Form):
    employee = forms.ModelChoiceField(
        label=_("Who are you?"),
        queryset=Employee.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    pin = forms.CharField(
        label=_("PIN"),
        min_length=4,
        max_length=8,
        strip=True,
        widget=forms.PasswordInput(
            attrs={"class": "input", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, people: list[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["employee"]
        field.queryset = Employee.objects.filter(pk__in=[each.pk for each in people])
        field.choices = [(each.pk, str(each)) for each in people]


class OfficeForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(
            attrs={"class": "input", "autocomplete": "current-password"}
        ),
    )
