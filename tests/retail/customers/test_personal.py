"""Nothing that belongs to a customer is forgotten by the export or by the erasure."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from retail.channels import BUSINESS
from retail.customers.models import Customer
from retail.customers.personal import Shape, sections, wipes

Model = type[models.Model]

# Plain ids by which a row belongs to a customer, beside foreign keys.
IDS = {"customer_id", "order_id", "subject", "one_id"}

# Tables that the export leaves out, and why.
NOT_TOLD = {
    "CashMove": "the house's drawer, by an order's id",
    "ParkedTicket": "goods on a counter for some minutes; the sale is a ticket",
    "OutboxMessage": "copies of what orders and pickups say",
    "InboxMessage": "which message was handled: ids",
    "PossibleMatch": "a guess of the house, by ids",
    "NotSame": "a decision of the house, by ids",
}

# Texts, dates and documents that an erasure leaves as they are, and why.
KEPT = {
    "Customer": {
        "language": "says nothing of one person",
        "registered_by": "names staff",
    },
    "CustomerLink": {"by": "names staff"},
    "ConsentEvent": dict.fromkeys(("wording", "language", "by"), "proof of what held"),
    "Order": dict.fromkeys(
        ("number", "language", "requested", "currency"), "the books"
    ),
    "OrderLine": {
        **dict.fromkeys(("gtin", "title"), "goods"),
        "offers": "what made the price",
    },
    "OrderEvent": dict.fromkeys(("kind", "before", "after"), "states"),
    "Payment": dict.fromkeys(
        ("provider", "provider_reference", "currency", "next_action"),
        "money, to be found at the bank",
    ),
    "Refund": dict.fromkeys(("reason", "provider_reference"), "a state; the bank's id"),
    "Fulfilment": {
        **dict.fromkeys(("requested", "currency"), "a state"),
        "offers": "goods",
    },
    "PickupJob": {
        **dict.fromkeys(("order_number", "order_origin", "currency"), "the books"),
        "code_hash": "made of the pickup's id with a key",
        "shelf": "where a bag lay",
        "picker": "names staff",
    },
    "PickupOffer": dict.fromkeys(("gtin", "title"), "goods"),
    "PickupLine": dict.fromkeys(("gtin", "title"), "goods"),
    "PickupEvent": dict.fromkeys(("move", "before", "after"), "states"),
    "ShipJob": {"order_number": "the books"},
    "ShipLine": dict.fromkeys(("gtin", "title"), "goods"),
    "ShipEvent": dict.fromkeys(("move", "before", "after"), "states"),
    "LoyaltyEntry": dict.fromkeys(
        ("reference", "label"), "an order's or ticket's number"
    ),
    "Ticket": {
        **dict.fromkeys(("hash", "previous_hash", "canonical"), "sealed: ids, amounts"),
        **dict.fromkeys(("order_number", "currency"), "the books"),
        **dict.fromkeys(("employee_name", "approved_by_name"), "names staff"),
    },
    "ParkedTicket": {
        "content": "goods",
        **dict.fromkeys(("by", "taken_by"), "names staff"),
    },
    "CashMove": {
        "reason": "about the drawer",
        **dict.fromkeys(("employee_name", "approved_by_name"), "names staff"),
    },
    "Return": {
        **dict.fromkeys(("order_number", "title"), "the books, and goods"),
        "by": "names staff",
    },
    "TicketLine": {
        **dict.fromkeys(("gtin", "title"), "goods"),
        "offers": "what made the price",
    },
    "OutboxMessage": {"kind": "which message", "acted_by": "names staff"},
    "Notice": {
        **dict.fromkeys(("kind", "key", "language"), "which notice"),
        "last_error": "the kind of an error",
        "acted_by": "names staff",
    },
    "StockAlert": {"language": "of the letter"},
    "SurveyAnswer": {"location": "a store's code"},
    "InboxMessage": dict.fromkeys(("kind", "handler"), "which message"),
    "PossibleMatch": {"reasons": "rules and weights", "decided_by": "names staff"},
    "NotSame": {"by": "names staff"},
}


def business() -> list[Model]:
    return [
        model
        for label in sorted(BUSINESS)
        for model in apps.get_app_config(label).get_models()
    ]


def of_a_customer() -> set[Model]:
    """Models whose rows belong to a customer: by id, or by hanging on such a row."""
    found: set[Model] = {Customer} | {
        model
        for model in business()
        if {field.attname for field in model._meta.concrete_fields} & IDS
    }
    more = found
    while more:
        more = {
            model
            for model in set(business()) - found
            if {
                field.related_model
                for field in model._meta.concrete_fields
                if isinstance(field, models.ForeignKey)
            }
            & found
        }
        found |= more
    return found


def told(model: Model, shape: Shape) -> set[Model]:
    found = {model}
    for name, part in shape.parts.items():
        found |= told(model._meta.get_field(name).related_model, part)
    return found


def test_every_table_of_a_customer_is_exported() -> None:
    exported = set().union(*(told(each.model, each.shape) for each in sections()))
    left = {model.__name__ for model in of_a_customer() - exported}
    assert left == set(NOT_TOLD), "a section of the export, or a reason in NOT_TOLD"


def test_every_text_of_a_customer_is_wiped_or_kept_for_a_reason() -> None:
    wiped = {each.table: set(each.sets) for each in wipes()}
    plain = (models.CharField, models.TextField, models.JSONField, models.DateField)
    left: dict[str, set[str]] = {}
    for model in of_a_customer():
        columns = {
            field.column
            for field in model._meta.concrete_fields
            if isinstance(field, plain)
            and not isinstance(field, models.DateTimeField)
            and not field.choices
            and field.column not in wiped.get(model._meta.db_table, set())
        }
        if columns:
            left[model.__name__] = columns
    assert left == {name: set(kept) for name, kept in KEPT.items()}, (
        "a Wipe in `personal`, or a reason in KEPT"
    )


def test_what_is_wiped_is_there() -> None:
    columns = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in business()
    }
    for each in wipes():
        assert set(each.sets) <= columns[each.table]
