"""`/api/v1/webhooks/`: whom the house calls about the key's channel, and how it went."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory.places import Channel
from retail.interfaces import paging
from retail.interfaces.fields import moment
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import NEEDED, Reading
from retail.interfaces.schema import PAGED, answers, ended, page_of
from retail.interfaces.views import ApiView, key_of, reading_of, told
from retail.office.webhook_words import how, why_not
from retail.staff.edits import By, Way
from retail.staff.models import Scope
from retail.webhooks import endpoints, sending
from retail.webhooks.addresses import LONGEST, BadAddress
from retail.webhooks.models import Delivery, Endpoint, Kind, State

__all__ = ["Again", "Deliveries", "NewSecret", "OneWebhook", "Webhooks"]

Serializer = serializers.Serializer[object]
EVENTS = [each.value for each in Kind]
OPEN = [State.ON.value, State.PAUSED.value]


class EventsField(serializers.ListField):
    child = serializers.ChoiceField(EVENTS)


class WebhookWishSchema(Serializer):
    id = serializers.UUIDField(help_text="the caller's, a UUIDv7")
    url = serializers.CharField(max_length=LONGEST, help_text="https://…")
    events = EventsField(min_length=1, max_length=len(EVENTS))


class WebhookChangeSchema(Serializer):
    url = serializers.CharField(max_length=LONGEST, required=False)
    events = EventsField(min_length=1, max_length=len(EVENTS), required=False)
    state = serializers.ChoiceField(OPEN, required=False)


class WebhookSchema(Serializer):
    id = serializers.UUIDField()
    channel = serializers.CharField()
    url = serializers.CharField()
    events = EventsField()
    state = serializers.ChoiceField(
        [each.value for each in State], help_text="stopped: by the house"
    )
    failing_since = serializers.DateTimeField(allow_null=True)
    old_secret_until = serializers.DateTimeField(allow_null=True)
    secret = serializers.CharField(
        required=False, help_text="in the answer that made it, and never again"
    )


class SecretWishSchema(Serializer):
    keep_old = serializers.BooleanField(
        required=False, help_text="the old one counts for a day more; true unless given"
    )


class CallSchema(Serializer):
    id = serializers.UUIDField()
    event = serializers.UUIDField(help_text="the header webhook-id")
    type = serializers.CharField(help_text="one of the endpoint's events")
    status = serializers.ChoiceField(["sent", "waiting", "failed"])
    attempts = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True)


class AgainSchema(Serializer):
    delivery = serializers.UUIDField()


class WebhookView(ApiView):
    scopes = (Scope.OFFICE,)
    refusals = (
        (BadAddress, lambda e: invalid(url=why_not(e))),
        (endpoints.IdReused, lambda _e: Problem("id-reused")),
        (endpoints.TooMany, lambda _e: Problem("too-many-webhooks")),
        (Endpoint.DoesNotExist, lambda _e: Problem("not-found")),
    )

    def seen(self, request: Request, id: UUID) -> Endpoint:
        """Raises Endpoint.DoesNotExist."""
        return Endpoint.objects.get(id=id, channel=key_of(request).channel)


class Webhooks(WebhookView):
    @extend_schema(
        operation_id="webhooks_list",
        summary="Whom the house calls about this channel",
        responses=answers(page_of(WebhookSchema)),
    )
    def get(self, request: Request) -> HttpResponse:
        found = Endpoint.objects.filter(channel=key_of(request).channel)
        rows = found.order_by("made_at", "id")
        return told({"results": [_body(each) for each in rows], "next": None})

    @extend_schema(
        operation_id="webhooks_add",
        summary="Call this address; the answer holds the secret, once",
        request=WebhookWishSchema,
        responses=answers(WebhookSchema, 400, 409, created=True),
    )
    def post(self, request: Request) -> HttpResponse:
        body = reading_of(request)
        id = body.uuid("id", needed=True)
        url = body.text("url", most=LONGEST, needed=True)
        events = _events(body)
        if events is None:
            body.wrong("events", NEEDED)
        body.done()
        if id is None or events is None:  # said above
            raise body.problem()
        made, secret = endpoints.add(
            id=id,
            channel=Channel(key_of(request).channel),
            url=url,
            events=events,
            by=_by(request),
        )
        return told(_body(made, secret), status=201 if secret else 200)


class OneWebhook(WebhookView):
    @extend_schema(
        operation_id="webhooks_see",
        summary="One of them",
        responses=answers(WebhookSchema, 404),
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        return told(_body(self.seen(request, id)))

    @extend_schema(
        operation_id="webhooks_change",
        summary="Another address, other events; pause it, or call it again",
        request=WebhookChangeSchema,
        responses=answers(WebhookSchema, 400, 404),
    )
    def patch(self, request: Request, id: UUID) -> HttpResponse:
        """What is left out stays."""
        body = reading_of(request)
        url = body.text("url", most=LONGEST)
        events = _events(body)
        state = body.one_of("state", OPEN, default="")
        if body.given.get("url") is not None and not url:
            body.wrong("url", NEEDED)
        body.done()
        changed = endpoints.change(
            self.seen(request, id),
            url=url or None,
            events=events,
            by=_by(request),
            on={State.ON.value: True, State.PAUSED.value: False}.get(state),
        )
        return told(_body(changed))

    @extend_schema(
        operation_id="webhooks_remove",
        summary="Call it no more; its log goes with it",
        responses=ended(404),
    )
    def delete(self, request: Request, id: UUID) -> HttpResponse:
        endpoints.remove(self.seen(request, id), by=_by(request))
        return HttpResponse(status=204)


class NewSecret(WebhookView):
    @extend_schema(
        operation_id="webhooks_secret",
        summary="Another secret, told in the answer, once",
        request=SecretWishSchema,
        responses=answers(WebhookSchema, 400, 404),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        """Calls carry the signatures of both while the old one counts. Asked again in
        that time, the old one stays and the newest is replaced."""
        body = reading_of(request)
        keep = body.flag("keep_old") or body.given.get("keep_old") is None
        body.done()
        held, secret = endpoints.new_secret(
            self.seen(request, id), keep_old=keep, by=_by(request)
        )
        return told(_body(held, secret))


class Deliveries(WebhookView):
    @extend_schema(
        operation_id="webhooks_deliveries",
        summary="What was or will be told, newest first",
        parameters=PAGED,
        responses=answers(page_of(CallSchema), 400, 404),
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        asked = paging.asked(request._request, keys=2)
        found = _before(self.seen(request, id).deliveries.all(), asked.after)
        return told(
            paging.page(
                request._request,
                asked,
                list(found.order_by("-made_at", "-id")[: asked.limit + 1]),
                _delivery_body,
                lambda each: [each.made_at.isoformat(), str(each.id)],
            )
        )


class Again(WebhookView):
    @extend_schema(
        operation_id="webhooks_again",
        summary="Send a delivery again, now",
        request=AgainSchema,
        responses=answers(CallSchema, 400, 404),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        """With the same event's id, whatever became of it before."""
        body = reading_of(request)
        delivery = body.uuid("delivery", needed=True)
        body.done()
        if delivery is None:  # said above
            raise body.problem()
        found = self.seen(request, id).deliveries.filter(id=delivery).first()
        if found is None:
            raise Problem("not-found")
        sending.again(found, at=timezone.now())
        found.refresh_from_db()
        return told(_delivery_body(found))


