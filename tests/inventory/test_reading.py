"""Availability and prices: one query each, whatever is asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inventory import availability, prices, reserving
from inventory.availability import Arithmetic
from inventory.ids import new_id
from inventory.models import Listing, Location, Price, Variant
from inventory.places import Channel
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"])


def test_what_may_be_promised(
    pos: None, articles: list[UUID], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a, b, c = articles
    careful = goods.a_place("M02", safety=2)
    goods.stocked(careful, {a: 9, b: 1})
    reserving.reserve(careful, {a: 3}, kind="fulfilment", reference="F1")
    with django_assert_num_queries(1, using="pos"):
        found = availability.free_at(careful, articles)
    assert found == {
        a: Arithmetic(9, 3, 2, 4),
        b: Arithmetic(1, 0, 2, 0),
        c: Arithmetic(0, 0, 2, 0),
    }


def test_where_an_article_lies(
    place: Location,
    articles: list[UUID],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    a = articles[0]
    other = goods.a_place("M02")
    goods.stocked(place, {a: 4})
    goods.stocked(other, {a: 7})
    with django_assert_num_queries(1, using="pos"):
        found = availability.at_locations(a)
    assert dict(found) == {
        place.id: Arithmetic(4, 0, 0, 4),
        other.id: Arithmetic(7, 0, 0, 7),
    }
    assert availability.at_locations(a, [other.id]) == [
        (other.id, Arithmetic(7, 0, 0, 7))
    ]
    assert availability.at_locations(a, []) == []
    assert availability.at_locations(new_id()) == []


def listed(variant_id: UUID, amount: str, *, channel: str = "pos") -> Listing:
    variant = Variant.objects.select_related("product").get(id=variant_id)
    listing = Listing.objects.create(
        origin=channel,
        variant=variant,
        title=f"Article {amount}",
        department=variant.product.department,
    )
    asks(listing, amount, days=-10)
    return listing


def asks(listing: Listing, amount: str, *, days: int, until: int | None = None) -> None:
    now = timezone.now()
    Price.objects.create(
        origin=listing.origin,
        listing=listing,
        amount=Decimal(amount),
        valid_from=now + timedelta(days=days),
        valid_to=None if until is None else now + timedelta(days=until),
    )


def amounts(channel: Channel, keys: list[UUID] | list[str]) -> list[Decimal]:
    found = prices.priced(channel, keys)
    return [each.amount for _, each in sorted(found.items())]


def test_what_a_channel_asks(
    pos: None, articles: list[UUID], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a, b, c = articles
    listed(a, "2.50")
    listed(a, "3.10", channel="webshop")
    gtins = dict(Variant.objects.values_list("id", "gtin"))
    with django_assert_num_queries(1, using="pos"):
        found = prices.priced(Channel.POS, [a, b, c])
    assert list(found) == [gtins[a]]
    priced = found[gtins[a]]
    assert (priced.variant_id, priced.title, priced.amount, priced.currency) == (
        a,
        "Article 2.50",
        Decimal("2.50"),
        "EUR",
    )
    assert (priced.tax_rate, priced.unit, priced.size) == (
        Decimal("0.0550"),
        "piece",
        "400 g",
    )
    assert priced.former_amount is None
    assert amounts(Channel.WEBSHOP, [gtins[a]]) == [Decimal("3.10")]
    assert prices.priced(Channel.POS, ["0000000000000", gtins[b]]) == {}
    assert prices.priced(Channel.POS, []) == {}


def test_the_newest_price_of_the_moment_counts(pos: None, articles: list[UUID]) -> None:
    a = articles[0]
    listing = listed(a, "2.50")
    asks(listing, "2.00", days=-5, until=-2)
    asks(listing, "9.99", days=3)
    assert amounts(Channel.POS, [a]) == [Decimal("2.50")]
    asks(listing, "1.80", days=-1, until=1)
    assert amounts(Channel.POS, [a]) == [Decimal("1.80")]
    earlier = timezone.now() - timedelta(days=4)
    (then,) = prices.priced(Channel.POS, [a], earlier).values()
    assert then.amount == Decimal("2.00")


def test_what_is_not_offered_has_no_price(pos: None, articles: list[UUID]) -> None:
    a = articles[0]
    listing = listed(a, "2.50")
    listing.active = False
    listing.save(update_fields=["active"])
    assert prices.priced(Channel.POS, [a]) == {}
