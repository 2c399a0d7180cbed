"""The way back after a day on one database: links, points of both accounts, one
erasure."""

from __future__ import annotations

import pytest

from inventory.places import Channel
from retail import books, channels
from retail.channels import SIDES
from retail.channels.models import RunState
from retail.customers import erasing
from retail.customers.linking import rows_of
from retail.customers.models import Customer
from tests.living import House
from tests.retail.channels.switching.conftest import switch
from tests.retail.channels.switching.test_runs import assert_moved
from tests.trading import trade_a_day

pytestmark = pytest.mark.journey
NAMED = """
    SELECT count(*) FROM retail_customer
    WHERE id = ANY(%s) AND (first_name, last_name, email, phone) <> ('', '', '', '')
"""

RETURNED = "SELECT count(*) FROM pos_return WHERE at > now() - interval '1 hour'"
REFUNDED = """
    SELECT count(*) FROM retail_orderevent
    WHERE kind = 'returned' AND at > now() - interval '1 hour'
"""


def test_a_day_on_one_database_is_parted_by_owner(house: House) -> None:
    assert switch("omnichannel").state == RunState.DONE
    with channels.use_snapshot(fresh=True):
        day = trade_a_day()
        ids = erase_somebody_of_both()
    assert day["spent"] > 0
    for alias in SIDES:
        erasing.replay(alias)
    parted = switch("multichannel")
    assert (parted.state, parted.error) == (RunState.DONE, "")
    assert_moved("part")
    for alias in SIDES:
        assert house.rows(alias, NAMED, ids) == [(0,)]
        assert erasing.status()["databases"][alias]["left"] == {}
    # each account by itself, none below zero, and both gave for the one redemption
    gave = []
    for alias in ("webshop", "pos"):
        ((lowest,),) = house.rows(
            alias, "SELECT min(balance) FROM retail_loyaltyaccount"
        )
        assert lowest >= 0
        rows = house.rows(
            alias,
            "SELECT origin, -sum(points) FROM retail_loyaltyentry"
            " WHERE redemption_id IS NOT NULL AND kind = 'redeem'"
            " AND at > now() - interval '1 hour' GROUP BY origin",
        )
        assert [origin for origin, _ in rows] == [alias]
        gave += [points for _, points in rows]
    assert sum(gave) >= day["spent"]
    # what came back lies with the store, the money that went with it with the order
    assert house.rows("pos", RETURNED) == [(day["returned"],)]
    assert house.rows("webshop", REFUNDED) == [(day["returned"],)]
    assert [each for each in books.check() if not each.holds] == []

    # the next join finds the links, and nobody who was erased
    ((live,),) = house.rows(
        "shared", "SELECT count(*) FROM retail_customerlink WHERE ended_at IS NULL"
    )
    assert switch("omnichannel").state == RunState.DONE
    assert house.rows(
        "shared", "SELECT count(*) FROM retail_customerlink WHERE ended_at IS NULL"
    ) == [(live,)]
    assert house.rows("shared", NAMED, ids) == [(0,)]


def erase_somebody_of_both() -> list[object]:
    """The first who has nothing open and is known to both channels; their rows' ids."""
    with channels.use_channel(Channel.WEBSHOP):
        for customer in Customer.objects.filter(origin="webshop").order_by("id"):
            rows = rows_of(customer)
            if len(rows) < 2 or customer.first_name == "Alice":
                continue
            try:
                erasing.erase(customer, by="test")
            except erasing.StillOpen:
                continue
            return [row.id for row in rows]
    raise AssertionError("nobody can be erased")
