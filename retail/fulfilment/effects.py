"""What every move does besides moving, as data: the page of states shows it, and a test
makes each move by the real verbs, at both levels, and compares.

Told of an order of two articles that was paid online, in part by points; what a move
does only sometimes has a note. At multichannel there are no pickups, and parcels are as
here. On one database nothing is told by message: it happens in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PARCELS", "PICKUPS", "WORDS", "Effects"]

# what may happen, as the page says it
WORDS: dict[str, dict[str, str]] = {
    "stock": {
        "held": "held",
        "freed": "free again",
        "picked": "set apart: a till leaves it alone",
        "leaves": "leaves the stock",
        "corrected": "the books are corrected",
        "back": "back in stock",
        "received": "received",
    },
    "money": {
        "reserved": "reserved at the bank",
        "due": "to be taken",
        "let_go": "not taken",
        "refunded": "given back",
    },
    "points": {
        "earn": "earned",
        "give_back": "spent ones given back",
        "reverse": "earned ones undone",
    },
}


@dataclass(frozen=True)
class Effects:
    """`stock` is that of the place, `order` what the order becomes, `notices` and
    `messages` are kinds. `shared`: the stock where databases are one, if it differs."""

    stock: frozenset[str] = frozenset()
    money: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()
    order: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()
    messages: frozenset[str] = frozenset()
    shared: frozenset[str] | None = None
    note: str = ""


def _does(
    stock: str = "",
    *,
    money: str = "",
    points: str = "",
    order: str = "",
    notices: str = "",
    messages: str = "pickup.moved",
    shared: str | None = None,
    note: str = "",
) -> Effects:
    def words(text: str) -> frozenset[str]:
        return frozenset(text.split())

    return Effects(
        stock=words(stock),
        money=words(money),
        points=words(points),
        order=words(order),
        notices=words(notices),
        messages=words(messages),
        shared=None if shared is None else words(shared),
        note=note,
    )


_UNDONE = {
    "money": "let_go",
    "points": "give_back",
    "order": "cancelled",
    "notices": "order_cancelled",
}

PICKUPS: dict[str, Effects] = {
    "place": _does(
        "held",
        money="reserved",
        order="placed",
        notices="order_received",
        messages="pickup.requested pickup.moved",
        shared="",
        note="On one database the goods are held since the order was made. Apart, the"
        " order claims them on the feed, and the store holds them, or refuses, now.",
    ),
    "accept": _does(),
    "reject": _does("freed", notices="pickup_refused"),
    "start-picking": _does(),
    "pick": _does("picked"),
    "short": _does(
        "corrected freed",
        notices="pickup_short",
        note="Books are corrected where the reason says that the units are not there."
        " What is offered instead is held.",
    ),
    "choose": _does(
        money="let_go",
        messages="pickup.choice_made pickup.moved",
        note="Taking what is offered moves its hold to the order; only the difference"
        " is not taken. Unpaid, less is due at the counter.",
    ),
    "await-transfer": _does(
        "corrected freed held",
        notices="pickup_transfer",
        note="Held in the other store.",
    ),
    "transfer-arrived": _does("received held"),
    "stage": _does(),
    "ready": _does(notices="pickup_ready pickup_reminder"),
    "extend": _does(notices="pickup_extended pickup_reminder"),
    "check-in": _does(),
    "hand-over-part": _does("leaves", money="due"),
    "hand-over": _does(
        "leaves",
        money="due",
        points="earn",
        order="completed",
        notices="collected_thanks",
        note="Refused while anything is due at the counter. Of what is reserved nothing"
        " is: the bank is asked for it some seconds later.",
    ),
    "expire": _does(notices="pickup_expired"),
    "restock": _does(
        "freed",
        **_UNDONE,
        note="After a part was handed over, only the rest is not taken, and the order"
        " is completed.",
    ),
    "cancel": _does("freed", **_UNDONE),
}
PARCELS: dict[str, Effects] = {
    "place": _does(
        money="reserved", order="placed", notices="order_received", messages=""
    ),
    "start-picking": _does(messages=""),
    "pick": _does("picked", messages=""),
    "pack": _does(messages=""),
    "ship": _does(
        "leaves",
        money="due",
        points="earn",
        order="completed",
        notices="parcel_shipped",
        messages="",
    ),
    "deliver": _does(messages=""),
    "return": _does(
        "back",
        money="refunded",
        points="earn reverse",
        notices="refunded",
        messages="",
        note="What is damaged is refunded too and does not enter the stock. Earned"
        " points become those that the kept money earns, spent ones come back; the"
        " order stays completed.",
    ),
    "cancel": _does("freed", **_UNDONE, messages=""),
}
