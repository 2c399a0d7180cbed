"""An order's diary in its customer's words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from retail.orders.models import OrderEvent

__all__ = ["choice_in_words", "step_of"]


def step_of(event: OrderEvent) -> str:
    """Empty for what a customer need not know."""
    if not event.before:
        return _("Order received")
    words = WORDS.get(event.kind)
    return words(event.data) if words else ""


def choice_in_words(choice: str) -> str:
    return {
        "substitute": _("Take what the store offers instead"),
        "drop": _("Go on without what is missing"),
        "ship": _("Have it delivered to me, free of charge"),
        "other_store": _("Collect in another store"),
        "cancel": _("Cancel, and pay nothing"),
    }[choice]


def _chosen(data: dict[str, Any]) -> str:
    return _("You chose: %(choice)s") % {"choice": choice_in_words(data["choice"])}


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "placed": lambda _data: _("Payment confirmed"),
    "lapsed": lambda _data: _("Your bank does not keep the money any longer"),
    "payment_failed": lambda _data: _("Payment declined"),
    "short": lambda _data: _("The store could not find everything"),
    "choice_made": _chosen,
    "substituted": lambda _data: _("Replaced, with your agreement"),
    "cancel_requested": lambda _data: _("You asked to cancel"),
    "cancel_refused": lambda _data: _("It was too late to cancel"),
    "check_in_refused": lambda _data: _("The store could not take your arrival"),
    "extend_refused": lambda _data: _("The store could not keep it longer"),
    "collector_refused": lambda _data: _("It was too late to name another collector"),
    "slot_refused": lambda _data: _("It was too late to change the hour"),
    "substitute_refused": lambda _data: _("What was offered instead is gone"),
    "drop_refused": lambda _data: _("The store could not go on as you chose"),
    "part_fulfilled": lambda _data: _("A part is with you"),
    "returned": lambda _data: _("A parcel came back to us"),
    "refunded": lambda _data: _("Refunded"),
    "completed": lambda _data: _("Completed"),
    "cancelled": lambda _data: _("Cancelled"),
}
