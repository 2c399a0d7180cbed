"""A small house for orders: a warehouse, two stores, three articles, at each level."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventory.places import Channel
from retail.channels import use_channel
from tests.levels import apart, both_levels, shared_only
from tests.retail.orders import house as making
from tests.retail.orders.house import House

__all__ = ["apart", "both_levels", "house", "shared_only"]


@pytest.fixture
def house(request: pytest.FixtureRequest, db: None) -> Iterator[House]:
    """The webshop is pinned. Cross-channel unless the test is given a level by
    `@pytest.mark.parametrize("house", [...], indirect=True)`."""
    made = making.open_house(getattr(request, "param", "cross-channel"))
    with use_channel(Channel.WEBSHOP):
        yield made
