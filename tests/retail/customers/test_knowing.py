import pytest

from inventory.places import Channel
from retail import channels
from retail.customers.knowing import NotKnownHere, lookup, profile
from retail.customers.linking import link_known
from tests.retail.customers.people import (
    LEVELS,
    SIDES,
    a_customer,
    stand,
    store_alice,
    web_alice,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


def found(channel: Channel, **asked: str) -> list[str]:
    with channels.use_channel(channel):
        return [row.first_name for row in lookup(**asked)]


@pytest.mark.parametrize("level", LEVELS)
def test_a_channel_finds_its_own_customers_by_any_key(level: str) -> None:
    stand(level)
    alice = store_alice(first_name="Alice", email="alice@example.com")
    a_customer(Channel.POS, first_name="Charlie", last_name="Other")
    for asked in (
        {"card": alice.card.lower()},
        {"phone": "06 39 98 01 01"},
        {"email": "ALICE@example.com"},
        {"text": alice.card},
        {"text": "0639980101"},
        {"text": "alice@example.com"},
        {"text": "mart ali"},
    ):
        assert found(Channel.POS, **asked) == ["Alice"], asked
    for asked in ({"card": "M-00000000"}, {"phone": "12"}, {"text": ""}, {}):
        assert found(Channel.POS, **asked) == [], asked


@pytest.mark.parametrize("level", ["multichannel", "cross-channel"])
def test_apart_the_store_does_not_find_who_registered_on_the_web(level: str) -> None:
    stand(level)
    web_alice()
    assert found(Channel.POS, email="alice@example.com") == []
    assert found(Channel.WEBSHOP, email="alice@example.com") == ["Alice"]


def test_sharing_a_database_is_not_sharing_customers() -> None:
    from retail.channels.flipping import flip

    stand("omnichannel")
    web = web_alice()
    for feature in (
        channels.Feature.UNIFIED_LOYALTY,
        channels.Feature.UNIFIED_CUSTOMERS,
    ):
        flip(feature, False, by="test", why="test")
    assert found(Channel.POS, email="alice@example.com") == []
    with channels.use_channel(Channel.POS), pytest.raises(NotKnownHere):
        profile(web)


def test_unified_a_person_is_found_once_by_what_either_side_knows() -> None:
    stand("omnichannel")
    web_alice(first_name="Alice", balance=40)
    store_alice(first_name="Alice Marie", balance=50)
    with channels.use_channel(Channel.POS), channels.atomic():
        link_known(by="system")
    assert found(Channel.POS, text="0639980101") == ["Alice Marie"]
    assert found(Channel.WEBSHOP, text="0639980101") == ["Alice"]
    assert found(Channel.POS, email="alice@example.com") == ["Alice"]


def test_a_profile_shows_what_the_level_lets_see(django_assert_num_queries) -> None:
    stand("omnichannel")
    web, store = web_alice(balance=40), store_alice(balance=50)
    with channels.use_channel(Channel.POS), channels.atomic():
        link_known(by="system")
    with (
        channels.use_channel(Channel.POS),
        django_assert_num_queries(5, using="shared"),
    ):
        known = profile(store)
    assert known.first_name == "Alice"
    assert known.rows == [store, web]
    assert known.points.total == 90
    assert (known.orders, known.tickets) == ([], [])


def test_apart_a_profile_is_one_row(django_assert_num_queries) -> None:
    stand("multichannel")
    web_alice(balance=40)
    store = store_alice(balance=50)
    with channels.use_channel(Channel.POS), django_assert_num_queries(3, using="pos"):
        known = profile(store)
    assert known.rows == [store]
    assert known.points.total == 50
