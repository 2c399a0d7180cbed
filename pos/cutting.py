"""A seller asks less than the price: for a reason, and beyond a limit with a manager's
word. The line keeps both prices, and the reason is sealed with the ticket.

The limit holds sellers, not devices: the house's till declares every cut. What a device
asks as the price is compared with nothing, for a ticket may come late, and an article
may have been scanned, or put aside, at another price than that of the moment of sale.
"""

from decimal import Decimal

from inventory.money import ZERO
from pos.approving import DISCOUNT
from pos.tickets import Sale

__all__ = ["LINE_SHARE", "TICKET_LIMIT", "faults", "needed"]

# what a cashier may take off alone: so much of a line's price, and euros of a ticket
LINE_SHARE = Decimal("0.20")
TICKET_LIMIT = Decimal("10.00")


def faults(sale: Sale) -> dict[str, str]:
    """{path of a field: what is wrong with it}."""
    errors = {}
    for i, line in enumerate(sale.lines):
        if line.cut is None:
            continue
        if line.quantity < 0 or not line.gtin:
            errors[f"lines.{i}.cut"] = "is for goods that are sold"
        elif line.cut.before <= line.unit_price:
            errors[f"lines.{i}.cut.before"] = "is more than what is asked now"
    return errors


def needed(sale: Sale) -> dict[str, Decimal]:
    """{act: euros} of what a manager must agree to: all that sellers took off, where it
    is too much for a cashier; nothing where it is not."""
    off, much = ZERO, False
    for line in sale.lines:
        if line.cut is not None:
            off += line.at(line.cut.before) - line.full
            lowest = line.cut.before * (1 - LINE_SHARE)
            much = much or line.unit_price < lowest
    return {DISCOUNT: off} if much or off > TICKET_LIMIT else {}
