"""Where a person's data lies: one written table for the export and for the erasure.

Each room says its own under these two names; a test walks the models and fails where a
table that belongs to a customer is in neither list, or a column is not decided on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string

from retail.alerts.models import StockAlert
from retail.customers.models import Address, ConsentEvent, Customer, CustomerLink
from retail.fulfilment.models import PickupJob, ShipJob
from retail.loyalty.models import LoyaltyAccount, LoyaltyEntry
from retail.notices.models import Notice
from retail.orders.models import Basket, Order
from retail.service.models import SurveyAnswer

# Rooms above this one that keep personal data.
ROOMS = ("retail.customers.personal", "retail.alerts.personal", "pos.personal")


@dataclass(frozen=True)
class Wipe:
    """What is overwritten in one table. `whose` is a condition in SQL about
    `{customers}`, `{orders}` and `{promises}`, which stand for `= ANY(…)` or `IN (…)`;
    `sets` gives an expression in SQL for each column; `{owner}` in it is the customer
    of an order that names none, `{asked}` when somebody asked to be erased. `append_only`: the application
    may not, the copier does it."""

    table: str
    whose: str
    sets: Mapping[str, str]
    append_only: bool = False


@dataclass(frozen=True)
class Shape:
    """What is told of a row beside its own columns: `parts` are lists of rows that hang
    on it, `related` maps a name to a path (`location.name`)."""

    parts: Mapping[str, Shape] = field(default_factory=dict)
    related: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Whose:
    """A person's rows, by their ids."""

    customers: list[UUID]
    orders: list[UUID]


@dataclass(frozen=True)
class Section:
    """One list of the export."""

    name: str
    model: type[models.Model]
    whose: Callable[[Whose], Q]
    order: str
    shape: Shape = Shape()


# The order of somebody wiped has an address of nobody's, so that an order made without
# an account is still found when a copy of it turns up. Nothing is ever delivered to
# `.invalid` (RFC 2606).
MARKED = "'erased-%%@erased.invalid'"
MARK = (
    f"CASE WHEN email LIKE {MARKED} THEN email ELSE"
    " 'erased-' || coalesce(customer_id::text, {owner}, '') || '@erased.invalid' END"
)
# A visitor without an account is known by a hash of their session.
_NO_SESSION = "CASE WHEN {0} LIKE 'session:%%' THEN 'erased' ELSE {0} END"
# Free texts in events and messages. Their other values are numbers, ids and states.
FREE = ("reason", "place", "tracking", "customer_name", "collector_name", "name")
_FREE = ", ".join(f"'{each}'" for each in FREE)


def _without_texts(column: str) -> str:
    return (
        "(SELECT coalesce(jsonb_object_agg(told.key,"  # noqa: S608 -- our own constants
        f" CASE WHEN told.key IN ({_FREE}) AND jsonb_typeof(told.value) = 'string'"
        " THEN '\"\"'::jsonb ELSE told.value END), '{{}}'::jsonb)"
        f" FROM jsonb_each({column}) AS told)"
    )


_EVENT = {"data": _without_texts("data"), "by": _NO_SESSION.format("by")}

