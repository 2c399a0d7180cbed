"""What the dial's pages say of levels, features, steps and refusals."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from retail import formatting
from retail.channels import Feature, Level

LEVELS: dict[str, Promise] = {
    Level.MULTICHANNEL: _(
        "Two customer files, two baskets, two cards. The web sells only its warehouse."
    ),
    Level.CROSS_CHANNEL: _(
        "Order on the web, collect in a store. The two databases speak by messages."
    ),
    Level.OMNICHANNEL: _(
        "One customer, one card, one stock. Begin and end where you like."
    ),
}
# Off, on.
MEANS: dict[str, tuple[Promise, Promise]] = {
    Feature.WEB_TO_STORE: (
        _("The webshop delivers only."),
        _("A web order can be collected in a store."),
    ),
    Feature.SHARED_DATABASE: (
        _("Each channel keeps its own database."),
        _("Both channels write the same database."),
    ),
    Feature.UNIFIED_CUSTOMERS: (
        _("The same person is one record per channel."),
        _("One profile with its history, seen from both."),
    ),
    Feature.UNIFIED_LOYALTY: (
        _("A card and a balance per channel."),
        _("One balance: earn anywhere, spend anywhere."),
    ),
    Feature.SHARED_PROMOTIONS: (
        _("An offer or a coupon is valid only where it was made."),
        _("The till honours the site’s coupons; the site shows the stores’ offers."),
    ),
    Feature.ENDLESS_AISLE: (
        _("Only the warehouse sends: what it lacks cannot be delivered."),
        _(
            "What the warehouse cannot send whole, a store that has all of it packs"
            " and sends."
        ),
    ),
}
# Name, and what it does in one sentence.
STEPS: dict[str, tuple[Promise, Promise]] = {
    "plan": (
        _("Look ahead"),
        _("Is anything in the way: the books, the roles, the room on the disk?"),
    ),
    "capture": (
        _("Take notes"),
        _("From here on the old side notes which rows change."),
    ),
    "copy": (
        _("Copy"),
        _("Every row, table by table, while people go on buying."),
    ),
    "index": (
        _("Index"),
        _("What the copy left away is built, and every reference is looked at."),
    ),
    "catch_up": (
        _("Catch up"),
        _("What changed meanwhile is carried over, and every row is compared."),
    ),
    "identities": (
        _("Link people"),
        _("Records that are surely one person are linked; doubts wait for a human."),
    ),
    "close": (
        _("Close the old side"),
        _("From here on, what would write waits. Reading goes on."),
    ),
    "finish": (_("Finish"), _("The last changes are carried over.")),
    "verify": (
        _("Verify"),
        _("What was written last is compared. Any difference ends the run."),
    ),
    "open": (
        _("Open the new side"),
        _("The level is recorded, and everybody writes again."),
    ),
    "verify_again": (
        _("Verify again"),
        _("Every row and every rule of the books once more, while people buy."),
    ),
    "settle": (
        _("Tidy up"),
        _("What the closed side holds is written down; the notes are thrown away."),
    ),
}
IN_THE_PAUSE = {"close", "finish", "verify", "open"}
# What goes on under the other level: name, when joined, when parted.
JOINED: dict[str, tuple[Promise, Promise, Promise]] = {
    "stock_rows": (
        _("Shelves with stock"),
        _("The web reads and reserves the stores’ own rows, live."),
        _("Each side keeps its own; the web sees the stores’ as a copy with an age."),
    ),
    "points": (
        _("Loyalty points"),
        _("Stay in their accounts; a person spends from all of theirs."),
        _("Go back with their accounts; no balance falls below zero."),
    ),
    "gift_cards": (
        _("Gift cards with money on them"),
        _("Stay the channel’s that sold them; either channel takes them."),
        _("Go back to the channel that sold them, with what is left on them."),
    ),
    "offers": (
        _("Offers that run"),
        _("Stay their channel’s; the tills honour the site’s, the site the stores’."),
        _("Go back to their channel, with their codes and how often each was used."),
    ),
    "codes_differ": (
        _("Codes that both channels have made, for different offers"),
        _("Stay both: each channel gives its own offer for the code."),
        _("Stay both: each channel gives its own offer for the code."),
    ),
    "open_orders": (
        _("Open orders"),
        _("Move with their rows and go on."),
        _("Move with their rows and go on."),
    ),
    "open_pickups": (
        _("Open pickups"),
        _("Are finished as they were begun."),
        _("Are finished as they were begun; the sides tell each other by messages."),
    ),
    "open_baskets": (
        _("Open baskets"),
        _("Stay filled, each on its channel."),
        _("Stay filled, each on its channel."),
    ),
    "open_shifts": (
        _("Open tills"),
        _("Sell on. A till that meets the pause sends its ticket again by itself."),
        _("Sell on. A till that meets the pause sends its ticket again by itself."),
    ),
    "undelivered_messages": (
        _("Messages under way"),
        _("Move with their rows and are delivered once."),
        _("Move with their rows and are delivered once."),
    ),
    "prices_differ": (
        _("Prices that differ"),
        _("Stay apart: each channel keeps its own."),
        _("Stay apart: each channel keeps its own."),
    ),
    "titles_differ": (
        _("Names of goods that differ"),
        _("Stay apart: each channel keeps its own."),
        _("Stay apart: each channel keeps its own."),
    ),
}
FOR_GOOD: dict[str, Promise] = {
    "orders-see-all": _(
        "Staff and customers see a person’s history of both channels. Links can be"
        " taken back; what was seen stays seen."
    ),
    "points-spent-stay-spent": _(
        "Points that are spent over two cards stay spent, each from its own account."
    ),
    "notices-sent": _(
        "What customers are told meanwhile, by e-mail or on paper, stays told."
    ),
    "unified-views-end": _(
        "Staff and customers lose the view over both channels. The links are kept: the"
        " next time the databases are joined, they hold again."
    ),
    "requests-by-message": _(
        "Stores are asked by messages again: they answer later, and may refuse."
    ),
}
BLOCKS: dict[str, Promise] = {
    "run-stands": _("Another switch is under way."),
    "books-not-green": _("A rule of the books does not hold."),
    "schemas-differ": _("The databases do not have the same tables."),
    "roles-wrong": _("A role may not do what a switch needs."),
    "disk-full": _("There is not enough room on the disk."),
    "vacuum-runs": _("PostgreSQL cleans up a table and cannot be interrupted."),
    "master-data-differs": _("Products or places are not the same on both sides."),
    "ids-collide": _("Two different rows have the same id."),
}
# What the score compares (`retail.customers.scoring`).
SIGNS: dict[str, Promise] = {
    "last_name": _("last name"),
    "first_name": _("first name"),
    "birth_date": _("date of birth"),
    "postcode": _("postcode"),
    "phone": _("phone"),
    "email": _("e-mail"),
}
MINUTE = 60
LONG = 90  # seconds from which on minutes are told
COUNTED = re.compile(r"(\d+) (rows|changes|links|people)")


def lasting(seconds: float) -> str:
    """“0.5 s”, “12 s”, “3 min”."""
    if seconds > LONG:
        return gettext("%(n)s min") % {"n": round(seconds / MINUTE)}
    digits = 1 if seconds < 10 else 0
    return gettext("%(n)s s") % {
        "n": formatting.number(Decimal(f"{seconds:.{digits}f}"), places=digits)
    }


def noted(note: str) -> str:
    """A step's note (“1200 rows, 3 people”) in the reader's language."""

    def told(found: re.Match[str]) -> str:
        n = int(found[1])
        return {
            "rows": ngettext("%(n)s row", "%(n)s rows", n),
            "changes": ngettext("%(n)s change", "%(n)s changes", n),
            "links": ngettext("%(n)s link", "%(n)s links", n),
            "people": ngettext("%(n)s person", "%(n)s people", n),
        }[found[2]] % {"n": formatting.number(n)}

    return COUNTED.sub(told, note)
