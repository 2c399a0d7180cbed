"""The till's texts for what a seller takes off a price, and for a second print."""

from django.utils.translation import gettext as _


def discount_words() -> dict[str, str]:
    return {
        "duplicate": _("DUPLICATE %(number)s"),
        "cut": _("Discount"),
        "cut_title": _("Ask less"),
        "cut_for": _("For what?"),
        "cut_line": _("This line: %(title)s"),
        "cut_ticket": _("The whole ticket"),
        "cut_how": _("How?"),
        "cut_percent": _("Percent off"),
        "cut_price": _("New price for one"),
        "cut_reason": _("Why?"),
        "cut_damaged": _("Damaged"),
        "cut_date": _("Date too short"),
        "cut_marked": _("Marked lower on the shelf"),
        "cut_gesture": _("Gesture to the customer"),
        "cut_take": _("Take it off"),
        "cut_none": _("This takes nothing off."),
        "cut_note": _("instead of %(price)s: %(reason)s"),
        "cut_taken": _("The price is lower now."),
        "cut_limit": _(
            "More than %(share)s of a line, or %(amount)s of a ticket: a manager agrees."
        ),
        "manager_discount": _("To take %(amount)s off this ticket."),
    }
