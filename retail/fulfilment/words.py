"""What staff read: the words of moves, reasons and refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from retail import formatting
from retail.fulfilment import pickup, tracking
from retail.fulfilment.models import PickupJob, ShipJob
from retail.staff.agreeing import NotAManager
from retail.staff.signing_in import Locked, WrongPin
from retail.staff.words import locked_text, wrong_pin_text

__all__ = ["DO", "DONE", "NO_CODE", "REASONS", "SHORT_REASONS", "refusal"]

# the button of a move
DO: dict[str, Promise] = {
    "accept": gettext_lazy("Accept"),
    "reject": gettext_lazy("Refuse"),
    "start-picking": gettext_lazy("Start picking"),
    "pick": gettext_lazy("Go on picking"),
    "short": gettext_lazy("Say what is missing"),
    "choose": gettext_lazy("Go on without it"),
    "await-transfer": gettext_lazy("Get it from another store"),
    "transfer-arrived": gettext_lazy("The transfer is here"),
    "stage": gettext_lazy("Put on the shelf"),
    "ready": gettext_lazy("Tell the customer: ready"),
    "extend": gettext_lazy("Keep it longer"),
    "check-in": gettext_lazy("The customer is here"),
    "hand-over-part": gettext_lazy("Hand over a part"),
    "hand-over": gettext_lazy("Hand over"),
    "expire": gettext_lazy("Nobody came"),
    "restock": gettext_lazy("Back on the shelf"),
    "cancel": gettext_lazy("Cancel"),
    "pack": gettext_lazy("Close the parcel"),
    "ship": gettext_lazy("Ship"),
    "deliver": gettext_lazy("Delivered"),
    "return": gettext_lazy("It came back"),
}
# the history
DONE: dict[str, Promise] = {
    "place": gettext_lazy("Order received"),
    "accept": gettext_lazy("Order accepted"),
    "reject": gettext_lazy("Order refused"),
    "start-picking": gettext_lazy("Picking started"),
    "pick": gettext_lazy("Items picked"),
    "short": gettext_lazy("Items missing"),
    "choose": gettext_lazy("The customer goes without what is missing"),
    "await-transfer": gettext_lazy("Asked of another store"),
    "transfer-arrived": gettext_lazy("Arrived from another store"),
    "stage": gettext_lazy("Order on the shelf"),
    "ready": gettext_lazy("Customer told: ready"),
    "extend": gettext_lazy("Kept longer"),
    "collector": gettext_lazy("Who collects was changed"),
    "slot": gettext_lazy("The slot was changed"),
    "on-way": gettext_lazy("The customer is on the way"),
    "check-in": gettext_lazy("Customer arrived"),
    "due": gettext_lazy("To be paid at the counter after all"),
    "pay": gettext_lazy("Paid at the till"),
    "hand-over-part": gettext_lazy("A part handed over"),
    "hand-over": gettext_lazy("Handed over"),
    "expire": gettext_lazy("Not collected in time"),
    "restock": gettext_lazy("Put back in the aisles"),
    "cancel": gettext_lazy("Order cancelled"),
    "pack": gettext_lazy("Parcel packed"),
    "ship": gettext_lazy("Parcel shipped"),
    "deliver": gettext_lazy("Parcel delivered"),
    "return": gettext_lazy("Parcel came back"),
}
SHORT_REASONS: dict[str, Promise] = {
    "missing": gettext_lazy("Not to be found"),
    "damaged": gettext_lazy("Damaged"),
    "out_of_date": gettext_lazy("Date too short"),
    "sold": gettext_lazy("Sold meanwhile"),
}
# of a hand-over by a checked name
NO_CODE: dict[str, Promise] = {
    "code_lost": gettext_lazy("The code is lost"),
    "phone_empty": gettext_lazy("The phone is empty, or not here"),
    "no_letter": gettext_lazy("The letter with the code has not come"),
    "code_refused": gettext_lazy("The code is not accepted"),
}
# of a job that was refused, cancelled or is short, and of a hand-over
REASONS: dict[str, Promise] = {
    **SHORT_REASONS,
    **NO_CODE,
    "out_of_stock": gettext_lazy("Out of stock"),
    "too_busy": gettext_lazy("No time to prepare it"),
    "no_transfer": gettext_lazy("The other store has not got it either"),
    "closed": gettext_lazy("The store is closed"),
    "customer": gettext_lazy("The customer wished it"),
    "mistake": gettext_lazy("Placed by mistake"),
    "ship": gettext_lazy("Sent to the customer instead"),
    "cancel": gettext_lazy("The customer wished it"),
    "other_store": gettext_lazy("Moved to another store"),
}


def refusal(error: Exception, job: PickupJob | ShipJob) -> str:
    """What is said of a verb's refusal: what happened, then what can be done."""
    match error:
        case pickup.NotCollectable():
            return _not_collectable(job)
        case pickup.IllegalMove():
            return _illegal(error, job)
        case pickup.WrongCode(left=0):
            return _("Too many wrong codes. Check a proof of the name instead.")
        case pickup.WrongCode():
            return ngettext(
                "This is not the code of this order. One more try before the name must"
                " be checked.",
                "This is not the code of this order. %(left)s more tries before the"
                " name must be checked.",
                error.left,
            ) % {"left": error.left}
        case pickup.IdentityNeeded():
            return _("Look at an identity card first. It must say: %(names)s.") % {
                "names": ", ".join(error.names)
            }
        case pickup.NotPaid():
            return _(
                "%(amount)s are still to be paid. Take them at the till, then hand the"
                " goods over."
            ) % {"amount": formatting.money(error.due, getattr(job, "currency", "EUR"))}
        case pickup.Incomplete():
            units = sum(error.missing.values())
            return ngettext(
                "%(count)s unit is neither found nor said to be missing.",
                "%(count)s units are neither found nor said to be missing.",
                units,
            ) % {"count": units}
        case pickup.BadLines():
            return _("These quantities do not fit the order. Look at them again.")
        case tracking.BadTracking():
            return _("No carrier has such a number. Look at the label again.")
        case pickup.BadBags():
            return _("A number of bags from 1 to 30.")
        case pickup.BadOffer():
            return _("This cannot be offered instead. Choose another article.")
        case pickup.OutOfStock():
            return _("There is not so much of it free any more. Look again.")
        case pickup.NotSameOwner():
            return _("Goods cannot be brought from there.")
        case pickup.NoTransfer():
            return _("The other store has not sent it yet.")
        case pickup.ExtendedBefore():
            return _("It is kept longer already; a second time is not offered.")
        case WrongPin():
            return wrong_pin_text(error)
        case Locked():
            return locked_text(error)
        case NotAManager():
            return _("Only a manager may agree to this.")
        case pickup.IdReused():
            return _("This form was used before. Here is the order as it is now.")
        case _:
            raise error


