"""The tables of effects on the page of states."""

from collections.abc import Iterator, Mapping

from retail.fulfilment.effects import PARCELS, PICKUPS, WORDS, Effects

__all__ = ["HEAD", "HEADS", "effect_rows", "notes"]

HEAD = """\
What each move changes, from `retail/fulfilment/effects.py`: a test makes every one of them by
the real verbs, with databases apart and on one, and compares stock, money, points, the order,
notices and messages with these rows. The order was paid online, in part by points.

- **multichannel**: `web_to_store` is off, so there are no pickups; parcels are as below.
- **cross-channel**: the move and what it does to the stock are one transaction in the store's
  database; what follows for the order, its money, points and notices is one in the webshop's,
  when the message arrives.
- **omnichannel**: all of it is one transaction on `shared`; the same handlers run in it, and no
  message is written.
"""
HEADS = (
    "Move",
    "Stock",
    "Money",
    "Points",
    "Order",
    "Notices",
    "Messages, cross-channel",
    "Messages, omnichannel",
)
SAME = "the same transaction"


def effect_rows(parcels: bool) -> Iterator[tuple[str, ...]]:
    rows: Mapping[str, Effects] = PARCELS if parcels else PICKUPS
    for move, does in rows.items():
        stock = _said("stock", does.stock)
        if does.shared is not None:
            stock = (
                f"{stock} (omnichannel: {_said('stock', does.shared) or 'held before'})"
            )
        yield (
            f"`{move}`",
            stock,
            _said("money", does.money),
            _said("points", does.points),
            ", ".join(f"`{each}`" for each in sorted(does.order)),
            ", ".join(f"`{each}`" for each in sorted(does.notices)),
            ", ".join(f"`{each}`" for each in sorted(does.messages)),
            "none" if parcels else SAME,
        )


def notes(parcels: bool) -> str:
    """What a move does only sometimes, one line each."""
    rows: Mapping[str, Effects] = PARCELS if parcels else PICKUPS
    lines = [f"- `{move}`: {does.note}" for move, does in rows.items() if does.note]
    return "\n".join([*lines, ""])


def _said(what: str, words: frozenset[str]) -> str:
    return ", ".join(WORDS[what][word] for word in sorted(words))
