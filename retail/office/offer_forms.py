"""The form of an offer. What is typed becomes a rule, and the rule's
own check (`making.checked_rule`) says what is wrong with it."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import prices
from inventory.gtin import BadGtin, valid
from inventory.ids import new_id
from inventory.models import Department, Location
from inventory.places import Channel
from retail.office.offer_fields import WRONG, amount, barcodes, moment, units
from retail.promotions.making import BadRule, checked_rule
from retail.promotions.models import Promotion

MOST_GTINS = 200
PARTS = (1, 2, 3)  # of a bundle
NAME = 80
UNITS = ("take", "pay")


class OfferForm(forms.Form):
    """`kind` is one of the rule's; the form holds the fields of that kind alone. Where
    the channel's offers are given on both channels (`joint`) it can be narrowed."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name_fr = forms.CharField(
        label=gettext_lazy("Name in French"),
        max_length=NAME,
        widget=forms.TextInput(attrs={"class": "input", "lang": "fr"}),
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=NAME,
        widget=forms.TextInput(attrs={"class": "input", "lang": "en"}),
    )
    starts_at = moment(
        label=gettext_lazy("From"), help_text=gettext_lazy("Empty: at once.")
    )
    ends_at = moment(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Empty: until you end it."),
    )

    def __init__(
        self, *args: Any, kind: str, channel: Channel, joint: bool, **given: Any
    ) -> None:
        given.setdefault("initial", {"id": new_id()})
        super().__init__(*args, **given)
        self.kind, self.channel = kind, channel
        self.departments = list(Department.objects.order_by("position", "code"))
        self.rule: dict[str, Any] = {}
        rule_fields = self._rule_fields()
        self.fields.update(rule_fields)
        self.rule_names = [name for name, _field in rule_fields]
        if joint:
            self.fields["channels"] = forms.MultipleChoiceField(
                label=gettext_lazy("Given on"),
                choices=Channel.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=gettext_lazy("None ticked: on both."),
            )
        if joint or channel == Channel.POS:
            stores = Location.objects.filter(kind="store").order_by("name")
            self.fields["stores"] = forms.MultipleChoiceField(
                label=gettext_lazy("Only in these stores"),
                choices=[(each.code, each.name) for each in stores],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=gettext_lazy("None ticked: in all of them."),
            )
        self.fields["needs_code"] = forms.BooleanField(
            label=gettext_lazy("Only with a code"), required=False
        )
        self.fields["exclusive"] = forms.BooleanField(
            label=gettext_lazy("Shares no article with another offer"), required=False
        )
        self.fields["priority"] = forms.IntegerField(
            label=gettext_lazy("Rank among offers"),
            min_value=1,
            max_value=999,
            initial=100,
            widget=forms.NumberInput(attrs={"class": "input", "min": 1, "max": 999}),
            help_text=gettext_lazy("Lower comes first; 100 is usual."),
        )
        # as the page shows them, so that its list of errors follows it
        self.order_fields(
            [*self.rule_names, "name_fr", "name_en", "starts_at", "ends_at", "priority"]
        )

    def _rule_fields(self) -> list[tuple[str, forms.Field]]:
        goods = [("departments", self._several()), ("gtins", self._barcodes())]
        if self.kind == "percent":
            percent = amount("percent", label=gettext_lazy("Percent off"))
            return [("percent", percent), *goods]
        if self.kind == "amount":
            each = amount("amount", label=gettext_lazy("Euros off each"))
            return [("amount", each), *goods]
        if self.kind == "n_for_m":
            take = units("take", label=gettext_lazy("So many taken"), initial=3)
            pay = units("pay", label=gettext_lazy("So many paid"), initial=2)
            return [("take", take), ("pay", pay), *goods]
        if self.kind == "basket":
            either = {
                "required": False,
                "help_text": gettext_lazy("Either euros or percent."),
            }
            least = amount("from", label=gettext_lazy("From (euros)"))
            euros = amount("amount", label=gettext_lazy("Euros off"), **either)
            percent = amount("percent", label=gettext_lazy("Percent off"), **either)
            return [("from", least), ("amount", euros), ("percent", percent), *goods]
        price = amount("price", label=gettext_lazy("Price of all together"))
        fields: list[tuple[str, forms.Field]] = [("price", price)]
        for number in PARTS:
            many = units(
                "quantity", label=gettext_lazy("How many"), initial=1, required=False
            )
            fields += [
                (f"quantity_{number}", many),
                (f"departments_{number}", self._one()),
                (f"gtins_{number}", self._barcodes()),
            ]
        return fields

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """[(a title or none, fields)] of what it gives, as they are shown."""
        first = [self[name] for name in self.rule_names if name[-1] not in "123"]
        if self.kind != "bundle":
            return [("", first)]
        names = ("quantity", "departments", "gtins")
        parts = [
            (
                _("Part %(number)s") % {"number": n},
                [self[f"{name}_{n}"] for name in names],
            )
            for n in PARTS
        ]
        return [("", first), *parts]

    def _several(self) -> forms.MultipleChoiceField:
        return forms.MultipleChoiceField(
            label=gettext_lazy("Departments"),
            choices=[(str(each.id), each.name) for each in self.departments],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=gettext_lazy("No department and no barcode: everything."),
        )

    def _one(self) -> forms.ChoiceField:
        named = [(str(each.id), each.name) for each in self.departments]
        return forms.ChoiceField(
            label=gettext_lazy("Department"),
            choices=[("", "–"), *named],
            required=False,
            widget=forms.Select(attrs={"class": "input"}),
        )

    def _barcodes(self) -> forms.CharField:
        return barcodes(label=gettext_lazy("Barcodes, one a line"))

    def clean(self) -> dict[str, Any]:
        told = cast("dict[str, Any]", super().clean())
        starts, ends = told.get("starts_at") or timezone.now(), told.get("ends_at")
        if ends and ends <= starts:
            self.add_error("ends_at", _("Choose a moment after it has begun."))
        wanted = self._asked(told)
        if not self.errors:
            try:
                self.rule = checked_rule(wanted)
            except BadRule as refusal:
                self.add_error(self._field_of(refusal.field), str(WRONG[refusal.field]))
        return told

    def _asked(self, told: dict[str, Any]) -> dict[str, Any]:
        """The rule as it was typed."""
        asked: dict[str, Any] = {"kind": self.kind}
        for name in ("percent", "amount", "price", "from", "take", "pay"):
            if told.get(name) not in (None, ""):
                value = told[name]
                asked[name] = value if name in UNITS else value.replace(",", ".")
        if self.kind != "bundle":
            where = told.get("departments", [])
            return {**asked, "goods": self._goods(told, "gtins", where)}
        parts = []
        for number in PARTS:
            where = [told.get(f"departments_{number}", "")]
            goods = self._goods(
                told, f"gtins_{number}", [each for each in where if each]
            )
            if goods:
                parts.append(
                    {"quantity": told.get(f"quantity_{number}"), "goods": goods}
                )
        return {**asked, "parts": parts}

    def _goods(
        self, told: dict[str, Any], name: str, departments: list[str]
    ) -> dict[str, list[str]]:
        gtins = self._sold(name, re.split(r"[\s,;]+", told.get(name, "").strip()))
        found = {"departments": departments, "gtins": gtins}
        return {key: value for key, value in found.items() if value}

    def _sold(self, name: str, typed: list[str]) -> list[str]:
        """The barcodes, each once, if the channel sells all of them. One query."""
        gtins: dict[str, str] = {}
        for each in filter(None, typed):
            try:
                gtins[valid(each)] = each
            except BadGtin:
                self.add_error(name, _("%(typed)s is no barcode.") % {"typed": each})
                return []
        if len(gtins) > MOST_GTINS:
            text = _("At most %(most)s barcodes: name their department instead.")
            self.add_error(name, text % {"most": MOST_GTINS})
            return []
        known = prices.priced(self.channel, gtins) if gtins else {}
        strange = [typed for gtin, typed in gtins.items() if gtin not in known]
        if strange:
            text = _("Not sold on this channel: %(gtins)s.")
            self.add_error(name, text % {"gtins": ", ".join(strange[:5])})
        return list(gtins)

    def _field_of(self, name: str) -> str:
        if name in self.fields:
            return name
        return {"quantity": "quantity_1", "parts": "departments_2"}[name]

    def given(self) -> dict[str, Any]:
        """What `making.make_offer` takes, after the form was found right."""
        told = self.cleaned_data
        return {
            "id": told["id"],
            "channel": self.channel,
            "name_fr": told["name_fr"],
            "name_en": told["name_en"],
            "rule": self.rule,
            "starts_at": told["starts_at"] or timezone.now(),
            "ends_at": told["ends_at"],
            "priority": told["priority"],
            "exclusive": told["exclusive"],
            "needs_code": told["needs_code"],
            "channels": told.get("channels", []),
            "stores": told.get("stores", []),
        }

    def unsaved(self) -> Promotion:
        """As it would be, to be looked at."""
        given = self.given()
        return Promotion(origin=given.pop("channel"), **given)
