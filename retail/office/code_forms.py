"""The forms of an offer's codes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from retail.promotions.coupons import normal
from retail.promotions.making import CODE

MOST_CODES = 1000  # at once


class CodeForm(forms.Form):
    """One code that many may use, or so many that are good once each."""

    code_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "input", "autocapitalize": "characters"}
        ),
        help_text=gettext_lazy("3 to 40 letters, digits and dashes."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("Uses in all"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "input", "min": 1}),
        help_text=gettext_lazy("Empty: as often as people like."),
    )

    def clean_code(self) -> str:
        written = normal(self.cleaned_data["code"])
        if not CODE.fullmatch(written):
            raise forms.ValidationError(
                _("3 to 40 letters without accents, digits and dashes.")
            )
        return written


class CodesForm(forms.Form):
    batch = forms.UUIDField(widget=forms.HiddenInput)
    number = forms.IntegerField(
        label=gettext_lazy("How many codes"),
        min_value=1,
        max_value=MOST_CODES,
        widget=forms.NumberInput(attrs={"class": "input", "min": 1, "max": MOST_CODES}),
        help_text=gettext_lazy("Each is good for one purchase. At most 1,000 at once."),
    )
