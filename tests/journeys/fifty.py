"""Lays out the last fifty units of a product in a store, and tills to sell them at.

    python -m tests.journeys.fifty GTIN STORE TILLS

Runs as a process of its own in the house's environment, and through the verbs.
"""

from __future__ import annotations

import os
import sys

UNITS = 50


def lay_out(gtin: str, store: str, tills: int) -> None:
    from inventory import stock
    from inventory.ids import new_id
    from inventory.models import Location, StockLevel
    from inventory.places import Channel
    from retail import channels
    from retail.fulfilment import feed
    from tests.journeys.outfit import add_tills

    with channels.use_channel(Channel.POS), channels.atomic():
        place = Location.objects.get(code=store)
        level = StockLevel.objects.get(location=place, variant__gtin=gtin)
        StockLevel.objects.filter(id=level.id).update(safety=0)
        stock.adjust(
            place,
            {level.variant_id: UNITS - (level.on_hand - level.reserved)},
            reason="count",
            reference=str(new_id()),
            by="system",
        )
        add_tills(place, tills)
    feed.refresh()


if __name__ == "__main__":
    import django

    assert os.environ["DJANGO_SETTINGS_MODULE"] == "retail.settings"
    django.setup()
    lay_out(sys.argv[1], sys.argv[2], int(sys.argv[3]))
