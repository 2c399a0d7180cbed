"""A place's work, products and places in the words of OpenAPI."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from retail.fulfilment.api_store_moves import HIDDEN
from retail.fulfilment.models import Method
from retail.fulfilment.states import PICKUP_MOVES, SHIP_MOVES
from retail.interfaces.fields import MoneySchema
from retail.interfaces.schema import PAGED, answers, page_of

__all__ = [
    "FILTERS",
    "FIND",
    "MOVE",
    "NEAR",
    "AvailabilitySchema",
    "FulfilmentPage",
    "FulfilmentSchema",
    "MoveSchema",
    "ProductPage",
    "ProductSchema",
    "StorePage",
    "answers",
]

Serializer = serializers.Serializer[object]
MOVES = [name for name in {**PICKUP_MOVES, **SHIP_MOVES} if name not in HIDDEN]

FILTERS = [
    OpenApiParameter("location", str, description="the key's own, or left out"),
    OpenApiParameter("status", str),
    *PAGED,
]
MOVE = [
    OpenApiParameter("move", str, OpenApiParameter.PATH, enum=MOVES),
    OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "format": "uuid"},
        OpenApiParameter.HEADER,
        required=True,
        description="becomes the id of the move's event: the same makes it once",
    ),
]
FIND = [
    OpenApiParameter("q", str, description="words of the name or brand, or a GTIN"),
    OpenApiParameter("category", str, description="a department's code"),
    *PAGED,
]
NEAR = [
    OpenApiParameter("near", str, description="latitude,longitude"),
    OpenApiParameter("slots", bool, description="with each store's next free slots"),
]


class JobLineSchema(Serializer):
    gtin = serializers.CharField()
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    picked = serializers.IntegerField()
    short = serializers.IntegerField()
    collected = serializers.IntegerField()
    instead_of = serializers.CharField(
        allow_null=True, help_text="GTIN of the missing article that it replaces"
    )


class CollectorSchema(Serializer):
    name = serializers.CharField()


class SpanSchema(Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class FulfilmentSchema(Serializer):
    id = serializers.UUIDField()
    order = serializers.UUIDField()
    order_number = serializers.CharField()
    method = serializers.ChoiceField(Method.values)
    location = serializers.CharField()
    status = serializers.CharField()
    ready_by = serializers.DateTimeField(allow_null=True)
    placed_at = serializers.DateTimeField()
    customer = CollectorSchema()
    due = MoneySchema(allow_null=True)
    moves = serializers.ListField(
        child=serializers.ChoiceField(MOVES), help_text="legal now"
    )
    lines = JobLineSchema(many=True)
    hold_until = serializers.DateTimeField(allow_null=True, required=False)
    reason = serializers.CharField(allow_null=True, required=False)
    shelf = serializers.CharField(allow_null=True, required=False)
    bags = serializers.IntegerField(allow_null=True, required=False)
    collector = serializers.CharField(
        allow_null=True, required=False, help_text="a person named by the buyer"
    )
    slot = SpanSchema(allow_null=True, required=False)
    on_way_at = serializers.DateTimeField(allow_null=True, required=False)
    where = serializers.CharField(allow_null=True, required=False)
    address = serializers.DictField(required=False, help_text="of a parcel")
    tracking = serializers.CharField(allow_null=True, required=False)


class UnitsSchema(Serializer):
    gtin = serializers.CharField()
    quantity = serializers.IntegerField(min_value=0, max_value=9999)
    damaged = serializers.IntegerField(
        min_value=0, required=False, help_text="of return: these do not enter the stock"
    )


class OfferSchema(Serializer):
    gtin = serializers.CharField()
    instead_of = serializers.CharField(help_text="GTIN of the missing article")
    quantity = serializers.IntegerField(min_value=1, max_value=9999)


class MoveSchema(Serializer):
    """Each move takes its own fields and no others."""

    lines = UnitsSchema(
        many=True,
        required=False,
        help_text="of pick and short: units in all; of await-transfer: what is to"
        " come; of hand-over and return: all of it without",
    )
    offers = OfferSchema(
        many=True, required=False, help_text="of short: held until the customer chose"
    )
    source = serializers.CharField(  # type: ignore[assignment] # a member of that name
        max_length=20, required=False, help_text="of await-transfer: a store's code"
    )
    reason = serializers.CharField(
        max_length=80,
        required=False,
        help_text="of short, await-transfer, reject and cancel; of hand-over, why there"
        " is no code",
    )
    shelf = serializers.CharField(max_length=20, required=False, help_text="of stage")
    bags = serializers.IntegerField(
        min_value=1, max_value=30, required=False, help_text="of stage; 1 without"
    )
    where = serializers.CharField(
        max_length=60, required=False, help_text="of check-in"
    )
    code = serializers.CharField(
        max_length=20, required=False, help_text="of hand-over"
    )
    name_checked = serializers.BooleanField(
        required=False, help_text="of hand-over, in place of the code"
    )
    identity_checked = serializers.BooleanField(
        required=False,
        help_text="of hand-over, where the store asks for an identity card",
    )
    tracking = serializers.CharField(max_length=80, required=False, help_text="of ship")


FulfilmentPage = page_of(FulfilmentSchema)


class DeliverySchema(Serializer):
    offered = serializers.BooleanField()
    available = serializers.IntegerField(allow_null=True)


class PickupSchema(Serializer):
    offered = serializers.BooleanField()
    stores = serializers.IntegerField(help_text="that can promise it now")


class ProductSchema(Serializer):
    gtin = serializers.CharField()
    name = serializers.CharField()
    brand = serializers.CharField()
    category = serializers.CharField(help_text="a department's code")
    price = MoneySchema()
    former_price = MoneySchema(allow_null=True)
    size = serializers.CharField()
    unit = serializers.CharField()
    image = serializers.CharField(allow_null=True)
    delivery = DeliverySchema()
    pickup = PickupSchema()


ProductPage = page_of(ProductSchema)


class SlotSchema(Serializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    free = serializers.IntegerField(help_text="pickups that it still takes")


class PlacePickupSchema(Serializer):
    offered = serializers.BooleanField()
    ready_by = serializers.DateTimeField(allow_null=True)
    paused = serializers.BooleanField(help_text="no pickups are taken for the moment")
    slots = SlotSchema(
        many=True, required=False, help_text="those that are free, where asked for"
    )


class PlaceAvailabilitySchema(Serializer):
    location = serializers.CharField()
    name = serializers.CharField()
    distance_m = serializers.IntegerField(allow_null=True)
    available = serializers.IntegerField()
    pickup = PlacePickupSchema()
    on_hand = serializers.IntegerField(required=False, help_text="scope store")
    reserved = serializers.IntegerField(required=False, help_text="scope store")
    safety = serializers.IntegerField(required=False, help_text="scope store")


class AvailabilitySchema(Serializer):
    gtin = serializers.CharField()
    as_of = serializers.DateTimeField()
    source = serializers.ChoiceField(  # type: ignore[assignment] # a member of that name
        ["live", "feed"]
    )
    locations = PlaceAvailabilitySchema(many=True)


class ClosedDaysSchema(Serializer):
    first = serializers.DateField()
    last = serializers.DateField(help_text="closed on this day too")
    fr = serializers.CharField(help_text="why, in French")
    en = serializers.CharField()


class StoreSchema(Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    phone = serializers.CharField()
    hours = serializers.CharField(help_text="opening_hours of OpenStreetMap")
    closed_days = ClosedDaysSchema(
        many=True, help_text="days that are closed whatever the hours say"
    )
    closed_on = serializers.DateField(
        allow_null=True, help_text="closed for good from this day on"
    )
    timezone = serializers.CharField()
    pickup = serializers.BooleanField(help_text="whether web orders are collected here")


StorePage = page_of(StoreSchema)
