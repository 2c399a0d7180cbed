"""The gift card that a visitor pays with: its code was shown once, its id is remembered.

The id alone opens nothing, so it may lie in the session; the code never does."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from retail.loyalty import gift_cards
from retail.loyalty.gift_cards import UnknownCard
from retail.loyalty.models import GiftCard

KEPT = "gift_card"  # session key


def keep(request: HttpRequest, card: GiftCard) -> None:
    request.session[KEPT] = str(card.id)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def kept(request: HttpRequest) -> GiftCard | None:
    """With what it holds now. One query, none where there is none; a card that is not
    known here (any more), or holds nothing, is none."""
    id = request.session.get(KEPT)
    if not id:
        return None
    try:
        card = gift_cards.known(UUID(id))
    except UnknownCard:
        forget(request)
        return None
    return card if card.balance > 0 else None
