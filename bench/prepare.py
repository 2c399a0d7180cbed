"""What a run needs in its databases, made by the product's own verbs.

    RETAIL_VAR=var/bench DEMO=1 python -m bench.prepare

Prints what `bench.load` needs to know: keys, goods, places and tills.
"""

from __future__ import annotations

import io
import json
import os
import random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from inventory import stock  # noqa: E402
from inventory.ids import new_id  # noqa: E402
from inventory.models import Location, StockLevel, Variant  # noqa: E402
from inventory.places import Channel  # noqa: E402
from inventory.prices import priced  # noqa: E402
from pos import shifts  # noqa: E402
from pos.models import Till  # noqa: E402
from retail import channels  # noqa: E402
from retail.demo import people  # noqa: E402
from retail.fulfilment import feed, setting  # noqa: E402

GOODS = 96  # variants that orders and tickets ask for
WISHES = 64  # different baskets of an order, each a script of pgbench (at most 128)
ENOUGH = 400_000  # units of each of them in each store
SEED = 20_261_122  # the same wishes in every run


def main() -> None:
    chosen = random.Random(SEED)
    with channels.use_channel(Channel.WEBSHOP):
        gtins = sorted(Variant.objects.values_list("gtin", flat=True))
        sold = sorted(priced(Channel.WEBSHOP, gtins))
        department = (
            Variant.objects.filter(gtin__in=sold)
            .order_by("product__department__position")
            .values_list("product__department__code", flat=True)[0]
        )
    goods = sorted(chosen.sample(sold, GOODS))
    with channels.use_channel(Channel.POS):
        # only where somebody works can a till be opened
        staffed = {
            row["store_code"] for row in people.staff() if row["role"] == "cashier"
        }
        stores = list(
            Location.objects.filter(kind="store", code__in=staffed).order_by("code")
        )
        variants = dict(
            Variant.objects.filter(gtin__in=goods).values_list("gtin", "id")
        )
        for store in stores:
            _fill(store, list(variants.values()))
            _open_wide(store)
        prices = {
            gtin: {"price": str(found.amount), "tax_rate": f"{found.tax_rate:.4f}"}
            for gtin, found in priced(Channel.POS, goods).items()
        }
        tills = [_till(store) for store in stores]
    with channels.use_channel(Channel.WEBSHOP):
        feed.refresh()
    wishes = [
        {"location": stores[i % len(stores)].code, "gtins": chosen.sample(goods, 3)}
        for i in range(WISHES)
    ]
    told = {
        "shop_key": _key("--scope", "shop"),
        "goods": goods,
        "prices": prices,
        "wishes": wishes,
        "tills": tills,
        "department": department,
        "products": len(sold),
        "stores": len(stores),
    }
    print(json.dumps(told))


def _fill(store: Location, variants: list[Any]) -> None:
    """Goods enough that nothing is ever refused; the books keep holding."""
    there = dict(
        StockLevel.objects.filter(location=store, variant__in=variants).values_list(
            "variant_id", "on_hand"
        )
    )
    wanted = {v: ENOUGH for v in variants if there.get(v, 0) < ENOUGH // 2}
    if wanted:
        with channels.atomic():
            stock.receive(store, wanted, reference=str(new_id()), by="system")


def _open_wide(store: Location) -> None:
    """Slots for every order, and none made later by those before it."""
    with channels.atomic():
        setting.change(store, by="system", capacity=9999, minutes_per_order=0)


def _till(store: Location) -> dict[str, str]:
    """The first till of a store, open for its cashier, and a key for it."""
    till = Till.objects.get(location=store, number=1)
    cashier = people.cashier_of(store.code)
    employee = people.employee_id(cashier["key"])
    shifts.open_shift(till, employee_id=employee, employee_name=cashier["first_name"])
    return {
        "id": str(till.id),
        "employee": str(employee),
        "key": _key("--scope", "till", "--location", store.code),
    }


def _key(*arguments: str) -> str:
    told = io.StringIO()
    call_command(
        "credentials", "create", *arguments, "--name", "bench", "--json", stdout=told
    )
    return str(json.loads(told.getvalue())["key"])


if __name__ == "__main__":
    main()
