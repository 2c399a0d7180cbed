"""`POST /api/v1/orders/{id}/returns/`: a store's own system takes goods back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory.models import Location
from pos import web_returns
from pos.models import ReturnReason
from retail import channels
from retail.interfaces.fields import MoneySchema, money
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.schema import answers
from retail.interfaces.views import ApiView, key_of, maker_of, reading_of, told
from retail.orders import returning
from retail.orders.models import Order
from retail.staff.models import Scope

MOST_LINES = 100


class OrderBackSchema(serializers.Serializer[object]):
    gtin = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1, max_value=9999)


class OrderReturnSchema(serializers.Serializer[object]):
    id = serializers.UUIDField(help_text="the same again has no second effect")
    lines = OrderBackSchema(many=True)
    reason = serializers.ChoiceField(ReturnReason.values)
    restock = serializers.BooleanField(
        required=False, help_text="false: written off, never in the stock again"
    )


class GivenBackSchema(serializers.Serializer[object]):
    id = serializers.UUIDField()
    order = serializers.UUIDField()
    online = MoneySchema(help_text="goes back to whoever paid on the web")
    card = MoneySchema(help_text="goes back onto the gift card that paid")
    counter = MoneySchema(help_text="is to be given at the counter")


class Returns(ApiView):
    scopes = (Scope.STORE,)
    refusals = (
        (web_returns.NoSuchOrder, lambda _e: Problem("not-found")),
        (
            web_returns.NotShared,
            lambda _e: Problem(
                "feature-off", feature=channels.Feature.SHARED_DATABASE.value
            ),
        ),
        (web_returns.IdReused, lambda _e: Problem("id-reused")),
        (
            returning.NotReturnable,
            lambda e: Problem(
                "not-returnable",
                lines=[{"position": p, "left": n} for p, n in sorted(e.left.items())],
            ),
        ),
    )

    @extend_schema(
        operation_id="orders_return",
        summary="Goods of an order come back to the key's store",
        request=OrderReturnSchema,
        responses=answers(GivenBackSchema, 400, 404, 409),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        """Only where the databases are one: apart, the store does not know the order."""
        body = reading_of(request)
        act = body.uuid("id", needed=True)
        reason = body.one_of("reason", ReturnReason.values)
        restock = body.any("restock")
        if restock not in (None, True, False):
            body.wrong("restock", _("This must be true or false."))
        rows = body.rows("lines", most=MOST_LINES)
        asked = [
            (row.text("gtin", most=20, needed=True), row.quantity("quantity"))
            for row in rows
        ]
        body.done()
        assert act is not None  # noqa: S101 - `done` has refused
        order = Order.objects.filter(id=id).first() if channels.shared() else None
        known = web_returns.done(order, act) if order else None
        if order and known and not _same(order, known.units, asked):
            raise web_returns.IdReused
        back = known or web_returns.take_back(
            id,
            _positions(order, asked),
            id=act,
            location=Location.objects.get(code=key_of(request).location_code),
            reason=ReturnReason(reason),
            restock=restock is not False,
            by=maker_of(request),
        )
        currency = back.order.currency
        return told(
            {
                "id": act,
                "order": id,
                "online": money(back.money.online, currency),
                "card": money(back.money.card, currency),
                "counter": money(back.money.counter, currency),
            }
        )


def _same(order: Order, units: Mapping[int, int], asked: list[tuple[str, int]]) -> bool:
    """Whether so many of each GTIN came back; wherever on the order they were."""
    gtins = dict(order.lines.values_list("position", "gtin"))
    back, wanted = Counter[str](), Counter[str]()
    for position, n in units.items():
        back[gtins[position]] += n
    for gtin, n in asked:
        wanted[gtin] += n
    return back == wanted


def _positions(order: Order | None, asked: list[tuple[str, int]]) -> dict[int, int]:
    """{position of the order's line: units}, for GTINs; from the first lines of it on
    which the customer has some. Raises Problem."""
    if order is None:
        return {}
    left = returning.left_of(order)
    lines = list(order.lines.order_by("position").values_list("position", "gtin"))
    wanted: dict[int, int] = {}
    for gtin, units in asked:
        places = [position for position, known in lines if known == gtin]
        if not places:
            raise invalid(lines=_("This is not among what was ordered."))
        for position in places:
            taken = (
                units if position == places[-1] else min(units, left.get(position, 0))
            )
            if taken:
                wanted[position] = wanted.get(position, 0) + taken
            units -= taken
    return wanted
