"""`/api/v1/customers/`: who is on the books that the key's channel may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from inventory.places import Channel
from retail import channels
from retail.customers.knowing import lookup
from retail.customers.models import Customer
from retail.customers.phones import BadPhone, e164
from retail.customers.registering import register
from retail.interfaces.fields import moment
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import Reading
from retail.interfaces.schema import answers, page_of
from retail.interfaces.views import (
    EVERY_SCOPE,
    ApiView,
    key_of,
    maker_of,
    query,
    reading_of,
    told,
)
from retail.staff.models import Scope

BY = ("card", "phone", "email")
NAMED = ("first_name", "last_name", "email", "phone", "postcode", "language")


class PersonSchema(serializers.Serializer[object]):
    first_name = serializers.CharField(max_length=80, required=False)
    last_name = serializers.CharField(max_length=80, required=False)
    email = serializers.EmailField(required=False)
    phone = serializers.CharField(max_length=20, required=False)
    postcode = serializers.CharField(max_length=10, required=False)
    language = serializers.ChoiceField(["fr", "en"], required=False)


class CustomerSchema(serializers.Serializer[object]):
    id = serializers.UUIDField()
    channel = serializers.ChoiceField(Channel.values)
    card = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField(help_text="masked for tills and stores")
    phone = serializers.CharField(help_text="masked for tills and stores")
    postcode = serializers.CharField()
    language = serializers.CharField()
    registered_at = serializers.DateTimeField()


class Customers(ApiView):
    scopes = EVERY_SCOPE

    @extend_schema(
        operation_id="customers_find",
        summary="Who has this card, phone number or e-mail address",
        parameters=[OpenApiParameter(name, str) for name in BY],
        responses=answers(page_of(CustomerSchema), 400),
    )
    def get(self, request: Request) -> HttpResponse:
        """One of the three is needed: nobody can leaf through all customers. Where
        customers are not unified only the channel's own are found."""
        given = {name: query(request, name) for name in BY}
        if sum(map(bool, given.values())) != 1:
            raise invalid(card=_("Give a card, a phone number or an e-mail address."))
        found = lookup(**given)
        masked = _masks(request)
        return told(
            {"results": [body_of(each, masked) for each in found], "next": None}
        )


class OneCustomer(ApiView):
    scopes = EVERY_SCOPE

    @extend_schema(
        operation_id="customers_register",
        summary="Register a customer on the key's channel",
        request=PersonSchema,
        responses=answers(CustomerSchema, 400, 404, 409, 503, created=True),
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        """The id is the caller's, a UUIDv7; the same again with the same body answers
        the customer who is there."""
        channel = Channel(key_of(request).channel)
        person = _person(reading_of(request))
        known = _known(id, channel, person)
        if known is None:
            with channels.atomic():
                customer = register(
                    id=id, channel=channel, by=maker_of(request), **person
                )
            # somebody may have taken the id meanwhile
            known = _known(id, channel, person) or customer
            return told(body_of(known, _masks(request)), status=201)
        return told(body_of(known, _masks(request)))


def _person(body: Reading) -> dict[str, Any]:
    person = {
        "first_name": body.text("first_name", most=80),
        "last_name": body.text("last_name", most=80),
        "email": body.text("email", most=254).lower(),
        "phone": body.text("phone", most=20),
        "postcode": body.text("postcode", most=10),
        "language": body.one_of("language", ("fr", "en"), default="fr"),
    }
    if person["email"] and not _is_address(person["email"]):
        body.wrong("email", _("This is no e-mail address."))
    try:
        person["phone"] = e164(person["phone"])
    except BadPhone:
        body.wrong("phone", _("This is no phone number."))
    if not any(person[name] for name in ("first_name", "last_name", "email", "phone")):
        body.wrong("first_name", _("This is needed."))
    body.done()
    return person


def _is_address(text: str) -> bool:
    try:
        serializers.EmailField().run_validators(text)
    except serializers.ValidationError:
        return False
    return True


def _known(id: UUID, channel: Channel, person: dict[str, Any]) -> Customer | None:
    """The customer registered under this id by the same words. Raises Problem."""
    found = Customer.objects.filter(id=id).first()
    if found is None:
        return None
    if found.origin != channel:
        raise Problem("not-found")
    if any(getattr(found, name) != person[name] for name in NAMED):
        raise Problem("id-reused")
    return found


def _masks(request: Request) -> bool:
    """A till or a store needs to recognise somebody, not to read the file."""
    return key_of(request).scope in {Scope.TILL, Scope.STORE}


def body_of(customer: Customer, masked: bool) -> dict[str, Any]:
    email, phone = customer.email, customer.phone
    if masked:
        name, at, domain = email.partition("@")
        email = f"{name[:1]}…@{domain}" if at else ""
        phone = f"…{phone[-2:]}" if phone else ""
    return {
        "id": customer.id,
        "channel": customer.origin,
        "card": customer.card,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": email,
        "phone": phone,
        "postcode": customer.postcode,
        "language": customer.language,
        "registered_at": moment(customer.registered_at),
    }
