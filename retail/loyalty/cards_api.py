"""`/api/v1/gift-cards/look-up/`: what a card holds. The code comes in the body, because
addresses are written into logs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory.places import Channel
from retail.interfaces.fields import MoneySchema, moment, money
from retail.interfaces.problems import Problem
from retail.interfaces.schema import answers
from retail.interfaces.views import ApiView, reading_of, told
from retail.loyalty import gift_cards
from retail.loyalty.models import CardEntryKind, GiftCard
from retail.staff.models import Scope

SHOWN = 50
Serializer = serializers.Serializer[object]


class LookUpSchema(Serializer):
    code = serializers.CharField(max_length=40)


class CardEntrySchema(Serializer):
    amount = MoneySchema(help_text="below zero where it was spent")
    kind = serializers.ChoiceField(CardEntryKind.values)
    at = serializers.DateTimeField()


class CardSchema(Serializer):
    id = serializers.UUIDField(help_text="names the card in a ticket's tender")
    channel = serializers.ChoiceField(Channel.values, help_text="who sold it")
    tail = serializers.CharField(help_text="the last signs of its code")
    balance = MoneySchema()
    entries = CardEntrySchema(many=True, help_text="newest first")


class LookUp(ApiView):
    scopes = (Scope.SHOP, Scope.TILL)
    refusals = ((gift_cards.UnknownCard, lambda _e: Problem("unknown-gift-card")),)

    @extend_schema(
        operation_id="gift_cards_look_up",
        summary="The gift card of a code, as far as the key's channel knows it",
        request=LookUpSchema,
        responses=answers(CardSchema, 400, 404),
    )
    def post(self, request: Request) -> HttpResponse:
        body = reading_of(request)
        code = body.text("code", most=40, needed=True)
        body.done()
        return told(_card_body(gift_cards.find(code)))


def _card_body(card: GiftCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "channel": card.origin,
        "tail": card.tail,
        "balance": money(card.balance, card.currency),
        "entries": [
            {
                "amount": money(each.amount, card.currency),
                "kind": each.kind,
                "at": moment(each.at),
            }
            for each in card.entries.order_by("-at", "-id")[:SHOWN]
        ],
    }
