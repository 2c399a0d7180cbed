"""`/api/v1/orders/{id}/…`: coming for the goods, as the customer says it. Answered 202
where the store has yet to answer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from retail import channels
from retail.fulfilment import requesting, visits
from retail.fulfilment.models import Fulfilment
from retail.interfaces.reading import Reading
from retail.interfaces.views import maker_of, reading_of
from retail.orders import api_schema as schema
from retail.orders.api import OrderView, promise_in
from retail.orders.models import Order

__all__ = ["CheckIn", "Collector", "Extend", "OnWay", "Slot"]


class Visit(OrderView):
    """One act on one promise: the body names it, else it is the one that is `usual`."""

    usual = "ready"

    def act(
        self,
        request: Request,
        id: UUID,
        body: Reading,
        verb: Callable[[Fulfilment, str], str],
    ) -> HttpResponse:
        named = body.uuid("fulfilment")
        body.done()
        promise_id = promise_in(Order.objects.get(id=id), named, self.usual).id
        with channels.atomic():
            promises = {each.id: each for each in requesting.lock_all(id)}
            answer = verb(promises[promise_id], maker_of(request))
        return self.answered(request, id, answer)


class CheckIn(Visit):
    @extend_schema(
        operation_id="orders_check_in",
        summary="The customer is at the store",
        request=schema.CheckInSchema,
        responses=schema.answers(schema.OrderSchema, 400, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        body = reading_of(request)
        where = body.text("where", most=60)
        return self.act(
            request,
            id,
            body,
            lambda promise, by: visits.ask_check_in(promise, place=where, by=by),
        )


class OnWay(Visit):
    @extend_schema(
        operation_id="orders_on_way",
        summary="The customer will be at the store in some minutes",
        request=schema.OnWaySchema,
        responses=schema.answers(schema.OrderSchema, 400, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        body = reading_of(request)
        minutes = body.whole("minutes", least=1, default=0)
        if minutes not in visits.ON_WAY_MINUTES:
            body.wrong("minutes", _("5, 10, 15 or 30."))
        where = body.text("where", most=60)
        return self.act(
            request,
            id,
            body,
            lambda promise, by: visits.tell_on_way(
                promise, minutes=minutes, place=where, by=by
            ),
        )


class Extend(Visit):
    @extend_schema(
        operation_id="orders_extend",
        summary="Keep the bags one opening day longer, once",
        request=schema.ExtendSchema,
        responses=schema.answers(schema.OrderSchema, 400, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        return self.act(
            request,
            id,
            reading_of(request),
            lambda promise, by: visits.ask_extension(promise, by=by),
        )


class Collector(Visit):
    @extend_schema(
        operation_id="orders_collector",
        summary="Somebody else collects, by a code of their own",
        request=schema.NameCollectorSchema,
        responses=schema.answers(schema.OrderSchema, 400, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        body = reading_of(request)
        name = body.text("name", most=80)
        return self.act(
            request,
            id,
            body,
            lambda promise, by: visits.ask_collector(promise, name, by=by),
        )


class Slot(Visit):
    @extend_schema(
        operation_id="orders_slot",
        summary="Another hour to come",
        request=schema.ChangeSlotSchema,
        responses=schema.answers(schema.OrderSchema, 400, 404, 409, requested=True),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        self.seen(request, id)
        body = reading_of(request)
        if body.any("slot") is None:
            body.wrong("slot", _("The beginning of a slot of the store."))
        wanted = body.moment("slot") or timezone.now()  # `act` refuses what is wrong
        return self.act(
            request,
            id,
            body,
            lambda promise, by: visits.ask_slot(promise, wanted, by=by),
        )
