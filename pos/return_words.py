"""The till's texts for what comes back, and for what a manager must agree to."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

BOTH = (1, 2)


def return_words() -> dict[str, str | list[str]]:
    return {
        "acts": _("Other acts"),
        "return": _("Return"),
        "return_title": _("Goods come back"),
        "ticket_label": _("Ticket number"),
        "ticket_hint": _(
            "As on the receipt: BAT-1-12, or 12 for this till; W-… of a web order"
        ),
        "receipt_of": _("Ticket %(number)s, %(store)s, %(time)s"),
        "left_of": _("%(left)s of %(sold)s left"),
        "all_back": _("All of it is back"),
        "one_less": _("One less: %(title)s"),
        "one_more": _("One more: %(title)s"),
        "coming_back": _("Coming back: %(title)s"),
        "return_reason": _("Why does it come back?"),
        "reason_unwanted": _("Not wanted after all"),
        "reason_faulty": _("Faulty or spoilt"),
        "reason_wrong": _("Not what was asked for"),
        "reason_price": _("Wrong price"),
        "restock": _("It can be sold again: back to the shelf"),
        "take_back_for": _("Take back for %(amount)s"),
        "taken_back": [
            ngettext("%(count)s item comes back", "%(count)s items come back", n)
            for n in BOTH
        ],
        "came_back": _("Return: %(reason)s"),
        "no_receipt": _("Without a receipt"),
        "bare_note": _(
            "At today’s price, in cash, and only if a manager agrees. Scan the product."
        ),
        "give_back": _("Give back"),
        "back_as_paid": _("Give back as it was paid"),
        "back_in_cash": _("Give back in cash"),
        "back_all_cash": _("All of it in cash"),
        "back_needs_manager": _("Without a receipt a manager must agree."),
        "given_back": _("Money goes back"),
        "of_ticket": _("Of ticket %(number)s"),
        "web_back_online": _(
            "%(number)s: %(amount)s goes back to whoever paid on the web."
        ),
        "web_back_card": _("%(number)s: %(amount)s goes back onto the gift card."),
        "web_back_nothing": _("%(number)s: taken back. No money is due for it."),
        "web_back_done": _(
            "%(number)s: what was asked for first is done. Look at what is left."
        ),
        "web_back_counter": _("%(number)s: give %(amount)s from the drawer."),
        "manager_title": _("A manager must agree"),
        "manager_refund": _("To give back %(amount)s."),
        "manager_shift": _(
            "To close a colleague’s shift that nobody has counted, and open another."
        ),
        "manager": _("Manager"),
        "pin": _("PIN"),
        "agree": _("I agree"),
        "not_now": _("Not now"),
        "no_manager": _("No manager of this store has a PIN."),
    }
