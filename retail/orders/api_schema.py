"""Orders in the words of OpenAPI. Read by people and tools; the views read the bodies
themselves, because orders are placed often."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from retail.fulfilment.models import Method
from retail.fulfilment.states import FulfilmentStatus
from retail.fulfilment.visits import ON_WAY_MINUTES
from retail.interfaces.fields import MoneySchema
from retail.interfaces.schema import PAGED, answers, page_of
from retail.orders.models import OrderStatus
from retail.payments.models import RESTS, PaymentMethod, PaymentStatus
from retail.promotions.coupons import MOST_CODES

__all__ = [
    "CHOICES",
    "FIND",
    "ChangeSlotSchema",
    "CheckInSchema",
    "ChooseSchema",
    "ExtendSchema",
    "NameCollectorSchema",
    "OnWaySchema",
    "OrderPage",
    "OrderSchema",
    "PaySchema",
    "PlaceSchema",
    "answers",
]

CHOICES = ("substitute", "other_store", "ship", "drop", "cancel")
Serializer = serializers.Serializer[object]

FIND = [
    OpenApiParameter("number", str, description="W-000123"),
    OpenApiParameter("customer", {"type": "string", "format": "uuid"}),
    *PAGED,
]


class AddressSchema(Serializer):
    name = serializers.CharField(max_length=80)
    line1 = serializers.CharField(max_length=120)
    line2 = serializers.CharField(max_length=120, required=False)
    postcode = serializers.RegexField(r"^(?!9[78])\d{5}$")
    city = serializers.CharField(max_length=80)
    country = serializers.ChoiceField(["FR"], required=False)


class WantedLineSchema(Serializer):
    gtin = serializers.CharField(max_length=20)
    quantity = serializers.IntegerField(min_value=1, max_value=9999)
    method = serializers.ChoiceField(
        Method.values,
        required=False,
        help_text="where this line goes another way than the rest; paid online then",
    )


class WantedWaySchema(Serializer):
    method = serializers.ChoiceField(Method.values)
    slot = serializers.DateTimeField(
        required=False,
        help_text="the beginning of one of the store's slots; else as soon as ready",
    )
    location = serializers.CharField(
        max_length=12, required=False, help_text="a store's code, to collect there"
    )
    collector = serializers.CharField(max_length=80, required=False)
    address = AddressSchema(required=False, help_text="where to ship to")


class WantedPaymentSchema(Serializer):
    method = serializers.ChoiceField(RESTS)
    gift_card = serializers.CharField(
        required=False, help_text="its code: it pays first, as far as it goes"
    )
    token = serializers.CharField(
        max_length=200,
        required=False,
        help_text="pays at once; without it the goods are held for a while",
    )


class PlaceSchema(Serializer):
    email = serializers.EmailField(required=False, help_text="or `customer`")
    customer = serializers.UUIDField(required=False)
    first_name = serializers.CharField(max_length=80, required=False)
    last_name = serializers.CharField(max_length=80, required=False)
    phone = serializers.CharField(max_length=20, required=False)
    language = serializers.ChoiceField(["fr", "en"], required=False)
    lines = WantedLineSchema(many=True)
    fulfilment = WantedWaySchema()
    payment = WantedPaymentSchema()
    coupons = serializers.ListField(
        child=serializers.CharField(max_length=80),
        max_length=MOST_CODES,
        required=False,
    )
    redeem_points = serializers.IntegerField(min_value=0, required=False)


class PaySchema(Serializer):
    id = serializers.UUIDField(
        required=False, help_text="of this attempt: the same again has one effect"
    )
    token = serializers.CharField(max_length=200)


class ChooseSchema(Serializer):
    fulfilment = serializers.UUIDField(required=False)
    choice = serializers.ChoiceField(CHOICES)
    location = serializers.CharField(
        max_length=12, required=False, help_text="of “other_store”"
    )
    address = AddressSchema(required=False, help_text="of “ship”")
    take = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        help_text="of “substitute”: positions of the offers; all unless given",
    )


class CheckInSchema(Serializer):
    fulfilment = serializers.UUIDField(required=False)
    where = serializers.CharField(max_length=60, required=False)


class OnWaySchema(Serializer):
    fulfilment = serializers.UUIDField(required=False)
    minutes = serializers.ChoiceField(ON_WAY_MINUTES)
    where = serializers.CharField(max_length=60, required=False)


class ExtendSchema(Serializer):
    fulfilment = serializers.UUIDField(required=False)


class NameCollectorSchema(Serializer):
    fulfilment = serializers.UUIDField(required=False)
    name = serializers.CharField(
        max_length=80, required=False, help_text="nobody but the buyer unless given"
    )


class ChangeSlotSchema(Serializer):
    fulfilment = serializers.UUIDField(required=False)
    slot = serializers.DateTimeField(help_text="the beginning of a slot of the store")


class OfferTakenSchema(Serializer):
    promotion = serializers.UUIDField()
    name = serializers.CharField(help_text="as it was called then")
    amount = serializers.CharField(help_text="euros off the line, such as 1.20")
    code = serializers.CharField(help_text="the coupon that opened it, or empty")


class OrderLineSchema(Serializer):
    position = serializers.IntegerField()
    gtin = serializers.CharField()
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    dropped = serializers.IntegerField(help_text="units that will not be delivered")
    unit_price = MoneySchema()
    discount = MoneySchema(help_text="what offers take off the whole line")
    offers = OfferTakenSchema(many=True)
    total = MoneySchema(help_text="of the whole line, after its discount")
    tax_rate = serializers.CharField(help_text="0.0550 is 5.5 %")
    replaces = serializers.IntegerField(
        allow_null=True,
        help_text="position of the line that could not be had; not in `totals`",
    )


class OfferedSchema(Serializer):
    position = serializers.IntegerField(help_text="of the line that is missing")
    gtin = serializers.CharField()
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = MoneySchema()


class PromiseLineSchema(Serializer):
    gtin = serializers.CharField()
    quantity = serializers.IntegerField()
    dropped = serializers.IntegerField()
    fulfilled = serializers.IntegerField()


class PromiseSchema(Serializer):
    id = serializers.UUIDField()
    method = serializers.ChoiceField(Method.values)
    location = serializers.CharField()
    status = serializers.ChoiceField(FulfilmentStatus.values)
    reason = serializers.CharField(allow_null=True)
    requested = serializers.CharField(
        allow_null=True, help_text="what the store has yet to answer"
    )
    ready_by = serializers.DateTimeField(allow_null=True)
    hold_until = serializers.DateTimeField(allow_null=True)
    tracking = serializers.CharField(allow_null=True)
    collector = serializers.CharField(allow_null=True)
    due = MoneySchema(help_text="what is still to be paid at the counter")
    code = serializers.CharField(
        allow_null=True, help_text="the pickup code, for the buyer alone"
    )
    collector_code = serializers.CharField(
        allow_null=True, help_text="the named collector's own, to pass on"
    )
    slot_start = serializers.DateTimeField(allow_null=True)
    slot_end = serializers.DateTimeField(allow_null=True)
    choose_by = serializers.DateTimeField(
        allow_null=True, help_text="a choice not made until then is made for them"
    )
    on_way_at = serializers.DateTimeField(allow_null=True)
    extended_at = serializers.DateTimeField(allow_null=True)
    offers = OfferedSchema(many=True)
    lines = PromiseLineSchema(many=True)


class OrderPaymentSchema(Serializer):
    id = serializers.UUIDField()
    method = serializers.ChoiceField(PaymentMethod.values)
    status = serializers.ChoiceField(PaymentStatus.values)
    amount = MoneySchema()
    reserved = MoneySchema(help_text="what the customer's bank still keeps for it")
    captured = MoneySchema()
    refunded = MoneySchema()


class NextActionSchema(Serializer):
    url = serializers.CharField(help_text="a page of the customer's bank")


class TotalsSchema(Serializer):
    goods = MoneySchema(help_text="what the lines cost, after their discounts")
    discount = MoneySchema(help_text="what offers took off the lines")
    shipping = MoneySchema()
    points_redeemed = serializers.IntegerField()
    points_value = MoneySchema()
    tax = MoneySchema()
    total = MoneySchema()
    reserved = MoneySchema(help_text="taken when the goods leave")
    paid = MoneySchema(help_text="what was taken and not given back")


class OrderEventSchema(Serializer):
    kind = serializers.CharField()
    status = serializers.CharField()
    at = serializers.DateTimeField()


class OrderSchema(Serializer):
    id = serializers.UUIDField()
    number = serializers.CharField()
    channel = serializers.CharField()
    status = serializers.ChoiceField(OrderStatus.values)
    requested = serializers.CharField(allow_null=True)
    customer = serializers.UUIDField(allow_null=True)
    email = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    placed_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    lines = OrderLineSchema(many=True)
    fulfilments = PromiseSchema(many=True)
    payments = OrderPaymentSchema(many=True)
    next_action = NextActionSchema(
        allow_null=True,
        help_text="where the customer says yes to their bank (3-D Secure), for the key"
        " that placed the order; the payment is “pending” until then",
    )
    totals = TotalsSchema()
    events = OrderEventSchema(many=True)


OrderPage = page_of(OrderSchema)
