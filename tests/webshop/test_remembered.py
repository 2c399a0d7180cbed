"""Pages whose pieces are remembered are the pages that their templates draw anew,
whatever has changed since."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import time_machine
from django.db.models import F
from django.test import Client

from inventory.models import Price, StockLevel
from retail.templatetags.remembered import memory
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.webshop.visiting import put, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


def seen(client: Client, path: str) -> str:
    return re.sub(r'(token" value=")\w+', r"\1", text_of(client.get(path)))


def fresh(client: Client, path: str) -> str:
    """The page, which is the same with a memory and without."""
    remembered = seen(client, path)
    memory.pieces.clear()
    memory.size = 0
    assert seen(client, path) == remembered
    return remembered


@time_machine.travel("2026-11-23T10:00:00+00:00", tick=False)
def test_what_has_changed_is_shown(shared_only: House, shop: Client) -> None:
    gtin = shared_only.gtins[0]
    path = f"/shop/p/{gtin}/"
    shown = [fresh(shop, path)]

    def changed(*, where: str = path) -> None:
        seen(shop, where)  # an answer to an act is shown once
        page = fresh(shop, where)
        assert page not in shown
        shown.append(page)

    StockLevel.objects.filter(variant__gtin=gtin).update(on_hand=F("on_hand") + 40)
    changed()
    prices = Price.objects.filter(listing__variant__gtin=gtin, origin="webshop")
    prices.update(amount=Decimal("9.87"))
    changed()
    prices.update(former_amount=Decimal("12.00"))
    changed()
    shop.post("/shop/stores/choose/", {"store": "M02"})
    changed()
    put(shop, gtin)
    changed()
    shop.cookies["language"] = "fr"
    changed()
    StockLevel.objects.filter(variant__gtin=gtin).update(on_hand=F("reserved"))
    changed()
    signed_in(shop)
    changed(where="/shop/")
    for where in ("/shop/d/grocery/", "/shop/d/grocery/?sort=price", "/shop/search/"):
        changed(where=where)
