"""What a customer types of themselves."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from retail.customers.phones import BadPhone, e164
from webshop.forms import text


class Profile(forms.Form):
    first_name = text(_("First name"), 80, "given-name")
    last_name = text(_("Last name"), 80, "family-name", required=False)
    phone = text(
        _("Phone"),
        20,
        "tel",
        required=False,
        help_text=_("For a short message when an order is ready."),
    )
    language = forms.ChoiceField(
        label=_("Letters in"),
        choices=settings.LANGUAGES,
        widget=forms.Select(attrs={"class": "input"}),
    )

    def clean_phone(self) -> str:
        try:
            return e164(self.cleaned_data["phone"])
        except BadPhone as error:
            raise forms.ValidationError(
                _("Write a phone number such as 06 12 34 56 78.")
            ) from error


class AddressForm(forms.Form):
    """`id` is the one that the server gave this form: sent twice, it is one address."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    line1 = text(_("Street and number"), 120, "address-line1")
    line2 = text(_("Building, floor"), 120, "address-line2", required=False)
    postcode = forms.RegexField(
        label=_("Postcode"),
        regex=r"^[0-9]{5}$",
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "autocomplete": "postal-code",
                "inputmode": "numeric",
            }
        ),
        error_messages={"invalid": _("A French postcode has five digits.")},
    )
    city = text(_("Town"), 80, "address-level2")
