"""`/api/v1/loyalty/{card}/`: points, as far as the key's channel knows them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory.places import Channel
from retail import channels
from retail.channels import Feature
from retail.customers.knowing import CARD, lookup
from retail.customers.models import Customer
from retail.customers.registering import own_row
from retail.interfaces.fields import MoneySchema, moment, money
from retail.interfaces.problems import Problem
from retail.interfaces.schema import answers
from retail.interfaces.views import EVERY_SCOPE, ApiView, key_of, reading_of, told
from retail.loyalty import points
from retail.loyalty.models import EntryKind
from retail.staff.models import Scope

MOST_POINTS = 1_000_000
Serializer = serializers.Serializer[object]


class EntrySchema(Serializer):
    points = serializers.IntegerField(help_text="below zero where they were spent")
    kind = serializers.ChoiceField(EntryKind.values)
    channel = serializers.ChoiceField(Channel.values)
    reference = serializers.CharField()
    at = serializers.DateTimeField()


class AccountSchema(Serializer):
    card = serializers.CharField()
    customer = serializers.UUIDField()
    balance = serializers.IntegerField(help_text="what can be spent here and now")
    value = MoneySchema(help_text="what that pays for")
    tier = serializers.CharField(allow_null=True)
    entries = EntrySchema(many=True)


class RedeemSchema(Serializer):
    id = serializers.UUIDField(help_text="of the redemption: the same spends once")
    points = serializers.IntegerField(min_value=1, max_value=MOST_POINTS)


class RedeemedSchema(Serializer):
    id = serializers.UUIDField()
    points = serializers.IntegerField()
    value = MoneySchema()
    balance = serializers.IntegerField(help_text="what is left")


class LoyaltyView(ApiView):
    refusals = (
        (
            points.NotEnoughPoints,
            lambda e: Problem("not-enough-points", balance=e.balance, wanted=e.wanted),
        ),
        (points.RedemptionReused, lambda _e: Problem("id-reused")),
    )


class Account(LoyaltyView):
    scopes = EVERY_SCOPE

    @extend_schema(
        operation_id="loyalty_see",
        summary="Balance and entries behind a card, newest first",
        responses=answers(AccountSchema, 404),
    )
    def get(self, request: Request, card: str) -> HttpResponse:
        customer = _customer(card)
        total = points.balance(customer).total
        return told(
            {
                "card": customer.card,
                "customer": customer.id,
                "balance": total,
                "value": money(points.value_of(total), "EUR"),
                "tier": None,
                "entries": [_entry_body(each) for each in points.statement(customer)],
            }
        )


class Redeem(LoyaltyView):
    scopes = (Scope.SHOP, Scope.TILL)

    @extend_schema(
        operation_id="loyalty_redeem",
        summary="Spend points, all or nothing",
        request=RedeemSchema,
        responses=answers(RedeemedSchema, 400, 404, 409, 503),
    )
    def post(self, request: Request, card: str) -> HttpResponse:
        body = reading_of(request)
        id = body.uuid("id", needed=True)
        wanted = body.whole("points", least=1)
        if wanted > MOST_POINTS:
            body.wrong("points", _("This is no number of points."))
        body.done()
        assert id is not None  # noqa: S101 - `done` has refused
        customer = _customer(card)
        with channels.atomic():
            entries = points.redeem(
                own_row(customer, Channel(key_of(request).channel)),
                points=wanted,
                redemption_id=id,
                reference=str(id),
            )
            left = points.balance(customer)
            if not {each.account.customer_id for each in entries} <= {
                part.customer_id for part in left.parts
            }:
                raise points.RedemptionReused(id)
        return told(
            {
                "id": id,
                "points": wanted,
                "value": money(points.value_of(wanted), "EUR"),
                "balance": left.total,
            }
        )


def _customer(card: str) -> Customer:
    """Whom this channel finds behind the card. Raises Problem."""
    found = lookup(card=card) if CARD.fullmatch(card) else []
    if not found:
        raise Problem("not-found", _("No such card is known here."))
    customer = found[0]
    foreign = customer.origin != channels.current().channel
    if foreign and not channels.on(Feature.UNIFIED_LOYALTY):
        raise Problem("not-found", _("This card’s points are the other channel’s."))
    return customer


def _entry_body(entry: Any) -> dict[str, Any]:
    return {
        "points": entry.points,
        "kind": entry.kind,
        "channel": entry.origin,
        "reference": entry.reference,
        "at": moment(entry.at),
    }
