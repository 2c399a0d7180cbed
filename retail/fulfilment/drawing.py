"""`docs/states.md`, drawn from the tables of moves: diagrams and tables in one text."""

from collections.abc import Iterator, Mapping

from django.db.models import TextChoices
from django.utils import translation

from retail.fulfilment.drawing_effects import HEAD as EFFECTS_HEAD
from retail.fulfilment.drawing_effects import HEADS, effect_rows, notes
from retail.fulfilment.moving import PICKUP, SHIP
from retail.fulfilment.states import (
    FulfilmentStatus,
    Move,
    PickupStatus,
    ShipStatus,
)
from retail.orders.models import ORDER_MOVES, OrderStatus

__all__ = ["ORDER_MEANS", "PICKUP_MEANS", "SHIP_MEANS", "document"]

ORDER_MEANS: dict[str, str] = {
    "awaiting_payment": "To be paid online. The goods are held for 15 minutes.",
    "payment_failed": "The card was declined. The customer may try again.",
    "placed": "Paid, or to be paid in the store. The work may begin.",
    "part_fulfilled": "A part is with the customer, the rest is under way.",
    "completed": "All that was not dropped is with the customer. Points are earned.",
    "cancelled": "Nothing will come. Money and points are given back.",
}
PICKUP_MEANS: dict[str, str] = {
    "accept": "The store will prepare it.",
    "reject": "The store cannot. Held goods are free again, the customer chooses.",
    "start-picking": "Somebody walks the aisles.",
    "pick": "Units lie in the bag; a sale at the till leaves them alone.",
    "short": "Units are missing, or a till sold them. The customer chooses.",
    "choose": "The customer goes without what is missing, or takes what is offered for it.",
    "await-transfer": "Missing units are held in another store and sent here.",
    "transfer-arrived": "They are here, and held for the order.",
    "stage": "The bag stands on its shelf. Every unit is found or said to be missing.",
    "ready": "The customer is told. The hold ends at a closing time.",
    "extend": "Kept longer, once, because the customer asked.",
    "check-in": "The customer is there.",
    "hand-over-part": "Some of the goods leave stock; the rest stays on its shelf.",
    "hand-over": "Against the code or a checked name, and paid: the goods leave stock.",
    "expire": "Nobody came in time. The bag is still on its shelf, its units held.",
    "restock": "The goods lie in the aisle again, the money is not taken.",
    "cancel": "Held goods are free again, the money is not taken.",
}
SHIP_MEANS: dict[str, str] = {
    "start-picking": "Somebody walks the aisles.",
    "pick": "Units lie in the box.",
    "pack": "Every unit is in the box.",
    "ship": "The goods leave stock, the money is to be taken, the points are earned.",
    "deliver": "The parcel has arrived.",
    "return": "The parcel came back: goods into stock, money and points undone.",
    "cancel": "Held goods are free again, the money is not taken.",
}

HEAD = """\
# States of orders, pickups and parcels

Written by `manage.py draw_states` from `retail/orders/models.py` and
`retail/fulfilment/states.py`; a test keeps it current. Do not edit it by hand.

The tables of moves are data. The same tables draw this page, choose the buttons of the
boards, decide what the API refuses and are checked by the books (I15, I16). One mover makes
every move: a conditional UPDATE and an event that says who, when and why. What is not in the
table is refused and changes nothing.
"""
ORDER_HEAD = """\
An order's status follows from its promises: nobody sets it by hand. An order that is paid in
the store is born `placed`.
"""
PAYMENTS = """\
A payment of an order is `pending` until the provider has an answer (also while the customer is
at their bank), then `authorised` (reserved) or `failed` (declined, left, never arrived); `void` is an
attempt that nobody waits for any more. A `void` or `failed` one that brings money all the same
is booked: it pays the order if that still waits and its goods are there, else it is let go.
An `authorised` one is taken bit by bit, as goods leave, and is `captured` (paid) when nothing more
is to leave; `void` where nothing ever left. What the bank keeps no longer before that has lapsed:
a pickup is then paid at the counter, by a payment of its own, and a parcel is cancelled.
Only the provider's own word moves it, and only forward.
"""
PICKUP_HEAD = """\
The store's work. `ready` and `collected` are different facts: goods leave stock, money is to
be taken and points are earned at `collected`. Paying at the till (`pay`) is an event without a move.
"""
SHIP_HEAD = "The warehouse's work.\n"
PROMISE_HEAD = """\
What the customer reads is the promise (`Fulfilment`), on the order's side. It repeats the
last state that the place has told, and has some of its own: `awaiting_payment` (not sent yet),
`requested` (the store has not answered) and `customer_choice` (the store refused, or is short).
"""


def document() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        parts = [
            HEAD,
            "## Orders\n",
            ORDER_HEAD,
            diagram(sorted((*pair, "") for pair in ORDER_MOVES)),
            table(("Status", "Read as", "Meaning", "Next"), order_rows()),
            PAYMENTS,
            "## Pickups\n",
            PICKUP_HEAD,
            diagram(arrows(PICKUP.moves)),
            table(("Move", "From", "To", "Meaning"), move_rows(PICKUP.moves)),
            table(("Status", "Read as"), status_rows(PickupStatus)),
            "## Parcels\n",
            SHIP_HEAD,
            diagram(arrows(SHIP.moves)),
            table(("Move", "From", "To", "Meaning"), move_rows(SHIP.moves)),
            table(("Status", "Read as"), status_rows(ShipStatus)),
            "## What each move does\n",
            EFFECTS_HEAD,
            "### Pickups\n",
            table(HEADS, effect_rows(parcels=False)),
            notes(parcels=False),
            "### Parcels\n",
            table(HEADS, effect_rows(parcels=True)),
            notes(parcels=True),
            "## Promises\n",
            PROMISE_HEAD,
            table(("Status", "Read as"), status_rows(FulfilmentStatus)),
        ]
    return "\n".join(parts)


def arrows(moves: Mapping[str, Move]) -> list[tuple[str, str, str]]:
    """(from, to, name), birth first; moves that stay where they are too."""
    found = [("", "placed", "place")]
    for move in moves.values():
        found += [(source, move.target, move.name) for source in sorted(move.sources)]
    return found


def diagram(found: list[tuple[str, str, str]]) -> str:
    """Mermaid. A state that nothing leaves is an end."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for source, target, name in found:
        label = f": {name}" if name else ""
        lines.append(f"    {source or '[*]'} --> {target}{label}")
    left = {source for source, _, _ in found}
    ends = {target for _, target, _ in found} - left
    lines += [f"    {end} --> [*]" for end in sorted(ends)]
    return "\n".join([*lines, "```", ""])


def table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def order_rows() -> Iterator[tuple[str, ...]]:
    for status in OrderStatus:
        after = sorted(to for source, to in ORDER_MOVES if source == status)
        yield (
            f"`{status.value}`",
            str(status.label),
            ORDER_MEANS[status.value],
            codes(after) or "it ends here",
        )


def move_rows(moves: Mapping[str, Move]) -> Iterator[tuple[str, ...]]:
    means = PICKUP_MEANS if moves is PICKUP.moves else SHIP_MEANS
    for move in moves.values():
        yield (
            f"`{move.name}`",
            codes(sorted(move.sources)),
            f"`{move.target}`",
            means[move.name],
        )


def status_rows(statuses: type[TextChoices]) -> Iterator[tuple[str, ...]]:
    for status in statuses:
        yield f"`{status.value}`", str(status.label)


def codes(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
