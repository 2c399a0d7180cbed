from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import stock
from inventory.ids import new_id
from inventory.models import Location
from inventory.places import Channel
from inventory.quantities import BadQuantity
from inventory.reserving import OutOfStock
from retail.channels import Feature, atomic, current, use_channel, use_snapshot
from retail.channels.models import FeatureFlag
from retail.channels.snapshot import forget
from retail.fulfilment import feed, sourcing
from retail.fulfilment.copies import TOO_OLD
from retail.fulfilment.models import FeedState, StoreAvailability
from retail.fulfilment.offering import offer
from tests.builders import BOB, a_location, in_store
from tests.levels import SIDES
from tests.retail.orders.house import House, open_house

pytestmark = pytest.mark.django_db(databases=SIDES)


def row(house: House, which: int = 0) -> tuple[int, int]:
    found = StoreAvailability.objects.get(
        location__code="M01", variant__gtin=house.gtins[which]
    )
    return found.available, found.open_requests


def sold(house: House, units: int, which: int = 0) -> None:
    with in_store():
        stock.issue(
            a_location("M01"),
            {house.variants[house.gtins[which]]: units},
            kind="ticket",
            reference=str(new_id()),
            by=BOB,
        )


def test_who_owns_what(both_levels: House) -> None:
    assert sourcing.owns(a_location("W01"))
    assert sourcing.owns(a_location("M01")) == (both_levels.level == "omnichannel")
    with use_channel(Channel.POS):
        assert sourcing.owns(a_location("M01"))


def test_the_feed_copies_what_changed(apart: House) -> None:
    assert feed.refresh() == 0
    sold(apart, 1)
    assert row(apart) == (3, 0)
    assert feed.refresh() == 1
    assert row(apart) == (2, 0)


def test_an_older_reading_is_ignored(apart: House) -> None:
    as_of = FeedState.objects.get(location__code="M01").as_of
    sold(apart, 1)
    assert feed.refresh(as_of - timedelta(seconds=1)) == 0
    assert row(apart) == (3, 0)
    assert FeedState.objects.get(location__code="M01").as_of == as_of


def test_a_refresh_leaves_claims_alone(apart: House) -> None:
    variant = apart.variants[apart.gtins[0]]
    with atomic():
        feed.claim(a_location(), {variant: 2})
    sold(apart, 1)
    feed.refresh()
    assert row(apart) == (2, 2)


def test_on_one_database_there_is_no_feed(shared_only: House) -> None:
    assert feed.refresh() == 0
    assert StoreAvailability.objects.count() == 0


def test_the_last_unit_is_claimed_once(apart: House) -> None:
    a, b, _ = (apart.variants[gtin] for gtin in apart.gtins)
    with atomic():
        feed.claim(a_location(), {a: 2})
    with atomic(), pytest.raises(OutOfStock) as refusal:
        feed.claim(a_location(), {b: 1, a: 2})
    assert [(s.variant_id, s.wanted, s.free) for s in refusal.value.lines] == [
        (a, 2, 1)
    ]
    assert (row(apart), row(apart, 1)) == ((3, 2), (3, 0))


def test_what_the_feed_does_not_know_cannot_be_claimed(apart: House) -> None:
    with atomic(), pytest.raises(OutOfStock):
        feed.claim(a_location("W01"), {apart.variants[apart.gtins[0]]: 1})
    for wrong in (0, -1, True, 1.5, "1"):
        with atomic(), pytest.raises(BadQuantity):
            feed.claim(
                a_location(),
                {apart.variants[apart.gtins[0]]: wrong},  # type: ignore[dict-item]
            )
    assert row(apart) == (3, 0)


def test_a_claim_is_taken_back_and_never_below_nothing(apart: House) -> None:
    variant = apart.variants[apart.gtins[0]]
    with atomic():
        feed.claim(a_location(), {variant: 2})
        feed.unclaim(a_location(), {variant: 2})
        assert row(apart) == (3, 0)
        feed.unclaim(a_location(), {variant: 2})
        assert row(apart) == (3, 0)


def test_offers_of_both_arrangements_agree(both_levels: House) -> None:
    variant = both_levels.variants[both_levels.gtins[0]]
    offers = offer([variant])
    assert [(o.location.code, o.available, o.pickup_offered) for o in offers] == [
        ("M01", 3, True),
        ("M02", 3, True),
    ]
    if both_levels.level == "omnichannel":
        assert {o.source for o in offers} == {"live"}
        assert offers[0].as_of is None
        assert offers[0].arithmetic is not None
        assert offers[0].arithmetic.on_hand == 3
    else:
        assert {o.source for o in offers} == {"feed"}
        assert offers[0].as_of is not None
        assert offers[0].arithmetic is None


def test_an_offer_counts_whole_sets(both_levels: House) -> None:
    a, b, _ = (both_levels.variants[gtin] for gtin in both_levels.gtins)
    (first, _) = offer({a: 1, b: 2})
    assert (first.available, first.pickup_offered) == (1, True)
    (first, _) = offer({a: 4})
    assert (first.available, first.pickup_offered, first.ready_by) == (0, False, None)


def test_a_silent_store_is_not_promised_from(apart: House) -> None:
    later = timezone.now() + TOO_OLD + timedelta(seconds=1)
    (first, _) = offer([apart.variants[apart.gtins[0]]], now=later)
    assert (first.available, first.pickup_offered) == (3, False)


def test_the_nearest_store_comes_first(both_levels: House) -> None:
    for code, lat, lon in (("M01", 45.7620, 4.8572), ("M02", 48.8890, 2.3141)):
        Location.objects.filter(code=code).update(lat=lat, lon=lon)
    offers = offer([both_levels.variants[both_levels.gtins[0]]], near=(48.85, 2.35))
    assert [o.location.code for o in offers] == ["M02", "M01"]
    assert offers[1].distance_km == pytest.approx(393, abs=3)


def test_without_the_feature_the_web_knows_no_store(db: None) -> None:
    house = open_house("multichannel")
    with use_channel(Channel.WEBSHOP):
        assert offer([house.variants[house.gtins[0]]]) == []
        assert feed.refresh() == 0


def test_pilot_stores_only(both_levels: House) -> None:
    FeatureFlag.objects.filter(name=Feature.WEB_TO_STORE).update(stores=["M02"])
    forget()
    with use_snapshot(fresh=True), use_channel(Channel.WEBSHOP):
        offers = offer([both_levels.variants[both_levels.gtins[0]]])
    assert [o.location.code for o in offers] == ["M02"]


def test_an_offer_costs_two_queries(both_levels: House) -> None:
    variant = both_levels.variants[both_levels.gtins[0]]
    with CaptureQueriesContext(connections[current().database]) as queries:
        offer([variant])
    assert len(queries) == 2  # the places, and what is known of them
