"""The texts of the till app, translated here and sent with the page.

Values are named as in Python; a list is [one, many], for whatever `count` says.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pos.discount_words import discount_words
from pos.drawer_words import drawer_words
from pos.offer_words import offer_words
from pos.return_words import return_words
from pos.weight_words import weight_words
from retail.fulfilment.words import NO_CODE

Words = dict[str, str | list[str]]
# The app counts later: both forms go with it, for languages that have two.
BOTH = (1, 2)


def words() -> Words:
    """In the language that is active."""
    return {
        **_sale(),
        **_customer(),
        **_pickup(),
        **_payment(),
        **_receipt(),
        **_run(),
        **return_words(),
        **offer_words(),
        **drawer_words(),
        **discount_words(),
        **weight_words(),
    }


def _sale() -> Words:
    return {
        "ticket_title": _("Current ticket"),
        "empty_ticket": _("Scan a product, or touch a tile."),
        "each": _("%(price)s each"),
        "put_back": _("Put back"),
        "items": [ngettext("%(count)s item", "%(count)s items", n) for n in BOTH],
        "of_which_tax": _("including VAT %(tax)s"),
        "charge": _("Charge"),
        "sending": _("Sending"),
        "still_due": _("Still due"),
        "products": _("Products"),
        "favourites": _("Sold often"),
        "tile_pages": _("Pages of quick keys"),
        "arrange_keys": _("Arrange the keys"),
        "found": _("Found for “%(text)s”"),
        "not_found": _("Nothing found for “%(text)s”."),
        "not_found_help": _("Check the code, or search by name."),
        "clear_search": _("Empty the search"),
        "scan_label": _("Scan or search for a product"),
        "scan_hint": _("Scan, or search by name"),
        "added": _("Added: %(title)s"),
        "keypad": _("Number keys"),
        "typed": _("Typed"),
        "quantity": _("Qty"),
        "remove": _("Remove"),
        "clear": _("Clear"),
        "keypad_and_payment": _("Keypad and payment"),
    }


def _customer() -> Words:
    return {
        "no_customer": _("No customer"),
        "add_customer": _("Add a customer"),
        "change_customer": _("Another customer"),
        "customer_file": _("what this store knows"),
        "points": [ngettext("%(points)s point", "%(points)s points", n) for n in BOTH],
        "points_to_earn": _("Points earned: %(points)s"),
        "greeted": _("Customer: %(name)s"),
        "who_buys": _("Who is the customer?"),
        "customer_label": _("Card, phone or name"),
        "look_up": _("Look up"),
        "customer_unknown": _("“%(text)s” is not known in this store."),
        "without_customer": _("Without customer"),
        "close": _("Close"),
    }


def _pickup() -> Words:
    return {
        "web_order": _("Web order"),
        "web_order_title": _("Pay or hand over a web order"),
        "web_order_of": _("Web order %(number)s, %(name)s"),
        "web_order_line": _("Web order %(number)s"),
        "shelf": _("shelf %(shelf)s"),
        "put_aside": _("Put aside"),
        "short": [
            ngettext("%(count)s is missing", "%(count)s are missing", n) for n in BOTH
        ],
        "pickup_label": _("Pickup code"),
        "pickup_hint": _("Eight letters and digits, on the customer’s order page"),
        "open_order": _("Open the order"),
        "pickup_opened": _("Web order %(number)s of %(name)s"),
        "pickup_unknown": _("No order is waiting here under “%(code)s”."),
        "finish_sale_first": _("Finish this sale before opening a web order."),
        "finish_pickup_first": _("Finish the web order before selling."),
        "not_collectable": _("It cannot be handed over now: %(status)s."),
        "hand_over": _("Hand over"),
        "handed_over": _("%(number)s is handed over to %(name)s."),
        "back_to_order": _("Back to %(number)s"),
        "not_handed": _("%(number)s is paid, but not handed over yet."),
        "check_name": _("Too many wrong codes: ask for proof of the name %(name)s."),
        "name_checked": _("Name checked, hand over"),
        "ask_card": _("Dear goods: look at an identity card. It must say: %(names)s."),
        "card_seen": _("Identity card seen, hand over"),
        "why_no_code": _("Why is there no code?"),
        "choose_reason": _("Choose a reason"),
        **{f"why_{reason}": str(told) for reason, told in NO_CODE.items()},
        "why_other": _("Something else"),
        "other_what": _("What else?"),
        "manager_hand_over": _("To hand over %(number)s without its code."),
        "held_title": _("These units are held for a web order"),
        "held_line": _("%(title)s: held for %(number)s"),
        "held_other": _("%(title)s: held for another customer"),
        "held_note": _(
            "Taking them leaves that order short, and its customer is asked what they"
            " prefer. If you leave them, give the payment back."
        ),
        "held_leave": _("Leave them"),
        "held_take": _("Take them"),
    }


def _payment() -> Words:
    return {
        "tenders": _("Means of payment"),
        "tender_cash": _("Cash"),
        "tender_card": _("Card"),
        "tender_points": _("Points"),
        "other_way": _("Other means"),
        "take_back": _("Undo"),
        "cash_given": _("Cash received"),
        "exact": _("Exact: %(amount)s"),
        "type_amount": _("Or type the amount on the keys"),
        "given": _("Received %(amount)s"),
        "change_will_be": _("Change: %(amount)s"),
        "terminal": _("Simulated terminal"),
        "terminal_note": _("No card is read. Decide what the bank answers."),
        "approve": _("Approve"),
        "decline": _("Decline"),
        "card_declined": _("The card was declined. Nothing was charged."),
        "points_pay": _("Pay with points"),
        "points_worth": [
            ngettext(
                "%(points)s point for %(amount)s", "%(points)s points for %(amount)s", n
            )
            for n in BOTH
        ],
        "points_step": _("%(step)s points are worth one euro."),
        "points_too_few": _("Points: from %(step)s points and one euro on."),
        "points_no_customer": _("Points: add the customer first."),
        "points_not_web": _("Points are spent where the order was placed."),
    }


def _receipt() -> Words:
    return {
        "give_change": _("Give change"),
        "paid_in_full": _("Paid in full"),
        "next_customer": _("Next customer"),
        "print": _("Print"),
        "sold": _("Ticket %(number)s is recorded."),
        "ticket_number": _("Ticket %(number)s"),
        "total": _("Total"),
        "change": _("Change due"),
        "tax": _("VAT"),
        "before_tax": _("Without VAT"),
        "tax_amount": _("VAT amount"),
        "with_tax": _("With VAT"),
        "tax_on_order": _("VAT: see the invoice of order %(number)s."),
        "ticket_points": _("%(name)s: %(earned)s points earned, %(spent)s spent"),
        "seal": _("Seal …%(hash)s"),
        "thanks": _("Thank you, see you soon."),
    }


def _run() -> Words:
    return {
        "wait_for_ticket": _("The last ticket is still being sent."),
        "refused": _("The ticket was refused: %(reason)s"),
        "give_payment_back": _("Give the payment back."),
        "unreachable": _("The shop’s server does not answer. Try again."),
        "unreachable_start": _("The shop’s server does not answer. Trying again…"),
        "sign_in_again": _("Sign in again: what is on the ticket is kept."),
        "sign_in": _("Sign in"),
        "not_sent_since": _("Not sent since %(time)s"),
        "not_sent": _(
            "Ticket %(number)s of %(amount)s is kept on this device and sent as soon as"
            " the server answers. It cannot be booked twice."
        ),
        "one_waits": _("One ticket waits"),
        "dial_turns": _("The dial is being turned"),
        "dial_waits": _(
            "Data is being moved for a moment. Ticket %(number)s of %(amount)s waits"
            " here and is then sent by itself. It cannot be booked twice."
        ),
        "try_now": _("Try now"),
        "state": _("State of the till"),
        "till_closed": _("The till is closed."),
        "till_opened": _("The till is open."),
        "open_till": _("Open the till"),
        "opened_by": _("%(name)s opened this till at %(time)s."),
        "take_over": _("Close that shift and open mine"),
        "since": _("%(name)s · open since %(time)s"),
        "needs_https": _(
            "The till seals its tickets, which browsers allow on secure addresses only."
            " Open it by https, or on this machine as localhost."
        ),
        "other_tab": _("This till is open in another tab. Go on there."),
    }