WIPES = [
    Wipe(
        "retail_customer",
        whose="id {customers}",
        sets={
            "first_name": "''",
            "last_name": "''",
            "email": "''",
            "email_verified_at": "NULL",
            "phone": "''",
            # unique, and no number that a card could have
            "card": (
                "'E-' || left(encode(sha256(convert_to("
                "'erased:' || id::text, 'UTF8')), 'hex'), 18)"
            ),
            "birth_date": "NULL",
            "postcode": "''",
            "usual_store": "''",
            "receives": "''",
            "unwanted": "'[]'",
            "erased_at": "coalesce(erased_at, {asked})",
        },
    ),
    Wipe(
        "retail_address",
        whose="customer_id {customers}",
        sets=dict.fromkeys(("line1", "line2", "postcode", "city", "country"), "''"),
    ),
    Wipe(
        "retail_order",
        whose="id {orders}",
        sets={
            "email": MARK,
            "first_name": "''",
            "last_name": "''",
            "phone": "''",
            # made of what was typed, so a guess could be proven right
            "body_hash": "encode(sha256(convert_to(id::text, 'UTF8')), 'hex')",
            "maker": _NO_SESSION.format("maker"),
            "visitor": "''",
        },
    ),
    Wipe(
        "retail_orderevent",
        whose="order_id {orders}",
        sets=_EVENT,
        append_only=True,
    ),
    Wipe(
        "retail_fulfilment",
        whose="order_id {orders}",
        sets={
            "collector": "''",
            "address": "'{{}}'::jsonb",
            "reason": "''",
            "tracking": "''",
        },
    ),
    Wipe(
        "retail_pickupjob",
        whose="order_id {orders}",
        sets={
            "customer_name": "''",
            "collector_name": "''",
            "collector_hash": "''",
            "place": "''",
            "reason": "''",
        },
    ),
    Wipe(
        "retail_pickupevent",
        whose="job_id {promises}",
        sets=_EVENT,
        append_only=True,
    ),
    Wipe(
        "retail_shipjob",
        whose="order_id {orders}",
        sets={"customer_name": "''", "address": "'{{}}'::jsonb", "tracking": "''"},
    ),
    Wipe(
        "retail_shipevent",
        whose="job_id {promises}",
        sets=_EVENT,
        append_only=True,
    ),
    Wipe(
        "retail_outboxmessage",
        whose="subject {promises}",
        sets={"payload": _without_texts("payload"), "last_error": "''", "why": "''"},
    ),
    Wipe(
        # without an address it is not sent any more
        "retail_notice",
        whose=(
            "order_id {orders} OR subject IN"
            " (SELECT id FROM retail_stockalert WHERE customer_id {customers})"
        ),
        sets={"address": "''", "data": _without_texts("data"), "why": "''"},
    ),
    Wipe("retail_surveyanswer", whose="order_id {orders}", sets={"comment": "''"}),
    Wipe(
        "retail_basket",
        whose="customer_id {customers}",
        sets={"session": "''", "coupons": "'[]'"},
    ),
    Wipe(
        # a link would say whose the wiped row was
        "retail_customerlink",
        whose="customer_id {customers}",
        sets={
            "ended_at": "coalesce(ended_at, now())",
            "ended_by": "CASE WHEN ended_at IS NULL THEN 'erasure' ELSE ended_by END",
        },
    ),
]

_LINES = {"lines": Shape()}
_WORK = {"lines": Shape(), "events": Shape()}
_AT = {"place": "location.name"}

SECTIONS = [
    Section("profiles", Customer, lambda who: Q(id__in=who.customers), "id"),
    Section(
        "links", CustomerLink, lambda who: Q(customer_id__in=who.customers), "linked_at"
    ),
    Section("addresses", Address, lambda who: Q(customer__in=who.customers), "made_at"),
    Section("consents", ConsentEvent, lambda who: Q(customer__in=who.customers), "at"),
    Section(
        "orders",
        Order,
        lambda who: Q(id__in=who.orders),
        "placed_at",
        Shape(
            {
                "lines": Shape(),
                "fulfilments": Shape(_LINES, _AT),
                "payments": Shape({"refunds": Shape()}),
                "events": Shape(),
            }
        ),
    ),
    Section(
        "pickups",
        PickupJob,
        lambda who: Q(order_id__in=who.orders),
        "placed_at",
        Shape({**_WORK, "offers": Shape()}, _AT),
    ),
    Section(
        "parcels",
        ShipJob,
        lambda who: Q(order_id__in=who.orders),
        "placed_at",
        Shape(_WORK, _AT),
    ),
    Section(
        "notices",
        Notice,
        lambda who: (
            Q(order_id__in=who.orders)
            | Q(subject__in=StockAlert.objects.filter(customer__in=who.customers))
        ),
        "made_at",
    ),
    Section(
        "survey_answers", SurveyAnswer, lambda who: Q(order_id__in=who.orders), "at"
    ),
    Section(
        "points_accounts",
        LoyaltyAccount,
        lambda who: Q(customer__in=who.customers),
        "id",
    ),
    Section(
        "points_entries",
        LoyaltyEntry,
        lambda who: Q(account__customer__in=who.customers),
        "at",
    ),
    Section(
        "baskets",
        Basket,
        lambda who: Q(customer__in=who.customers),
        "begun_at",
        Shape({"lines": Shape(related={"gtin": "variant.gtin"})}),
    ),
]


def _of_all_rooms(name: str) -> list[Any]:
    return [each for room in ROOMS for each in import_string(f"{room}.{name}")]


def wipes() -> list[Wipe]:
    """Every room's, this one's first."""
    return _of_all_rooms("WIPES")


def sections() -> list[Section]:
    return _of_all_rooms("SECTIONS")
