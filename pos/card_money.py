"""Gift cards at a till: sold, paid with, and given back to. In the ticket's transaction,
and never while the till is cut off: whoever spends must be asked first."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from inventory.ids import derived
from inventory.money import ZERO
from inventory.places import Channel
from pos.models import Tender, TenderMethod, Ticket, TicketKind
from pos.receipts import Receipt
from pos.tickets import Sale
from retail.loyalty import gift_cards
from retail.loyalty.card_codes import code_for
from retail.loyalty.gift_cards import NotEnoughOnCard, UnknownCard

__all__ = ["NotEnoughOnCard", "UnknownCard", "card_of", "code_of", "move"]


def card_of(ticket_id: UUID) -> UUID:
    """The card that a ticket of kind `gift_card` sold."""
    return derived(ticket_id, "gift-card")


def code_of(ticket: Ticket) -> str:
    """What its receipt prints; "" where it sold no card."""
    sold = ticket.kind == TicketKind.GIFT_CARD
    return code_for(card_of(ticket.id)) if sold else ""


def move(sale: Sale, receipt: Receipt | None, *, at: datetime) -> None:
    """What the ticket does to cards; no query where it does nothing. `receipt` is that
    of the goods that came back, before. Raises UnknownCard, NotEnoughOnCard."""
    if sale.kind == TicketKind.GIFT_CARD:
        gift_cards.issue(
            id=card_of(sale.id),
            channel=Channel.POS,
            amount=sale.total,
            reference=sale.id,
            at=at,
        )
    wanted: defaultdict[UUID, Decimal] = defaultdict(lambda: ZERO)
    back = ZERO
    for tender in sale.tenders:
        if tender.gift_card is not None:
            wanted[tender.gift_card] += tender.amount
        elif tender.method == TenderMethod.GIFT_CARD:
            back -= tender.amount
    for card, amount in sorted(wanted.items()):
        gift_cards.spend(card, amount=amount, reference=sale.id, at=at)
    if back > 0 and receipt is not None:
        _give_back(back, receipt, sale.id, at)


def _give_back(amount: Decimal, receipt: Receipt, refund: UUID, at: datetime) -> None:
    """To the cards that had paid, in their order, after what earlier refunds of the sale
    gave them; how much may go back this way was checked before. The tenders say it: a
    card's own entries may be the other channel's."""
    paid: dict[UUID, Decimal] = {}
    tenders = Tender.objects.filter(ticket=receipt.ticket, gift_card_id__isnull=False)
    for card, part in tenders.order_by("position").values_list(
        "gift_card_id", "amount"
    ):
        if card is not None:
            paid[card] = paid.get(card, ZERO) + part
    given = sum(paid.values(), ZERO) - receipt.money[TenderMethod.GIFT_CARD]
    for card, most in paid.items():
        gone = min(given, most)
        given -= gone
        part = min(amount, most - gone)
        amount -= part
        if part > 0:
            gift_cards.give_back(card, amount=part, reference=refund, at=at)
