"""A small house at each level, and browsers for its shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from inventory.places import Channel
from retail.channels import use_channel
from tests.levels import apart, both_levels, shared_only
from tests.retail.orders.house import House, open_house

__all__ = ["apart", "both_levels", "multichannel", "shared_only", "shop", "stranger"]


@pytest.fixture
def multichannel(db: None) -> Iterator[House]:
    made = open_house("multichannel")
    with use_channel(Channel.WEBSHOP):
        yield made


@pytest.fixture
def shop() -> Client:
    """Alice's browser."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def stranger() -> Client:
    """Charlie's: he has no business with what Alice does."""
    return Client(headers={"accept-language": "en"})
