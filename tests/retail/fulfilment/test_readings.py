"""The feed reads what changed, and misses nothing that commits late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from inventory.models import StockLevel
from inventory.places import Channel
from retail.channels import atomic, use_channel, use_snapshot
from retail.fulfilment import feed, readings
from retail.fulfilment.models import FeedState, StoreAvailability
from retail.fulfilment.readings import Before
from tests.builders import a_location, in_store
from tests.levels import SIDES
from tests.retail.orders.house import House, open_house

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)


@pytest.fixture
def apart(transactional_db: None) -> Iterator[House]:
    house = open_house("cross-channel")
    with use_snapshot(fresh=True), use_channel(Channel.WEBSHOP):
        yield house


def since(mark: int | None, at: datetime | None = None) -> set[UUID]:
    at = at or timezone.now()
    with in_store():
        place = a_location("M01")
        found = readings.levels_since([Before(place.id, mark, at)], at=at)
    return {variant for _, variant, _ in found}


def now() -> int:
    with in_store():
        return readings.mark_now()


def change(house: House, which: int) -> UUID:
    variant = house.variants[house.gtins[which]]
    with in_store():
        StockLevel.objects.filter(location=a_location("M01"), variant=variant).update(
            safety=1
        )
    return variant


def eventually(holds: Callable[[], bool]) -> bool:
    """Marks count transactions of the whole server, so that one that is open elsewhere
    (another test) makes a reading longer than it need be, for as long as it is open."""
    until = time.monotonic() + 60
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def test_only_what_changed_since_is_read(apart: House) -> None:
    assert since(None) == set(apart.variants.values())
    assert eventually(lambda: since(now()) == set())
    mark = now()
    changed = change(apart, 1)
    assert changed in since(mark)
    assert eventually(lambda: since(now()) == set())


def test_a_change_that_commits_late_is_not_skipped(apart: House) -> None:
    first, second, _ = apart.gtins
    place = connections["pos"].get_connection_params()
    place = {name: place[name] for name in ("dbname", "user", "host", "port")}
    with psycopg.connect(**place) as late:
        late.execute(
            "UPDATE inventory_stocklevel SET safety = 2 WHERE variant_id = %s",
            [apart.variants[first]],
        )
        changed = change(apart, 1)  # begun later, committed earlier
        assert apart.variants[second] == changed
        mark = now()
        late.commit()
    assert apart.variants[first] in since(mark)


def test_a_block_that_ended_is_read_without_a_new_row(apart: House) -> None:
    at = timezone.now()
    variant = change(apart, 0)
    with in_store():
        StockLevel.objects.filter(variant=variant).update(
            blocked_until=at + timedelta(minutes=1)
        )
    # blocked when last read: it may have ended
    assert eventually(lambda: since(now(), at) == {variant})


def test_the_feed_reads_all_at_first_and_then_what_changed(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[UUID]] = []
    real = readings.levels_since

    def noted(before: list[Before], *, at: datetime) -> list[tuple[UUID, UUID, int]]:
        found = real(before, at=at)
        seen.append({variant for _, variant, _ in found})
        return found

    monkeypatch.setattr(readings, "levels_since", noted)
    FeedState.objects.all().delete()
    StoreAvailability.objects.all().delete()
    assert feed.refresh() > 0
    everything = seen.pop()
    assert everything == set(apart.variants.values())
    assert eventually(lambda: feed.refresh() == 0 and seen.pop() == set())
    changed = change(apart, 0)
    assert feed.refresh() == 1
    assert changed in seen.pop()
    # long after, everything is read once more
    feed.refresh(timezone.now() + readings.FULL_AFTER)
    assert seen.pop() == everything


def test_units_counted_twice_are_right_after_the_next_reading(apart: House) -> None:
    """The store's feed told of the reservation before its answer came."""
    variant = apart.variants[apart.gtins[0]]
    place = a_location("M01")
    with use_channel(Channel.WEBSHOP), atomic():
        feed.claim(place, {variant: 1})
    change(apart, 0)  # the store holds it
    feed.refresh()
    with use_channel(Channel.WEBSHOP), atomic():
        before = StoreAvailability.objects.get(location=place, variant=variant)
        feed.unclaim(place, {variant: 1}, taken=True)
    feed.refresh()
    with use_channel(Channel.WEBSHOP), atomic():
        after = StoreAvailability.objects.get(location=place, variant=variant)
    assert (after.available, after.open_requests) == (before.available, 0)


def test_a_database_that_counts_anew_is_read_whole(apart: House) -> None:
    feed.refresh()
    FeedState.objects.update(mark=2**62)
    StoreAvailability.objects.update(available=99)
    assert feed.refresh() > 0
    assert not StoreAvailability.objects.filter(available=99).exists()