def _by(request: Request) -> By:
    return By(key_of(request).name, Way.WEBHOOKS)


def _events(body: Reading) -> list[str] | None:
    if body.any("events") is None:
        return None
    found = body.texts("events", most=len(EVENTS))
    if not found or not set(found) <= set(EVENTS):
        body.wrong("events", _("This must be one of: %s.") % ", ".join(EVENTS))
    return found


def _before(rows: QuerySet[Delivery], after: list[str] | None) -> QuerySet[Delivery]:
    if after is None:
        return rows
    try:
        at, id = parse_datetime(after[0]), UUID(after[1])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise invalid(cursor=_("This is no cursor of ours."))
    return rows.filter(Q(made_at__lt=at) | Q(made_at=at, id__lt=id))


def _body(endpoint: Endpoint, secret: str = "") -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "channel": endpoint.channel,
        "url": endpoint.url,
        "events": endpoint.events,
        "state": endpoint.state,
        "failing_since": moment(endpoint.failing_since),
        "old_secret_until": moment(endpoint.old_until),
        **({"secret": secret} if secret else {}),
    }


def _delivery_body(delivery: Delivery) -> dict[str, Any]:
    word = how(delivery)
    return {
        "id": delivery.id,
        "event": delivery.event_id,
        "type": delivery.kind,
        "status": word,
        "attempts": delivery.attempts,
        "made_at": moment(delivery.made_at),
        "next_at": moment(delivery.due_at) if word == "waiting" else None,
    }
