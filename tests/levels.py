"""The two arrangements, for tests of what must hold in both.

    pytestmark = pytest.mark.django_db(databases=SIDES)

    def test_a_pickup_is_collected(both_levels: House) -> None: ...

runs once with the channels' databases apart and linked by messages, once on `shared`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventory.places import Channel
from retail.channels import Feature, use_channel
from retail.channels.snapshot import Flag, Snapshot
from tests.retail.orders.house import SIDES, House, open_house

__all__ = ["ALL_ON", "APART", "SHARED", "SIDES", "apart", "both_levels", "shared_only"]

APART = "cross-channel"
SHARED = "omnichannel"
# what the dial says where everything is on, without a database that says it
ALL_ON = Snapshot(
    shared_database=True,
    epoch=1,
    flags_version=1,
    study_mode=False,
    demo=False,
    moving=None,
    flags={each: Flag(on=True) for each in Feature},
)


@pytest.fixture(params=[APART, SHARED], ids=["apart", "shared"])
def both_levels(request: pytest.FixtureRequest, db: None) -> Iterator[House]:
    """A small house at each arrangement in turn; the webshop is pinned."""
    yield from _opened(request.param)


@pytest.fixture
def apart(db: None) -> Iterator[House]:
    """The same where only databases apart are meant."""
    yield from _opened(APART)


@pytest.fixture
def shared_only(db: None) -> Iterator[House]:
    yield from _opened(SHARED)


def _opened(level: str) -> Iterator[House]:
    house = open_house(level)
    with use_channel(Channel.WEBSHOP):
        yield house
