"""Head office's tables of the catalogue: departments, products, articles, what a channel
offers, and its prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin import RelatedFieldListFilter
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from inventory.gtin import BadGtin, valid
from inventory.models import Department, Listing, TaxCategory
from inventory.places import Channel
from retail import channels
from retail.catalogue import masters, offered
from retail.channels import current
from retail.formatting import french, money
from retail.tables.table import Refused, Table, by, column
from retail.tables.telling import percent


class MasterTable(Table):
    """Rows of head office, equal on every side."""

    whose = "head_office"

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        masters.change(self.model, row.pk, values, by=by(request))

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> models.Model:
        known = masters.MASTERS[self.model]
        told = {name: value for name, value in values.items() if name in known}
        return masters.add(self.model, told, by=by(request))


class DepartmentTable(MasterTable):
    list_display = ("name_fr", "name_en", "code", "position")
    ordering = ("position", "code")
    search_fields = ("name_fr", "name_en", "code")
    shown = ("code", "name_fr", "name_en", "icon", "position")
    editable = ("name_fr", "name_en", "icon", "position")
    adding = shown
    may_add = True

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        if db_field.name != "icon":
            return super().formfield_for_dbfield(db_field, request, **given)
        known = Department.objects.values_list("icon", flat=True).order_by("icon")
        return forms.ChoiceField(
            label=capfirst(db_field.verbose_name),
            choices=[(icon, icon) for icon in dict.fromkeys(known)],
            widget=UnfoldAdminSelectWidget,
        )


class TaxTable(MasterTable):
    list_display = ("code", "rate", "name_fr", "name_en")
    ordering = ("rate",)
    shown = ("code", "rate", "name_fr", "name_en")


class ProductTable(MasterTable):
    list_display = ("name", "brand", "department")
    list_filter = ("department",)
    list_select_related = ("department",)
    search_fields = ("name", "brand")
    ordering = ("sort_name", "id")
    shown = ("name", "brand", "department")
    editable = adding = shown
    may_add = True


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_gtin(self) -> str:
        told = str(self.cleaned_data["gtin"])
        try:
            return valid(told)
        except BadGtin as error:
            text = _("This is no barcode: its last digit does not fit the others.")
            raise forms.ValidationError(text) from error

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if bool(told.get("net_quantity")) != bool(told.get("net_unit")):
            text = _("A net quantity and its unit are said together, or neither is.")
            self.add_error("net_quantity", text)
        return told


TAXED = column(
    "tax_category",
    gettext_lazy("VAT rate"),
    lambda row: percent(row.tax_category.rate),
    order="tax_category__rate",
)


def taxed(rate: TaxCategory) -> str:
    """`VAT 5.5%, food`: the name says how much."""
    return rate.name_fr if french() else rate.name_en


class Taxed(RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rates = TaxCategory.objects.order_by("rate", "code")
        return [(each.pk, taxed(each)) for each in rates]


class VariantTable(MasterTable):
    form = VariantForm
    list_display = ("gtin", "product", "size", "unit", TAXED, "aisle")
    list_filter = ("unit", ("tax_category", Taxed))
    list_select_related = ("product", "tax_category")
    search_fields = ("gtin", "product__name", "product__brand")
    ordering = ("gtin",)
    autocomplete_fields = ("product",)
    shown = (
        *("product", "gtin", "unit", "size", "net_quantity", "net_unit"),
        *("tax_category", "aisle"),
    )
    editable = ("size", "net_quantity", "net_unit", "tax_category", "aisle")
    adding = shown
    may_add = True

    def called(self, row: Any) -> str:
        return f"{row.product} · {row.gtin}"

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **given)
        if db_field.name == "tax_category":
            field.queryset = TaxCategory.objects.order_by("rate", "code")
            field.label_from_instance = taxed
        return field


class ListingForm(forms.ModelForm):  # type: ignore[type-arg]
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=Channel.choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("The channel that offers it, in its own words."),
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        own, variant = told.get("channel"), told.get("variant")
        if variant and own and not channels.shared() and own != current().channel:
            text = _("Choose that side above first: its rows lie in another database.")
            self.add_error("channel", text)
        elif variant and Listing.objects.filter(origin=own, variant=variant).exists():
            self.add_error("variant", _("This channel offers that article already."))
        return told


class ListingTable(Table):
    form = ListingForm
    list_display = ("title", "variant", "department", "active", "origin")
    list_filter = ("active", "department", "origin")
    list_select_related = ("variant", "department")
    search_fields = ("title", "variant__gtin")
    ordering = ("title", "id")
    autocomplete_fields = ("variant",)
    shown = ("origin", "variant", "title", "text", "department", "active")
    editable = ("title", "text", "department", "active")
    adding = ("channel", "variant", *editable)
    may_add = True

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"channel": current().channel, "active": True}

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        offered.change(row.pk, values, by=by(request))

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> models.Model:
        told = dict(values)
        own = Channel(told.pop("channel") or current().channel)
        return offered.offer(channel=own, by=by(request), **told)


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        begins = told.get("valid_from")
        if begins and begins < timezone.now():
            text = _(
                "What was asked before now stays as it was. Leave it empty for now."
            )
            self.add_error("valid_from", text)
        ends = told.get("valid_to")
        if ends and ends <= (begins or timezone.now()):
            self.add_error("valid_to", _("A price ends after it begins."))
        amount, former = told.get("amount"), told.get("former_amount")
        if amount is not None and former is not None and former <= amount:
            text = _("The price before an offer is higher than the offer’s.")
            self.add_error("former_amount", text)
        return told


class PriceTable(Table):
    """A price is added, never changed."""

    form = PriceForm
    list_display = (
        *("listing", "amount", "former_amount", "valid_from", "valid_to"),
        "origin",
    )
    list_filter = ("origin", "valid_from")
    list_select_related = ("listing",)
    search_fields = ("listing__title", "listing__variant__gtin")
    ordering = ("-valid_from", "id")
    autocomplete_fields = ("listing",)
    shown = ("listing", "amount", "former_amount", "valid_from", "valid_to")
    adding = shown
    may_add = True

    def called(self, row: Any) -> str:
        return f"{row.listing} · {money(row.amount, row.currency)}"

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **given)
        if db_field.name == "valid_from":
            field.required = False
            field.help_text = _("Empty: from now on.")
        return field

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> models.Model:
        try:
            return offered.ask(**values, by=by(request))
        except offered.PriceThere as error:
            raise Refused(_("Another price begins at that moment.")) from error
        except (
            offered.InThePast,
            offered.EndsBefore,
            offered.FormerNotHigher,
        ) as error:
            raise Refused(_("This price does not hold. Look at its dates.")) from error
