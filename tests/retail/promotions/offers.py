"""Offers and codes for tests, made by the verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from inventory.places import Channel
from retail import channels
from retail.promotions.making import make_coupon, make_offer
from retail.promotions.models import Coupon, Promotion

THREE_FOR_TWO = {"kind": "n_for_m", "take": 3, "pay": 2, "goods": {}}
TEN_PERCENT = {"kind": "percent", "percent": "10", "goods": {}}
FIVE_FROM_THIRTY = {"kind": "basket", "from": "30.00", "amount": "5.00", "goods": {}}


def an_offer(
    rule: Any = TEN_PERCENT, *, channel: Channel = Channel.WEBSHOP, **given: Any
) -> Promotion:
    """Since yesterday, without an end."""
    with channels.use_channel(channel), channels.atomic():
        return make_offer(
            channel=channel,
            **{
                "name_fr": "Remise",
                "name_en": "Discount",
                "starts_at": timezone.now() - timedelta(days=1),
                **given,
            },
            rule=rule,
        )


def a_coupon(
    code: str = "MERCI",
    *,
    most: int | None = None,
    rule: Any = FIVE_FROM_THIRTY,
    channel: Channel = Channel.WEBSHOP,
    **given: Any,
) -> Coupon:
    offer = an_offer(rule, channel=channel, needs_code=True, **given)
    with channels.use_channel(channel), channels.atomic():
        return make_coupon(offer, code, most=most)
