"""Tickets and tills in the words of OpenAPI. The views read tickets themselves, because
their hash is over every field as it came."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inventory.models import Unit
from inventory.quantities import MOST, MOST_GRAMS
from pos.models import CutReason, ReturnReason, TenderMethod, TicketKind
from pos.payloads import MAX_OFFERS
from retail.interfaces.fields import MoneySchema, ProblemSchema
from retail.interfaces.schema import answers, page_of

__all__ = [
    "BatchAnswerSchema",
    "BatchSchema",
    "BookedSchema",
    "OpenSchema",
    "TicketSchema",
    "TillPage",
    "TillSchema",
    "answers",
]

Serializer = serializers.Serializer[object]
AMOUNT = r"^-?\d+\.\d{2}$"  # below zero on a refund
HASH = r"^[0-9a-f]{64}$"


class ReturnedSchema(Serializer):
    ticket = serializers.UUIDField(allow_null=True, help_text="null: no receipt")
    position = serializers.IntegerField(allow_null=True, help_text="of the sold line")
    reason = serializers.ChoiceField(ReturnReason.values)
    restock = serializers.BooleanField(help_text="else written off")


class OffSchema(Serializer):
    promotion = serializers.UUIDField()
    amount = serializers.RegexField(AMOUNT, help_text="euros off the line")


class CutSchema(Serializer):
    before = serializers.RegexField(AMOUNT, help_text="the price for one")
    reason = serializers.ChoiceField(CutReason.values)


class TicketLineSchema(Serializer):
    gtin = serializers.CharField(allow_null=True, help_text="null on a web order's")
    quantity = serializers.IntegerField(
        min_value=-MOST_GRAMS,
        max_value=MOST_GRAMS,
        help_text=f"below zero where goods came back; pieces up to {MOST}",
    )
    unit = serializers.ChoiceField(
        Unit.values, default=Unit.PIECE, help_text="of the quantity"
    )
    unit_price = serializers.RegexField(
        AMOUNT, help_text="for a piece, or for a kilo where the unit is gram"
    )
    total = serializers.RegexField(AMOUNT)
    tax_rate = serializers.RegexField(r"^\d\.\d{4}$")
    cut = CutSchema(
        required=False, allow_null=True, help_text="a seller asked less than the price"
    )
    returned = ReturnedSchema(required=False, allow_null=True)
    offers = OffSchema(many=True, required=False)


class TenderSchema(Serializer):
    method = serializers.ChoiceField(TenderMethod.values)
    amount = serializers.RegexField(AMOUNT)
    given = serializers.RegexField(AMOUNT)
    change = serializers.RegexField(AMOUNT)
    gift_card = serializers.UUIDField(
        required=False, allow_null=True, help_text="the card that pays, of `gift` alone"
    )


class TicketSchema(Serializer):
    id = serializers.UUIDField()
    till = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(TicketKind.values)
    sold_at = serializers.RegexField(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
    employee = serializers.UUIDField()
    customer = serializers.UUIDField(allow_null=True, required=False)
    order = serializers.UUIDField(allow_null=True, required=False)
    currency = serializers.ChoiceField(["EUR"])
    lines = TicketLineSchema(many=True)
    tenders = TenderSchema(many=True)
    points_spent = serializers.IntegerField(help_text="below zero: given back")
    total = serializers.RegexField(AMOUNT)
    previous_hash = serializers.RegexField(HASH)
    hash = serializers.RegexField(
        HASH, help_text="SHA-256 of the canonical text, in lower case"
    )
    take_held = serializers.BooleanField(
        required=False, help_text="take units that are held for a pickup"
    )
    only_free = serializers.BooleanField(
        required=False, help_text="sell nothing that is not free to promise"
    )
    approval = serializers.CharField(
        required=False,
        help_text="a manager's signed word for this ticket; only the house's till gets one",
    )
    coupons = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MAX_OFFERS,
        required=False,
        help_text="codes whose offers are on the lines",
    )


class BookedSchema(Serializer):
    id = serializers.UUIDField()
    result = serializers.ChoiceField(["accepted", "replayed"])
    till = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(TicketKind.values)
    hash = serializers.CharField()
    sold_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    total = MoneySchema()
    tax = MoneySchema()
    points_earned = serializers.IntegerField()
    points_spent = serializers.IntegerField()
    order_number = serializers.CharField(allow_null=True)
    gift_card = serializers.CharField(
        allow_null=True, help_text="the code of the card that it sold"
    )


@extend_schema_field(
    {
        "anyOf": [
            {"$ref": "#/components/schemas/TicketSchema"},
            {"description": "Anything else is `refused`, and the others go on."},
        ]
    }
)
class JudgedAloneField(serializers.JSONField):
    """A ticket of a batch: what is wrong with one is its own answer."""


class BatchSchema(Serializer):
    tickets = serializers.ListField(
        child=JudgedAloneField(), min_length=1, help_text="200 at most"
    )


class OutcomeSchema(Serializer):
    id = serializers.CharField(
        allow_null=True, help_text="as the ticket says it; null where it says none"
    )
    result = serializers.ChoiceField(["accepted", "replayed", "refused", "parked"])
    problem = ProblemSchema(allow_null=True)


class BatchAnswerSchema(Serializer):
    results = OutcomeSchema(many=True, help_text="in the order of the tickets")


class NextSchema(Serializer):
    number = serializers.IntegerField()
    previous_hash = serializers.CharField()


class OpenShiftSchema(Serializer):
    employee = serializers.UUIDField()
    employee_name = serializers.CharField()
    opened_at = serializers.DateTimeField()


class TillSchema(Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    next = NextSchema(help_text="what the next ticket must carry")
    shift = OpenShiftSchema(allow_null=True)


class OpenSchema(Serializer):
    employee = serializers.UUIDField()


TillPage = page_of(TillSchema)
