"""`/api/v1/promotions/`: what the key's channel offers, and what it takes off goods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory import prices
from inventory.gtin import BadGtin, valid
from inventory.places import Channel
from retail.interfaces.fields import MoneySchema, moment, money
from retail.interfaces.reading import Reading
from retail.interfaces.schema import answers
from retail.interfaces.views import EVERY_SCOPE, ApiView, key_of, reading_of, told
from retail.promotions.coupons import MOST_CODES, CouponRefused, Place
from retail.promotions.models import Promotion
from retail.promotions.offering import (
    Discounted,
    Hint,
    Reduction,
    discounted,
    goods_of,
    in_force,
    place_of,
)

MOST_LINES = 100
Serializer = serializers.Serializer[object]


class PromotionSchema(Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    channel = serializers.CharField(help_text="whose offer it is")
    rule = serializers.DictField(help_text="as `docs/api.md` says")
    priority = serializers.IntegerField(help_text="lower comes first")
    exclusive = serializers.BooleanField()
    stores = serializers.ListField(child=serializers.CharField())
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class PromotionsSchema(Serializer):
    results = PromotionSchema(many=True)


class QuoteLineSchema(Serializer):
    gtin = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)


class QuoteWishSchema(Serializer):
    lines = QuoteLineSchema(many=True)
    coupons = serializers.ListField(
        child=serializers.CharField(), max_length=MOST_CODES, required=False
    )


class TakenSchema(Serializer):
    promotion = serializers.UUIDField()
    name = serializers.CharField()
    amount = MoneySchema()
    code = serializers.CharField(allow_blank=True)


class QuotedLineSchema(Serializer):
    gtin = serializers.CharField()
    quantity = serializers.IntegerField()
    discount = MoneySchema()
    total = MoneySchema()
    offers = TakenSchema(many=True)


class RefusedSchema(Serializer):
    code = serializers.CharField()
    reason = serializers.CharField()


class LacksSchema(Serializer):
    name = serializers.CharField()
    units = serializers.IntegerField()
    amount = MoneySchema()


class QuoteSchema(Serializer):
    lines = QuotedLineSchema(many=True)
    discount = MoneySchema()
    refused = RefusedSchema(many=True, help_text="codes that give nothing, and why")
    lacking = LacksSchema(many=True, help_text="what other offers lack")


class Offers(ApiView):
    scopes = EVERY_SCOPE

    @extend_schema(
        operation_id="promotions_list",
        summary="Offers that are given without a code, where the key stands",
        responses=answers(PromotionsSchema, 400),
    )
    def get(self, request: Request) -> HttpResponse:
        found = in_force(_place(request), at=timezone.now())
        return told({"results": [_offer_body(each) for each in found]})


class Quote(ApiView):
    scopes = EVERY_SCOPE

    @extend_schema(
        operation_id="promotions_quote",
        summary="What offers and codes take off these goods; nothing is used up",
        request=QuoteWishSchema,
        responses=answers(QuoteSchema, 400),
    )
    def post(self, request: Request) -> HttpResponse:
        body = reading_of(request)
        lines = [goods_line(row) for row in body.rows("lines", most=MOST_LINES)]
        codes = body.texts("coupons", most=MOST_CODES)
        body.done()
        channel = Channel(key_of(request).channel)
        known = prices.priced(channel, [gtin for gtin, _units in lines])
        for i, (gtin, _units) in enumerate(lines):
            if gtin not in known:
                body.wrong(f"lines.{i}.gtin", _("Not sold here."))
        body.done()
        found = discounted(
            goods_of(
                [
                    (gtin, known[gtin].department_id, units, known[gtin].amount)
                    for gtin, units in lines
                ]
            ),
            _place(request),
            codes=codes,
            language=get_language() or "fr",
            at=timezone.now(),
        )
        return told(_quote_body(lines, known, found))


def _place(request: Request) -> Place:
    """Where the key stands: a till's or store's offers are those of its place."""
    key = key_of(request)
    return place_of(Channel(key.channel), store=key.location_code or "")


def goods_line(row: Reading) -> tuple[str, int]:
    """GTIN and units of one row of a body."""
    gtin = row.text("gtin", most=20, needed=True)
    try:
        gtin = valid(gtin)
    except BadGtin:
        row.wrong("gtin", _("This is no barcode."))
    return gtin, row.quantity("quantity")


def _offer_body(offer: Promotion) -> dict[str, Any]:
    return {
        "id": offer.id,
        "name": offer.name(get_language() or "fr"),
        "channel": offer.origin,
        "rule": offer.rule,
        "priority": offer.priority,
        "exclusive": offer.exclusive,
        "stores": offer.stores,
        "starts_at": moment(offer.starts_at),
        "ends_at": moment(offer.ends_at),
    }


def _quote_body(
    lines: list[tuple[str, int]], known: dict[str, Any], found: Discounted
) -> dict[str, Any]:
    return {
        "lines": [
            {
                "gtin": gtin,
                "quantity": units,
                "discount": money(off, "EUR"),
                "total": money(known[gtin].amount * units - off, "EUR"),
                "offers": taken_body(reductions),
            }
            for (gtin, units), off, reductions in zip(
                lines, found.amounts, found.lines, strict=True
            )
        ],
        "discount": money(found.total, "EUR"),
        **without_effect(found.refused, found.hints),
    }


def taken_body(reductions: Iterable[Reduction]) -> list[dict[str, Any]]:
    """`TakenSchema` of each."""
    return [
        {
            "promotion": each.promotion_id,
            "name": each.name,
            "amount": money(each.amount, "EUR"),
            "code": each.code,
        }
        for each in reductions
    ]


def without_effect(
    refused: Iterable[CouponRefused], hints: Iterable[Hint]
) -> dict[str, Any]:
    """Codes that give nothing, and what other offers lack."""
    return {
        "refused": [{"code": e.code, "reason": e.reason.value} for e in refused],
        "lacking": [
            {"name": e.name, "units": e.units, "amount": money(e.amount, "EUR")}
            for e in hints
        ],
    }
