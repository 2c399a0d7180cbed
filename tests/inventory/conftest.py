from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from inventory.models import Location
from inventory.places import Channel
from retail.channels import atomic, use_channel
from tests.inventory import goods


@pytest.fixture
def pos(db: None) -> Iterator[None]:
    """The tills' channel is pinned and a transaction is open."""
    with use_channel(Channel.POS), atomic():
        yield


@pytest.fixture
def place(pos: None) -> Location:
    return goods.a_place()


@pytest.fixture
def articles(pos: None) -> list[UUID]:
    return goods.variants(3)
