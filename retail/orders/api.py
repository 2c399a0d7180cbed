"""`/api/v1/orders/`: placing, seeing, paying and changing what was ordered.

A shop's key sees the orders that it made; an office's key sees all of its channel.
Anything else is not there for them (404).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers.models import Customer
from retail.fulfilment import requesting
from retail.interfaces import paging
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import Reading
from retail.interfaces.views import (
    ApiView,
    key_of,
    maker_of,
    query,
    reading_of,
    told,
)
from retail.orders import api_schema as schema
from retail.orders import cancelling, choosing, paying, placing
from retail.orders.details import Detail, find, order_detail
from retail.orders.finding import NoSuchOrder
from retail.orders.models import Order, OrderStatus
from retail.orders.refusals import REFUSALS
from retail.orders.wishes import Wish, address_in, wish_in, wrong_line
from retail.payments.capturing import first_payment_id
from retail.payments.models import PaymentMethod
from retail.staff.models import Scope


class OrderView(ApiView):
    scopes = (Scope.SHOP, Scope.OFFICE)
    refusals = REFUSALS

    def seen(self, request: Request, id: UUID) -> Detail:
        """Raises NoSuchOrder."""
        found = order_detail(id, for_maker=maker_of(request))
        key = key_of(request)
        if found is None or found.channel != key.channel:
            raise NoSuchOrder
        if key.scope != Scope.OFFICE and found.maker != maker_of(request):
            raise NoSuchOrder
        return found

    def answered(self, request: Request, id: UUID, answer: str) -> HttpResponse:
        """The order as it is now; 202 where a store has yet to answer."""
        return told(
            self.seen(request, id).body, status=200 if answer == "done" else 202
        )


class Orders(OrderView):
    @extend_schema(
        operation_id="orders_find",
        summary="Orders that this key may see, newest first",
        parameters=schema.FIND,
        responses=schema.answers(schema.OrderPage, 400),
    )
    def get(self, request: Request) -> HttpResponse:
        key = key_of(request)
        asked = paging.asked(request._request, keys=2)
        found = find(
            channel=key.channel,
            maker=None if key.scope == Scope.OFFICE else maker_of(request),
            number=query(request, "number").upper() or None,
            customer=_uuid_in(request, "customer"),
            before=_before(asked.after),
            limit=asked.limit + 1,
        )
        return told(
            paging.page(
                request._request,
                asked,
                found,
                lambda each: each.body,
                lambda each: [each.placed_at.isoformat(), str(each.id)],
            )
        )


class OneOrder(OrderView):
    @extend_schema(
        operation_id="orders_see",
        summary="An order as it is now",
        responses=schema.answers(schema.OrderSchema, 404),
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        return told(self.seen(request, id).body)

    @extend_schema(
        operation_id="orders_place",
        summary="Place an order; its id is the caller's, a UUIDv7",
        request=schema.PlaceSchema,
        responses=schema.answers(
            schema.OrderSchema, 400, 402, 404, 409, 503, created=True
        ),
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        key = key_of(request)
        if key.scope != Scope.SHOP or key.channel != Channel.WEBSHOP:
            raise Problem("forbidden")
        maker = maker_of(request)
        wish = wish_in(reading_of(request))
        order, created = _placed(id, maker, wish)
        if _pays_now(order, wish):
            # on a second try as well: the first may have ended before the bank answered
            paying.pay(order, payment_id=first_payment_id(id), token=wish.token)
        body = self.seen(request, id).body
        return told(body, status=201 if created else 200)


class Payments(OrderView):
    @extend_schema(
        operation_id="orders_pay",
        summary="Another attempt to pay online",
        request=schema.PaySchema,
        responses=schema.answers(schema.OrderSchema, 400, 402, 404, 409),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        body = reading_of(request)
        payment_id = body.uuid("id") or new_id()
        token = body.text("token", most=200, needed=True)
        body.done()
        paying.pay(Order.objects.get(id=id), payment_id=payment_id, token=token)
        return told(self.seen(request, id).body)


class Cancel(OrderView):
    @extend_schema(
        operation_id="orders_cancel",
        summary="Cancel the whole order",
        request=None,
        responses=schema.answers(schema.OrderSchema, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        reading_of(request).done()
        order = Order.objects.get(id=id)
        answer = cancelling.cancel(order, by=maker_of(request))
        return self.answered(request, id, answer)


class Choices(OrderView):
    @extend_schema(
        operation_id="orders_choose",
        summary="What to do after a store refused or could not find all",
        request=schema.ChooseSchema,
        responses=schema.answers(schema.OrderSchema, 400, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        body = reading_of(request)
        promise_id = body.uuid("fulfilment")
        choice = body.one_of("choice", schema.CHOICES)
        location = body.text("location", most=12)
        address = address_in(body)
        take = _positions(body)
        body.done()
        order = Order.objects.get(id=id)
        answer = choosing.choose(
            order,
            promise_in(order, promise_id, "customer_choice"),
            choice,
            location_code=location,
            address=address or None,
            take=take,
            by=maker_of(request),
        )
        return self.answered(request, id, answer)


def _positions(body: Reading) -> list[int] | None:
    """None where nothing is said: all that is offered."""
    given = body.any("take")
    if given is None:
        return None
    if isinstance(given, list) and all(type(each) is int for each in given):
        return given
    body.wrong("take", _("This must be a list of positions."))
    return None


def _placed(id: UUID, maker: str, wish: Wish) -> tuple[Order, bool]:
    try:
        return placing.place(
            id=id, maker=maker, customer=_customer(wish.customer), asked=wish.asked
        )
    except placing.UnknownProduct as error:
        why = _("This is no product on sale here.")
        errors = wrong_line(wish.asked, error.gtins, why)
        raise Problem("invalid", errors=errors, gtins=error.gtins) from error
    except placing.BadQuantity as error:
        why = _("Of one product at most 9999 units can be ordered.")
        raise invalid(lines=why) from error


def _customer(id: UUID | None) -> Customer | None:
    """One that the channel may act for. Raises Problem."""
    if id is None:
        return None
    found = Customer.objects.filter(id=id).first()
    foreign = found is not None and found.origin != channels.current().channel
    if found is None or (
        foreign and not channels.on(channels.Feature.UNIFIED_CUSTOMERS)
    ):
        raise invalid(customer=_("No such customer here."))
    return found


def _pays_now(order: Order, wish: Wish) -> bool:
    return (
        bool(wish.token)
        and wish.asked.payment_method == PaymentMethod.ONLINE
        and order.status == OrderStatus.AWAITING_PAYMENT
    )


def promise_in(order: Order, id: UUID | None, usual: str) -> Any:
    """The order's promise of that id; without one, the one in the `usual` state, else
    the newest. Raises Problem."""
    promises = {each.id: each for each in order.fulfilments.all()}
    if id is None:
        made = [requesting.fulfilment_id(order.id, n + 1) for n in range(len(promises))]
        fitting = [each for each in made if promises[each].status == usual]
        return promises[(fitting or made)[-1]]
    if id in promises:
        return promises[id]
    raise invalid(fulfilment=_("No such fulfilment of this order."))


def _uuid_in(request: Request, name: str) -> UUID | None:
    """An empty one is wrong: who meant one customer must not be told of all."""
    if name not in request._request.GET:
        return None
    body = Reading({name: query(request, name)})
    found = body.uuid(name)
    body.done()
    return found


def _before(after: list[str] | None) -> tuple[datetime, UUID] | None:
    if after is None:
        return None
    try:
        at = datetime.fromisoformat(after[0])
        if at.tzinfo is not None:
            return at, UUID(after[1])
    except ValueError:
        pass
    raise invalid(cursor=_("This is no cursor of ours."))
