"""The states of pickups and shipments, and the moves between them, as data.

The same tables draw the board's buttons, the diagram in the documentation and the
cases of the tests. A move is allowed from the states it names and from no other.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class PickupStatus(models.TextChoices):
    PLACED = "placed", _("New")
    ACCEPTED = "accepted", _("Accepted")
    AWAITING_TRANSFER = "awaiting_transfer", _("Awaiting transfer")
    PICKING = "picking", _("Picking")
    SHORT = "short", _("Short")
    STAGED = "staged", _("Staged")
    READY = "ready", _("Ready")
    CHECKED_IN = "checked_in", _("Here")
    PARTLY_COLLECTED = "partly_collected", _("Partly collected")
    COLLECTED = "collected", _("Collected")
    REJECTED = "rejected", _("Refused")
    EXPIRED = "expired", _("Expired")
    RESTOCKED = "restocked", _("Restocked")
    CANCELLED = "cancelled", _("Cancelled")


class ShipStatus(models.TextChoices):
    PLACED = "placed", _("New")
    PICKING = "picking", _("Picking")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class FulfilmentStatus(models.TextChoices):
    """What the customer is told: the job's last known state, or what only the order's
    side knows (waiting to be paid, a choice to make)."""

    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    REQUESTED = "requested", _("Asked of the store")
    CUSTOMER_CHOICE = "customer_choice", _("Your choice")
    PLACED = "placed", _("New")
    ACCEPTED = "accepted", _("Accepted")
    AWAITING_TRANSFER = "awaiting_transfer", _("Awaiting transfer")
    PICKING = "picking", _("Picking")
    STAGED = "staged", _("Staged")
    READY = "ready", _("Ready")
    CHECKED_IN = "checked_in", _("Here")
    PARTLY_COLLECTED = "partly_collected", _("Partly collected")
    COLLECTED = "collected", _("Collected")
    EXPIRED = "expired", _("Expired")
    RESTOCKED = "restocked", _("Restocked")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


@dataclass(frozen=True)
class Move:
    """`name` is the word of the API (`POST fulfilments/{id}/{name}/`)."""

    name: str
    sources: frozenset[str]
    target: str


def _moves(*rows: tuple[str, str, str]) -> dict[str, Move]:
    return {
        name: Move(name=name, sources=frozenset(sources.split()), target=target)
        for name, sources, target in rows
    }


PICKUP_MOVES = _moves(
    ("accept", "placed", "accepted"),
    ("reject", "placed accepted", "rejected"),
    ("start-picking", "accepted", "picking"),
    ("pick", "picking", "picking"),
    ("short", "placed accepted picking short", "short"),
    ("choose", "short", "picking"),
    ("await-transfer", "accepted picking", "awaiting_transfer"),
    ("transfer-arrived", "awaiting_transfer", "accepted"),
    ("stage", "picking", "staged"),
    ("ready", "staged", "ready"),
    ("extend", "ready", "ready"),
    ("check-in", "ready", "checked_in"),
    ("hand-over-part", "ready checked_in partly_collected", "partly_collected"),
    ("hand-over", "ready checked_in partly_collected", "collected"),
    ("expire", "ready checked_in partly_collected", "expired"),
    ("restock", "expired", "restocked"),
    (
        "cancel",
        "placed accepted awaiting_transfer picking short staged ready checked_in",
        "cancelled",
    ),
)

# Events of a pickup that are written down and told, but move nothing.
PICKUP_NOTES = ("collector", "due", "on-way", "pay", "slot")

SHIP_MOVES = _moves(
    ("start-picking", "placed", "picking"),
    ("pick", "picking", "picking"),
    ("pack", "picking", "packed"),
    ("ship", "packed", "shipped"),
    ("deliver", "shipped", "delivered"),
    ("return", "shipped delivered", "returned"),
    ("cancel", "placed picking packed", "cancelled"),
)

PICKUP_OPEN = [
    "placed",
    "accepted",
    "awaiting_transfer",
    "picking",
    "short",
    "staged",
    "ready",
    "checked_in",
    "partly_collected",
    "expired",
]
SHIP_OPEN = ["placed", "picking", "packed"]


def legal(moves: dict[str, Move], status: str) -> list[str]:
    """The moves that a job in this state may make, in the order of the table."""
    return [m.name for m in moves.values() if status in m.sources]
