"""What the checkout answers where an order cannot be had as it was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.levels import Short
from retail.formatting import day, slot
from retail.fulfilment.slot_grid import Slot
from retail.orders.baskets import BasketContents


def short_in_words(lines: Sequence[Short], held: BasketContents) -> list[str]:
    names = {each.product.variant_id: each.product.title for each in held.lines}
    return [
        ngettext(
            "%(title)s: only %(free)s left there. Lower the quantity in your basket,"
            " or choose another way.",
            "%(title)s: only %(free)s left there. Lower the quantity in your basket,"
            " or choose another way.",
            short.free,
        )
        % {"title": names.get(short.variant_id, ""), "free": short.free}
        if short.free
        else _(
            "%(title)s: none left there. Take it out of your basket, or choose another"
            " way."
        )
        % {"title": names.get(short.variant_id, "")}
        for short in lines
    ]


def next_slots(free: Sequence[Slot]) -> str:
    if not free:
        return _(
            "Every place of the next days is taken there. Choose another store or"
            " delivery."
        )
    now = timezone.now()
    words = [
        f"{day(each.starts_at, now=now)}, {slot(each.starts_at, each.ends_at)}"
        for each in free[:3]
    ]
    return _("That time has just been taken. Free next: %(slots)s.") % {
        "slots": "; ".join(words)
    }


def few_points(balance: int) -> str:
    return ngettext(
        "You have %(count)s point.", "You have %(count)s points.", balance
    ) % {"count": balance}


def many_unpaid(*, own: bool) -> str:
    if own:
        return _(
            "Orders of yours wait for their payment. Pay or cancel one of them, or try"
            " again in a quarter of an hour."
        )
    return _(
        "Many orders from your network wait for their payment. Try again in a few"
        " minutes."
    )
