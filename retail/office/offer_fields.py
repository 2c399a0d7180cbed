"""What an offer's form is made of: its fields, and what is said where one is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

MOMENT = "%Y-%m-%dT%H:%M"
WRONG: Mapping[str, Any] = {
    "percent": gettext_lazy("Type a number from 0.01 to 100."),
    "amount": gettext_lazy("Type an amount in euros, such as 0.50."),
    "price": gettext_lazy("Type the price of all together in euros, such as 4.00."),
    "from": gettext_lazy("Type the amount from which it is given, such as 40.00."),
    "take": gettext_lazy("Type how many are taken: 2 to 100."),
    "pay": gettext_lazy("Type how many of them are paid: fewer than are taken."),
    "parts": gettext_lazy("Name the goods of at least two parts."),
    "quantity": gettext_lazy("Type how many of each part: 1 to 100."),
}


def amount(name: str, **given: Any) -> forms.CharField:
    """The comma of French becomes a point; the rule's check does the rest."""
    widget = forms.TextInput(attrs={"class": "input", "inputmode": "decimal"})
    said = {"required": WRONG[name]}
    return forms.CharField(max_length=12, widget=widget, error_messages=said, **given)


def units(name: str, **given: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "input", "min": 1, "max": 100})
    said = {"required": WRONG[name]}
    return forms.IntegerField(widget=widget, error_messages=said, **given)


def barcodes(**given: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": 2})
    return forms.CharField(max_length=4000, required=False, widget=widget, **given)


def moment(**given: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        format=MOMENT, attrs={"class": "input", "type": "datetime-local"}
    )
    return forms.DateTimeField(
        required=False,
        widget=widget,
        input_formats=[MOMENT, f"{MOMENT}:%S"],
        error_messages={"invalid": gettext_lazy("Choose a day and an hour.")},
        **given,
    )
