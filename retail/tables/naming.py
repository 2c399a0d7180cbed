"""Tables and fields in the reader's language. The rooms' models are written in code's
words; people's words lie at the edge, here, and need no migration."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from retail.formatting import day_time
from retail.staff.edit_models import Edit

__all__ = ["FIELDS", "differences", "named", "table_name"]

FIELDS: dict[str, Any] = {
    "account": _("Login"),
    "active": _("Offered"),
    "address": _("Address"),
    "after": _("After"),
    "aisle": _("Aisle"),
    "amount": _("Price"),
    "at": _("When"),
    "attempts": _("Tries"),
    "available": _("Available"),
    "balance": _("Balance"),
    "before": _("Before"),
    "birth_date": _("Date of birth"),
    "blocked_until": _("Not promised until"),
    "brand": _("Brand"),
    "buffer": _("Units kept from the web"),
    "by": _("By"),
    "capacity": _("Pickups in a slot"),
    "captured": _("Taken"),
    "captured_at": _("Taken on"),
    "card": _("Card"),
    "change": _("Change"),
    "changed_at": _("Changed"),
    "channel": _("Channel"),
    "city": _("City"),
    "closed_days": _("Closed days"),
    "closed_on": _("Closed for good from"),
    "code": _("Code"),
    "codes": _("Codes made"),
    "country": _("Country"),
    "currency": _("Currency"),
    "customer": _("Customer"),
    "customer_name": _("Customer"),
    "cut_off": _("Last order for today"),
    "dead_at": _("Given up"),
    "department": _("Department"),
    "discount": _("Reduction"),
    "due_at": _("Due"),
    "email": _("E-mail address"),
    "employee_name": _("At the till"),
    "ends_at": _("Until"),
    "enrolled_at": _("Enrolled"),
    "enrolled_by": _("Enrolled by"),
    "erased_at": _("Erased"),
    "events": _("Events"),
    "exclusive": _("Alone"),
    "finished_at": _("Finished"),
    "first_name": _("First name"),
    "former_amount": _("Price before"),
    "given": _("Given"),
    "goods": _("Goods"),
    "gtin": _("Barcode"),
    "handled_at": _("Handled on"),
    "handler": _("By which part"),
    "hash": _("Seal"),
    "hours": _("Opening hours"),
    "icon": _("Picture"),
    "identity_from": _("Identity card from (€)"),
    "is_active": _("Works here"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_error": _("Last error"),
    "last_name": _("Last name"),
    "last_number": _("Last receipt"),
    "lat": _("Latitude"),
    "lead_minutes": _("Minutes to prepare"),
    "listing": _("Article"),
    "location": _("Place"),
    "location_code": _("Place"),
    "login": _("Login"),
    "lon": _("Longitude"),
    "made_at": _("Made"),
    "method": _("Means"),
    "minutes_per_order": _("Minutes for each open order"),
    "most": _("Most uses"),
    "name": _("Name"),
    "name_en": _("Name in English"),
    "name_fr": _("Name in French"),
    "needs_code": _("Needs a code"),
    "net_quantity": _("Net quantity"),
    "net_unit": _("Unit of that"),
    "number": _("Number"),
    "old_until": _("The secret before counts until"),
    "on_hand": _("On hand"),
    "open_requests": _("Open requests"),
    "order": _("Order"),
    "order_number": _("Order"),
    "origin": _("Whose"),
    "oversold": _("Sold beyond"),
    "password": _("Password"),
    "paused": _("Paused"),
    "payment": _("Payment"),
    "phone": _("Phone"),
    "pin": _("PIN"),
    "placed_at": _("Ordered"),
    "points_earned": _("Points earned"),
    "points_spent": _("Points spent"),
    "points_redeemed": _("Points spent"),
    "position": _("Position"),
    "postcode": _("Postcode"),
    "previous_hash": _("Seal before"),
    "priority": _("Rank"),
    "product": _("Product"),
    "promotion": _("Offer"),
    "provider": _("Provider"),
    "provider_reference": _("Reference at the provider"),
    "quantity": _("Quantity"),
    "rate": _("Rate"),
    "reason": _("Reason"),
    "reference": _("Reference"),
    "refunded": _("Given back"),
    "registered_at": _("Registered"),
    "reserved": _("Reserved"),
    "revoked_at": _("Revoked"),
    "role": _("Role"),
    "rule": _("Rule"),
    "safety": _("Units never promised"),
    "secret": _("Secret"),
    "sent_at": _("Sent"),
    "sequence": _("Step"),
    "shipping": _("Delivery"),
    "size": _("Size"),
    "slot_minutes": _("Minutes of a slot"),
    "sold_at": _("Sold"),
    "starts_at": _("From"),
    "state": _("State"),
    "status": _("State"),
    "subject": _("About"),
    "tax": _("VAT"),
    "tax_category": _("VAT rate"),
    "tax_rate": _("VAT rate"),
    "text": _("Text"),
    "till": _("Till"),
    "timezone": _("Time zone"),
    "title": _("Title"),
    "to_take": _("To be taken"),
    "to": _("To"),
    "total": _("Total"),
    "unit": _("Sold by"),
    "unit_price": _("Unit price"),
    "url": _("Address"),
    "used": _("Uses"),
    "valid_from": _("From"),
    "valid_to": _("Until"),
    "variant": _("Article"),
    "version": _("Version"),
    "way": _("Way"),
    "worth": _("Worth"),
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d")
# a word that means something else there
ELSEWHERE: dict[tuple[str, str], Any] = {
    ("retail.payment", "amount"): _("Amount"),
    ("retail.refund", "amount"): _("Amount"),
    ("pos.tender", "amount"): _("Amount"),
    ("inventory.stockmovement", "at"): _("Moved"),
    ("retail.refund", "at"): _("Given back on"),
}


def named(model: type[models.Model], one: Any, many: Any) -> None:
    """Said of the class as it is at work. What migrations compare is what was declared,
    so none becomes necessary."""
    model._meta.verbose_name, model._meta.verbose_name_plural = one, many
    for field in model._meta.concrete_fields:
        label = ELSEWHERE.get((model._meta.label_lower, field.name))
        if label or field.name in FIELDS:
            field.verbose_name = label or FIELDS[field.name]


def table_name(label: str) -> str:
    """ "inventory.product" as people say it; the label itself for one that is gone."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label


def differences(edit: Edit) -> list[tuple[str, str, str]]:
    """[(field, before, after)] in the reader's words; what stayed empty is left out."""
    return [
        (
            str(ELSEWHERE.get((edit.table, name)) or FIELDS.get(name, name)),
            _said(edit, name, edit.before),
            _said(edit, name, edit.after),
        )
        for name in dict.fromkeys([*edit.before, *edit.after])
        if edit.before.get(name) or edit.after.get(name)
    ]


def _said(edit: Edit, name: str, values: dict[str, str]) -> str:
    value = values.get(name, "")
    if MOMENT.fullmatch(value):
        return day_time(timezone.localtime(datetime.fromisoformat(value)))
    return str(_choices(edit.table, name).get(value, value))


def _choices(table: str, name: str) -> dict[str, Any]:
    """Of a field that is chosen, {as kept: in words}."""
    try:
        field = apps.get_model(table)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return {}
    if isinstance(field, models.BooleanField):
        return {"1": _("Yes"), "0": _("No")}
    return dict(field.flatchoices) if isinstance(field, models.Field) else {}
