"""What messages and notices are called where people look at them."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

__all__ = ["MESSAGES", "NOTICES", "called"]

MESSAGES: dict[str, Promise] = {
    "pickup.requested": _("A pickup is asked of the store"),
    "pickup.cancel_requested": _("The customer cancels"),
    "pickup.choice_made": _("The customer’s choice"),
    "pickup.check_in_requested": _("The customer is there"),
    "pickup.on_way_told": _("The customer is on the way"),
    "pickup.extend_requested": _("The customer asks to keep it longer"),
    "pickup.collector_changed": _("Somebody else collects it"),
    "pickup.slot_changed": _("The customer comes at another time"),
    "pickup.due_told": _("To be paid at the counter after all"),
    "parcel.cancel_requested": _("The customer cancels a parcel"),
    "parcel.moved": _("What the store did with a parcel"),
    "parcel.refused": _("A parcel cannot be stopped any more"),
    "pickup.moved": _("What the store did"),
    "pickup.paid": _("Paid at a till"),
    "pickup.refused": _("The store cannot do what was asked"),
    "master.changed": _("Head office changed a row"),
    "place.opened": _("A new store"),
    "gift_card.credited": _("Money goes back on a gift card"),
}
NOTICES: dict[str, Promise] = {
    "order_received": _("order received"),
    "alert_confirm": _("asked whether to tell when it is back"),
    "back_in_stock": _("back in stock"),
    "pickup_accepted": _("order accepted"),
    "pickup_ready": _("ready to collect"),
    "pickup_short": _("items are missing"),
    "pickup_refused": _("the store refused"),
    "choice_made_for_you": _("a choice was made"),
    "pickup_reminder": _("reminder"),
    "pickup_expired": _("not collected in time"),
    "pickup_extended": _("kept longer"),
    "pickup_transfer": _("waiting for another store"),
    "pickup_collector": _("somebody else collects"),
    "order_cancelled": _("order cancelled"),
    "refunded": _("money given back"),
    "reservation_lapsed": _("the bank reserves no longer"),
    "parcel_shipped": _("parcel on its way"),
    "collected_thanks": _("thanks and a question"),
}


def called(kind: str) -> str:
    """In words, or as the code has it where nobody found words yet."""
    if kind in NOTICES:
        return gettext("Notice: %(what)s") % {"what": NOTICES[kind]}
    return str(MESSAGES.get(kind, kind))
