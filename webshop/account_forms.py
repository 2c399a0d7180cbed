"""What a customer types of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from retail.customers.phones import BadPhone, e164
from retail.fulfilment.models import Method
from retail.notices.telling import SMS
from webshop.forms import text

# notices that an order can do without, and short messages at all
WANTED = [
    ("pickup_reminder", _("A reminder while bags still wait for you")),
    ("collected_thanks", _("A question how it went, once you have collected")),
    (SMS, _("Short messages, if you gave a number")),
]


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

    def clean_phone(self) -> str:
        try:
            return e164(self.cleaned_data["phone"])
        except BadPhone as error:
            raise forms.ValidationError(
                _("Write a phone number such as 06 12 34 56 78.")
            ) from error


class Preferences(forms.Form):
    """`stores`: (code, name) of those where this customer may collect."""

    language = forms.ChoiceField(
        label=_("Letters in"),
        choices=settings.LANGUAGES,
        widget=forms.Select(attrs={"class": "input"}),
    )
    receives = forms.ChoiceField(
        label=_("The checkout proposes"),
        required=False,
        choices=[
            ("", _("Nothing: I choose each time")),
            (Method.COLLECT, _("Collecting in a store")),
            (Method.SHIP, _("Home delivery")),
        ],
        widget=forms.Select(attrs={"class": "input"}),
    )
    usual_store = forms.ChoiceField(
        label=_("Your usual store"),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    wanted = forms.MultipleChoiceField(
        label=_("What you want beside that"),
        required=False,
        choices=WANTED,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, stores: Sequence[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        places = self.fields["usual_store"]
        assert isinstance(places, forms.ChoiceField)  # noqa: S101 -- for the types
        places.choices = [("", _("None in particular")), *stores]

    @property
    def unwanted(self) -> set[str]:
        return {name for name, _label in WANTED} - set(self.cleaned_data["wanted"])


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