def _not_collectable(job: PickupJob | ShipJob) -> str:
    if job.status == "collected" and job.finished_at:
        return _("This code was used: the order was handed over %(when)s.") % {
            "when": formatting.day_time(job.finished_at)
        }
    return _("It cannot be handed over: %(status)s. Nothing has been done.") % {
        "status": _state(job)
    }


def _illegal(error: pickup.IllegalMove, job: PickupJob | ShipJob) -> str:
    allowed = [str(DO[name]) for name in error.allowed if name != "choose"]
    if not allowed:
        return _("The order is %(status)s: nothing is left to do.") % {
            "status": _state(job)
        }
    return _("The order is %(status)s. What can be done now: %(moves)s.") % {
        "status": _state(job),
        "moves": ", ".join(allowed),
    }


def _state(job: PickupJob | ShipJob) -> str:
    return str(STATE_WORDS[job.status])


# within a sentence
STATE_WORDS: dict[str, Promise] = {
    "placed": gettext_lazy("new, not accepted yet"),
    "accepted": gettext_lazy("accepted, not picked yet"),
    "awaiting_transfer": gettext_lazy("waiting for goods of another store"),
    "picking": gettext_lazy("being picked"),
    "short": gettext_lazy("waiting for the customer’s choice"),
    "staged": gettext_lazy("on its shelf, not announced yet"),
    "ready": gettext_lazy("ready"),
    "checked_in": gettext_lazy("ready, its customer is here"),
    "partly_collected": gettext_lazy("partly handed over"),
    "collected": gettext_lazy("handed over"),
    "rejected": gettext_lazy("refused"),
    "expired": gettext_lazy("expired, to be put back"),
    "restocked": gettext_lazy("back in the aisles"),
    "cancelled": gettext_lazy("cancelled"),
    "packed": gettext_lazy("packed"),
    "shipped": gettext_lazy("shipped"),
    "delivered": gettext_lazy("delivered"),
    "returned": gettext_lazy("back again"),
}
