"""Three hundred buyers for fifty units, on the web and at the tills of one store."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from tests import servers
from tests.journeys import crowd, facts
from tests.journeys.crowd import Article, Outcome
from tests.journeys.fifty import UNITS
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]

STORE = "BAT"
TILLS = 10
REFUSED = "409 /problems/out-of-stock"
ANSWERED_WITHIN = 90.0


def test_on_one_database_exactly_fifty_are_sold(live: Callable[..., House]) -> None:
    house = live("cross-channel")
    house.switch("omnichannel")
    article = lay_out(house)
    web, tills = race(house, article)
    assert counted(web)["201"] + counted(tills)["201"] == UNITS
    assert counted(web).keys() | counted(tills).keys() == {"201", REFUSED}
    ((on_hand, held, oversold),) = level(house, article)
    assert (on_hand, held, oversold) == (held, counted(web)["201"], 0)
    assert deadlocks(house) == 0
    facts.holds(house)


def test_apart_nobody_is_promised_what_is_gone(live: Callable[..., House]) -> None:
    """The feed lets no more than fifty orders through, but tills sell meanwhile: the
    store refuses what it no longer has, and those customers are asked."""
    house = live("cross-channel", beat=True)
    article = lay_out(house)
    web, tills = race(house, article)
    assert counted(web).keys() | counted(tills).keys() <= {"201", REFUSED}
    placed = {each.id for each in web if each.said == "201"}
    states = answered(house, placed)
    store = crowd.create_key(house, "store", STORE)
    accepted = crowd.accept(house, store, placed)
    assert accepted == states["placed"]
    assert accepted + counted(tills)["201"] <= UNITS
    assert states["placed"] + states["customer_choice"] == len(placed)
    ((on_hand, held, oversold),) = level(house, article)
    assert on_hand == UNITS - counted(tills)["201"]
    assert (held, oversold) == (accepted, 0)
    assert deadlocks(house) == 0
    facts.holds(house)


def lay_out(house: House) -> Article:
    """Fifty units of a product in the store, none kept for safety."""
    goods, *_ = facts.goods(house)
    module = ["-m", "tests.journeys.fifty", goods.gtin, STORE, str(TILLS)]
    subprocess.run(
        [sys.executable, *module],
        cwd=servers.PROJECT,
        env=house.environment,
        check=True,
        timeout=60,
    )
    ((price, rate),) = house.rows(
        facts.side(house, "pos"),
        """
        SELECT p.amount, t.rate FROM inventory_listing li
        JOIN inventory_variant v ON v.id = li.variant_id
        JOIN inventory_taxcategory t ON t.id = v.tax_category_id
        JOIN inventory_price p ON p.listing_id = li.id
        WHERE li.origin = 'pos' AND v.gtin = %s
        """,
        goods.gtin,
    )
    return Article(goods.gtin, price, rate)


def race(house: House, article: Article) -> tuple[list[Outcome], list[Outcome]]:
    """200 buyers on the web and 100 at ten tills, all at once."""
    shop = crowd.create_key(house, "shop")
    till = crowd.create_key(house, "till", STORE)
    web = crowd.on_the_web(house, shop, article, STORE, queues=20, each=10)
    tills = crowd.at_the_tills(house, till, article, cashier(house), each=10)
    outcomes = crowd.all_at_once([*tills, *web])
    assert len(outcomes) == 300
    sold, ordered = outcomes[: 10 * TILLS], outcomes[10 * TILLS :]
    print(f"web {counted(ordered)}, tills {counted(sold)}")
    return ordered, sold


def cashier(house: House) -> UUID:
    ((id,),) = house.rows(
        "default", "SELECT id FROM staff_employee WHERE first_name = 'Inès'"
    )
    return id


def counted(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(each.said for each in outcomes)


def answered(house: House, orders: set[str]) -> Counter[str]:
    """Where the orders stand once the store has answered all of them."""
    deadline = time.monotonic() + ANSWERED_WITHIN
    while True:
        rows = house.rows(
            "webshop",
            "SELECT status FROM retail_fulfilment WHERE order_id = ANY(%s::uuid[])",
            list(orders),
        )
        states = Counter(status for (status,) in rows)
        if not states["requested"]:
            print(f"answered {states}")
            return states
        assert time.monotonic() < deadline, f"unanswered: {states}"
        time.sleep(0.2)


def level(house: House, article: Article) -> list[tuple[int, int, int]]:
    return house.rows(
        facts.side(house, "pos"),
        """
        SELECT s.on_hand, s.reserved, s.oversold FROM inventory_stocklevel s
        JOIN inventory_variant v ON v.id = s.variant_id
        JOIN inventory_location l ON l.id = s.location_id
        WHERE v.gtin = %s AND l.code = %s
        """,
        article.gtin,
        STORE,
    )


def deadlocks(house: House) -> int:
    with psycopg.connect(servers.url("postgres")) as connection:
        ((found,),) = connection.execute(
            "SELECT sum(deadlocks) FROM pg_stat_database WHERE starts_with(datname, %s)",
            [house.prefix],
        ).fetchall()
    return int(found)
