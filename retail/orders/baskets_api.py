"""`/api/v1/baskets/`: what somebody gathers in another system, at today's prices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory.places import Channel
from retail.fulfilment import shippers
from retail.interfaces.fields import MoneySchema, money
from retail.interfaces.problems import Problem
from retail.interfaces.schema import answers, ended
from retail.interfaces.views import ApiView, key_of, maker_of, reading_of, told
from retail.orders import kept_baskets
from retail.orders.asking import UnknownProduct
from retail.orders.baskets import BasketContents, BasketItem, contents
from retail.orders.models import Basket
from retail.promotions.api import (
    LacksSchema,
    RefusedSchema,
    TakenSchema,
    goods_line,
    taken_body,
    without_effect,
)
from retail.promotions.coupons import MOST_CODES
from retail.promotions.pricing import shipping_for
from retail.staff.models import Scope

__all__ = ["Baskets"]

MOST_LINES = 100
EUR = "EUR"
Serializer = serializers.Serializer[object]


class BasketLineWishSchema(Serializer):
    gtin = serializers.CharField(max_length=20)
    quantity = serializers.IntegerField(min_value=1, max_value=9999)


class BasketWishSchema(Serializer):
    lines = BasketLineWishSchema(many=True)
    coupons = serializers.ListField(
        child=serializers.CharField(max_length=80),
        max_length=MOST_CODES,
        required=False,
    )


class BasketLineSchema(Serializer):
    gtin = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = MoneySchema()
    discount = MoneySchema()
    total = MoneySchema()
    offers = TakenSchema(many=True)
    deliverable = serializers.IntegerField(
        help_text="units that can be sent as one parcel now"
    )


class BasketTotalsSchema(Serializer):
    goods = MoneySchema(help_text="after discounts; what it costs to collect it")
    discount = MoneySchema()
    tax = MoneySchema(help_text="contained in goods")
    shipping = MoneySchema(help_text="if all of it is sent")
    delivered = MoneySchema(help_text="goods and shipping")


class BasketSchema(Serializer):
    id = serializers.UUIDField()
    lines = BasketLineSchema(many=True)
    gone = serializers.ListField(
        child=serializers.CharField(), help_text="GTINs that are not sold any more"
    )
    coupons = serializers.ListField(
        child=serializers.CharField(), help_text="codes that take something off"
    )
    refused = RefusedSchema(many=True, help_text="codes that give nothing, and why")
    lacking = LacksSchema(many=True, help_text="what other offers lack")
    totals = BasketTotalsSchema()


class Baskets(ApiView):
    scopes = (Scope.SHOP,)
    refusals = (
        (UnknownProduct, lambda e: Problem("unknown-product", gtins=list(e.args))),
        (Basket.DoesNotExist, lambda _e: Problem("not-found")),
    )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What is sold in stores is gathered at tills."""
        super().initial(request, *args, **kwargs)
        if key_of(request).channel != Channel.WEBSHOP:
            raise Problem("forbidden")

    @extend_schema(
        operation_id="baskets_see",
        summary="The basket at today's prices and offers",
        responses=answers(BasketSchema, 404),
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        basket = kept_baskets.find(id, maker=maker_of(request))
        if basket is None:
            raise Problem("not-found")
        return told(_body(basket))

    @extend_schema(
        operation_id="baskets_put",
        summary="What lies in the basket, all of it; its id is the caller's",
        request=BasketWishSchema,
        responses=answers(BasketSchema, 400, 404, 409, created=True),
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        """Nothing is held and no price is promised by it."""
        body = reading_of(request)
        lines: dict[str, int] = {}
        for row in body.rows("lines", most=MOST_LINES):
            gtin, units = goods_line(row)
            if gtin in lines:
                row.wrong("gtin", _("One line for each product."))
            lines[gtin] = units
        coupons = body.texts("coupons", most=MOST_CODES)
        body.done()
        basket, new = kept_baskets.replace(
            id,
            maker=maker_of(request),
            lines=lines,
            coupons=coupons,
            at=timezone.now(),
        )
        return told(_body(basket), status=201 if new else 200)

    @extend_schema(
        operation_id="baskets_remove",
        summary="Forget it",
        responses=ended(404),
    )
    def delete(self, request: Request, id: UUID) -> HttpResponse:
        if not kept_baskets.remove(id, maker=maker_of(request)):
            raise Problem("not-found")
        return HttpResponse(status=204)


def _body(basket: Basket) -> dict[str, Any]:
    """Three queries, one more with codes, and those of `shippers.to_send`."""
    held: BasketContents = contents(basket)
    sent = shippers.to_send([line.product.variant_id for line in held.lines])
    shipping = shipping_for(held.totals.goods)
    return {
        "id": basket.id,
        "lines": [
            _line_body(line, sent.get(line.product.variant_id, 0))
            for line in held.lines
        ],
        "gone": held.gone,
        "coupons": held.coupons,
        **without_effect(held.refused, held.hints),
        "totals": {
            "goods": money(held.totals.goods, EUR),
            "discount": money(held.totals.discount, EUR),
            "tax": money(held.totals.tax, EUR),
            "shipping": money(shipping, EUR),
            "delivered": money(held.totals.goods + shipping, EUR),
        },
    }


def _line_body(line: BasketItem, deliverable: int) -> dict[str, Any]:
    before = line.unit_price * line.quantity
    return {
        "gtin": line.gtin,
        "name": line.product.title,
        "quantity": line.quantity,
        "unit_price": money(line.unit_price, EUR),
        "discount": money(before - line.total, EUR),
        "total": money(line.total, EUR),
        "offers": taken_body(line.reductions),
        "deliverable": deliverable,
    }
