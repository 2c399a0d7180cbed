"""How a state is shown: its word, its symbol of the sprite, its tone.

Colour alone never tells: every badge has the symbol and the word. The diagram in the
documentation is drawn from the same table.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Tone = Literal["ok", "info", "work", "warn", "bad", "mute", "label"]


@dataclass(frozen=True)
class Look:
    word: str | Promise
    icon: str
    tone: Tone


# Pickups, shipments, what the customer is told of them, and whole orders.
STATES: dict[str, Look] = {
    "requested": Look(_("Asked of the store"), "send", "info"),
    "awaiting_payment": Look(_("Awaiting payment"), "card", "info"),
    "payment_failed": Look(_("Payment failed"), "x", "bad"),
    "placed": Look(_("New"), "ring", "info"),
    "accepted": Look(_("Accepted"), "ring", "info"),
    "awaiting_transfer": Look(_("Waiting for a transfer"), "swap", "info"),
    "picking": Look(_("Picking"), "half", "work"),
    "staged": Look(_("Staged"), "shelf", "work"),
    "packed": Look(_("Packed"), "parcel", "work"),
    "short": Look(_("Short"), "minus", "warn"),
    "customer_choice": Look(_("Customer’s choice"), "ask", "warn"),
    "partly_collected": Look(_("Partly collected"), "minus", "warn"),
    "part_fulfilled": Look(_("Partly fulfilled"), "minus", "warn"),
    "ready": Look(_("Ready"), "check", "ok"),
    "checked_in": Look(_("Here"), "pin", "label"),
    "collected": Look(_("Collected"), "bag", "ok"),
    "shipped": Look(_("Shipped"), "truck", "ok"),
    "delivered": Look(_("Delivered"), "house", "ok"),
    "completed": Look(_("Completed"), "check", "ok"),
    "rejected": Look(_("Refused"), "x", "bad"),
    "expired": Look(_("Expired"), "clock", "bad"),
    "cancelled": Look(_("Cancelled"), "slash", "mute"),
    "returned": Look(_("Came back"), "undo", "warn"),
    "restocked": Look(_("Restocked"), "slash", "mute"),
}

LEVELS = {
    "multichannel": _("Multichannel"),
    "cross-channel": _("Cross-channel"),
    "omnichannel": _("Omnichannel"),
    "custom": _("Custom"),
}
