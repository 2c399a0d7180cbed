"""The till's texts for its drawer: opening, cash in and out, X and Z; and for
tickets that wait."""

from django.utils.translation import gettext as _


def drawer_words() -> dict[str, str]:
    return {
        "park": _("Hold"),
        "parked": _("The ticket waits; any till of the store can go on with it."),
        "parked_title": _("Tickets that wait"),
        "none_parked": _("No ticket waits in this store."),
        "resume": _("Take up a ticket"),
        "taken_up": _("The ticket is taken up."),
        "drawer": _("Drawer"),
        "opening_cash": _("Cash at the opening"),
        "cash_in_drawer": _("Cash in the drawer, counted"),
        "amount": _("Amount"),
        "amount_hint": _("An amount such as 120 or 120.50"),
        "cash_in_out": _("Cash in or out"),
        "which_way": _("Which way?"),
        "cash_in": _("Put in"),
        "cash_out": _("Taken out"),
        "cash_reason": _("What for?"),
        "write_down": _("Write it down"),
        "cash_moved": _("It is written down in the drawer’s book."),
        "close_shift": _("Close the shift"),
        "counted_cash": _("Cash counted"),
        "counted_hint": _("Count first: what should be there is shown afterwards."),
        "counted_card": _("Total of the card terminal"),
        "count_and_close": _("Counted: close the shift"),
        "shift_closed": _("The shift is closed"),
        "x_report": _("X: as it stands"),
        "x_number": _("X, before Z %(number)s"),
        "z_number": _("Z %(number)s"),
        "seller": _("By"),
        "tickets": _("Tickets"),
        "sales": _("Sales"),
        "refunds": _("Refunds"),
        "perpetual": _("Perpetual total"),
        "should_be": _("Should be there"),
        "was_counted": _("Counted"),
        "difference": _("Difference"),
        "done": _("Done"),
    }
