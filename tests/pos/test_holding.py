"""Who holds what a sale would take."""

from __future__ import annotations

import pytest

from inventory.models import Location
from pos import holding
from retail.channels import Channel, use_channel
from tests.builders import a_pickup_order
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_the_youngest_are_named_and_not_all(
    shared_only: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "NAMED", 2)
    orders = [a_pickup_order(shared_only, (0, 1)) for _ in range(3)]
    other = a_pickup_order(shared_only, (1, 1))
    wanted = [shared_only.variants[gtin] for gtin in shared_only.gtins[:2]]
    with use_channel(Channel.POS):
        place = Location.objects.get(code="M01")
        assert holding.held_for(place, wanted) == {
            wanted[0]: [orders[2].number, orders[1].number],
            wanted[1]: [other.number],
        }
