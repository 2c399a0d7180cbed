import pytest

from inventory.ids import derived
from inventory.places import Channel
from retail import channels
from retail.customers.linking import NotShared, Report, link_known, rows_of
from retail.customers.models import (
    Customer,
    CustomerLink,
    Person,
)
from retail.customers.reviewing import unlink
from tests.retail.customers.people import (
    PROVEN,
    SIDES,
    a_customer,
    stand,
    store_alice,
    web_alice,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


def linked() -> set[frozenset[str]]:
    """Who is one person with whom, by their cards."""
    people: dict[object, set[str]] = {}
    for link in CustomerLink.objects.filter(ended_at=None):
        name = Customer.objects.get(id=link.customer_id).card
        people.setdefault(link.person_id, set()).add(name)
    return {frozenset(names) for names in people.values()}


def run_links() -> Report:
    with channels.atomic():
        return link_known(by="employee:1 Sarah")


@pytest.fixture
def shared():
    stand("omnichannel")
    with channels.use_channel(Channel.WEBSHOP):
        yield


def test_apart_nothing_can_be_linked() -> None:
    stand("cross-channel")
    with (
        channels.use_channel(Channel.WEBSHOP),
        channels.atomic(),
        pytest.raises(NotShared),
    ):
        link_known(by="system")


def test_a_phone_links_two_rows_under_a_person_that_follows_from_them(shared) -> None:
    store = store_alice(card="STORE")
    web = web_alice(card="WEB")
    report = run_links()
    assert (report.people, report.links) == (1, 2)
    assert dict(report.reasons) == {"phone": 2}
    assert linked() == {frozenset({"STORE", "WEB"})}
    person = Person.objects.get()
    assert person.id == derived(min(store.id, web.id), "person")
    assert person.origin == "head_office"
    assert rows_of(web) == [web, store]
    assert CustomerLink.objects.first().by == "employee:1 Sarah"


def test_running_again_changes_nothing(shared) -> None:
    store_alice()
    web_alice()
    run_links()
    before = list(CustomerLink.objects.order_by("id").values())
    report = run_links()
    assert (report.people, report.links) == (0, 0)
    assert list(CustomerLink.objects.order_by("id").values()) == before


def test_an_unproven_address_links_nobody(shared) -> None:
    web_alice(phone="")
    store_alice(phone="", email="alice@example.com")
    assert run_links().links == 0


def test_empty_phones_are_not_equal(shared) -> None:
    web_alice(phone="", email="one@example.com")
    store_alice(phone="")
    a_customer(Channel.POS, first_name="Charlie")
    assert run_links().links == 0


def test_a_shown_card_links(shared) -> None:
    web = web_alice(phone="")
    store = a_customer(Channel.POS, card=web.card)
    assert rows_of(web) == [web, store]


def test_matches_reach_through_a_third_row(shared) -> None:
    web_alice(card="ONE", phone="0639980101", email="one@example.com")
    web_alice(card="TWO", phone="0639980101", email="two@example.com")
    web_alice(card="THREE", phone="0639980199", email="two@example.com")
    web_alice(card="CHARLIE", phone="0639980155", email="c@example.com")
    run_links()
    assert linked() == {frozenset({"ONE", "TWO", "THREE"})}
    assert Person.objects.count() == 1


def test_a_new_row_joins_two_people(shared) -> None:
    web_alice(card="A", phone="0639980101", email="a@example.com")
    web_alice(card="B", phone="0639980101", email="b@example.com")
    web_alice(card="C", phone="0639980102", email="c@example.com")
    web_alice(card="D", phone="0639980102", email="d@example.com")
    run_links()
    assert len(linked()) == 2
    store_alice(
        card="E",
        phone="0639980101",
        email="c@example.com",
        email_verified_at=PROVEN,
    )
    run_links()
    assert linked() == {frozenset("ABCDE")}
    assert CustomerLink.objects.exclude(ended_at=None).count() == 2


def test_what_somebody_parted_stays_apart(shared) -> None:
    store = store_alice(card="STORE")
    web = web_alice(card="WEB")
    run_links()
    with channels.atomic():
        assert unlink(store, by="test")
        assert not unlink(store, by="test")
    report = run_links()
    assert (report.links, report.left_out) == (0, 1)
    assert rows_of(store) == [store]
    assert rows_of(web) == [web]


def test_links_are_not_read_where_customers_are_not_unified(shared) -> None:
    from retail.channels.flipping import flip

    store_alice()
    web = web_alice()
    run_links()
    assert len(rows_of(web)) == 2
    flip(channels.Feature.UNIFIED_LOYALTY, False, by="test", why="test")
    flip(channels.Feature.UNIFIED_CUSTOMERS, False, by="test", why="test")
    with channels.use_snapshot(fresh=True), channels.use_channel(Channel.WEBSHOP):
        assert rows_of(web) == [web]
