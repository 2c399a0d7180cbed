"""What the storm needs in a house: goods in plenty, wide slots, keys.

    python -m tests.faults.outfit HOOK STORE STORE

HOOK is the address of another system that wants to hear of everything, or nothing. Runs
as a process of its own in the house's environment; says what it made as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests import servers
from tests.living import House

UNITS = 5000


@dataclass(frozen=True)
class Outfit:
    """`stores` maps a store to its key; `shop` is the webshop's key."""

    gtins: list[str]
    shop: str
    stores: dict[str, str]


def fit_out(house: House, *stores: str, hook: str = "") -> Outfit:
    made = subprocess.run(
        [sys.executable, "-m", "tests.faults.outfit", hook, *stores],
        cwd=servers.PROJECT,
        env=house.environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert made.returncode == 0, made.stderr
    return Outfit(**json.loads(made.stdout.splitlines()[-1]))


def lay_out(hook: str, *stores: str) -> dict[str, Any]:
    from inventory.ids import new_id
    from inventory.models import Listing, Location, LocationKind
    from inventory.places import Channel
    from retail import channels
    from retail.fulfilment import feed, setting
    from retail.staff.edits import By, Way
    from retail.staff.keys import create_key
    from retail.webhooks import endpoints
    from retail.webhooks.models import Kind
    from tests.journeys.outfit import fill

    listed = Listing.objects.filter(
        origin="webshop", active=True, price__isnull=False
    ).distinct()
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        some = list(listed.select_related("variant").order_by("variant__gtin")[:2])
        variants = [each.variant_id for each in some]
        warehouse = Location.objects.get(kind=LocationKind.WAREHOUSE)
        for variant in variants:
            fill(warehouse, variant)
    with channels.use_channel(Channel.POS), channels.atomic():
        for place in Location.objects.filter(code__in=stores):
            for variant in variants:
                fill(place, variant)
            setting.change(place, by="system", capacity=999, minutes_per_order=0)
    feed.refresh()
    if hook:
        endpoints.add(
            id=new_id(),
            channel=Channel.WEBSHOP,
            url=hook,
            events=Kind.values,
            by=By("storm", Way.WEBHOOKS),
        )
    keys = {
        store: create_key(
            scope="store",  # type: ignore[arg-type]
            channel=Channel.POS,
            location_code=store,
            name="storm",
        )[1]
        for store in stores
    }
    shop = create_key(
        scope="shop",  # type: ignore[arg-type]
        channel=Channel.WEBSHOP,
        location_code=None,
        name="storm",
    )[1]
    return {
        "gtins": [each.variant.gtin for each in some],
        "shop": shop,
        "stores": keys,
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(lay_out(*sys.argv[1:])))
