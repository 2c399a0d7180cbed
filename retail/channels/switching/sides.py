"""Which rows a run moves: from where, to where, whose, and of which tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.db import models

from inventory.models import Department, Location, Product, TaxCategory, Variant
from inventory.places import Origin
from retail.channels.models import RunKind
from retail.channels.router import BUSINESS
from retail.customers.models import CustomerLink, NotSame, Person, PossibleMatch
from retail.fulfilment.models import FeedState, StoreAvailability

Connection = psycopg.Connection[tuple[Any, ...]]
Model = type[models.Model]

# Copies of what other rows say: rebuilt, never moved.
DERIVED: frozenset[Model] = frozenset({StoreAvailability, FeedState})
# Rows that only the shared database has. They stay there when it is parted, so that the
# next join finds them.
ONLY_SHARED: frozenset[Model] = frozenset(
    {Person, CustomerLink, NotSame, PossibleMatch}
)
# Equal on every side, referred to from everywhere.
MASTER: frozenset[Model] = frozenset(
    {Department, TaxCategory, Product, Variant, Location}
)
# What people write all the time is closed first: traffic then drains by itself.
BUSY = (
    "retail_basket",
    "retail_order",
    "pos_ticket",
    "retail_outboxmessage",
    "inventory_stocklevel",
)


@dataclass(frozen=True)
class Way:
    """Rows of these owners go from one side to another."""

    source: str
    target: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table whose rows are moved, with its columns by name. `owners` may have rows
    in it, by its own constraint."""

    name: str
    columns: tuple[str, ...]
    master: bool
    owners: frozenset[str]


HEAD = Origin.HEAD_OFFICE.value
WEBSHOP, POS = Origin.WEBSHOP.value, Origin.POS.value
WAYS: dict[str, tuple[Way, ...]] = {
    # master data is equal on both sides, so it is taken from one
    RunKind.JOIN: (
        Way("webshop", "shared", (HEAD, WEBSHOP)),
        Way("pos", "shared", (POS,)),
    ),
    RunKind.PART: (
        Way("shared", "webshop", (HEAD, WEBSHOP)),
        Way("shared", "pos", (HEAD, POS)),
    ),
}


def sources(kind: str) -> tuple[str, ...]:
    """The sides that sell until they are closed."""
    return tuple(dict.fromkeys(way.source for way in WAYS[kind]))


def targets(kind: str) -> tuple[str, ...]:
    """The sides that sell afterwards."""
    return tuple(dict.fromkeys(way.target for way in WAYS[kind]))


@cache
def tables() -> tuple[Table, ...]:
    """Every table whose rows are moved."""
    found = [
        model
        for label in sorted(BUSINESS)
        for model in apps.get_app_config(label).get_models()
        if model not in DERIVED | ONLY_SHARED
    ]
    return tuple(
        Table(
            name=model._meta.db_table,
            columns=tuple(str(each.column) for each in model._meta.concrete_fields),
            master=model in MASTER,
            owners=owners(model),
        )
        for model in found
    )


def owners(model: Model) -> frozenset[str]:
    """Of whom the table may have rows, as `inventory.models.owned_by` says."""
    for each in model._meta.constraints:
        said = getattr(each, "condition", None)
        if each.name.endswith("_has_owner") and isinstance(said, models.Q):
            found: dict[str, Any] = dict(said.deconstruct()[1])
            return frozenset(map(str, found["origin__in"]))
    raise LookupError(model._meta.db_table)


def first_the_busy(names: list[str]) -> list[str]:
    """In the order in which they are closed."""
    return sorted(names, key=lambda name: (name not in BUSY, name))
