from datetime import date

import pytest
from django.utils import timezone

from inventory.ids import derived
from inventory.places import Channel
from retail import books, channels
from retail.customers.blocking import MOST_PER_KEY
from retail.customers.books import CHECKS
from retail.customers.linking import NotShared, Report, link_known, rows_of
from retail.customers.models import (
    Customer,
    CustomerLink,
    NotSame,
    Person,
    PossibleMatch,
)
from retail.customers.registering import own_row
from retail.customers.reviewing import unlink
from retail.customers.scoring import LINK_FROM
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


BORN = {"birth_date": date(1988, 4, 12), "postcode": "75017", "phone": ""}


def test_what_agrees_in_three_things_is_linked_with_its_score(shared) -> None:
    web_alice(**BORN)
    store_alice(**BORN)
    report = run_links()
    assert dict(report.reasons) == {"score": 2}
    assert set(CustomerLink.objects.values_list("reason", "score")) == {("score", 92)}
    again = run_links()
    assert (again.links, again.doubts) == (0, 0)


def test_a_phone_under_another_name_links_nobody(shared) -> None:
    store_alice(first_name="Hugo", last_name="Bernard")
    web_alice()
    assert run_links().links == 0


def test_an_account_that_proved_nothing_waits_for_a_person(shared) -> None:
    """Who types a stranger's name, birth date and number must not see their sales."""
    in_store = store_alice(**{**BORN, "phone": "0639980101"})
    thief = a_customer(
        Channel.WEBSHOP, email="x@example.com", **{**BORN, "phone": "0639980101"}
    )
    report = run_links()
    assert (report.links, report.doubts) == (0, 1)
    match = PossibleMatch.objects.get()
    assert {match.one_id, match.other_id} == {in_store.id, thief.id}
    assert match.score < LINK_FROM
    assert "unproven" in {each["rule"] for each in match.reasons}


def test_doubts_follow_the_rows_and_decided_ones_stay(shared) -> None:
    web_alice(**BORN)
    in_store = store_alice(**{**BORN, "first_name": "Alyce"})
    assert run_links().doubts == 1
    first = PossibleMatch.objects.get()
    assert run_links().doubts == 1
    assert PossibleMatch.objects.get().found_at == first.found_at
    Customer.objects.filter(id=in_store.id).update(postcode="75018")
    run_links()
    changed = PossibleMatch.objects.get()
    assert (changed.id, changed.score < first.score) == (first.id, True)
    Customer.objects.filter(id=in_store.id).update(first_name="Nadia")
    assert run_links().doubts == 0
    assert not PossibleMatch.objects.exists()
    Customer.objects.filter(id=in_store.id).update(first_name="Alyce")
    run_links()
    PossibleMatch.objects.update(decision="not_same")
    Customer.objects.filter(id=in_store.id).update(first_name="Nadia")
    run_links()
    assert PossibleMatch.objects.get().decision == "not_same"


def keep_apart(one: Customer, other: Customer) -> None:
    first, last = sorted([one.id, other.id])
    NotSame.objects.create(
        origin="head_office",
        one_id=first,
        other_id=last,
        by="test",
        decided_at=timezone.now(),
    )


def test_two_people_never_meet_through_a_third(shared) -> None:
    """The third belongs to one of them, and no run knows to which."""
    one = web_alice(card="ONE", phone="0639980101", email="one@example.com")
    other = web_alice(card="OTHER", phone="0639980155", email="two@example.com")
    keep_apart(one, other)
    store_alice(
        card="THIRD",
        phone="0639980101",
        email="two@example.com",
        email_verified_at=PROVEN,
    )
    report = run_links()
    # registering saw the e-mail first, and the phone would have joined what is apart
    assert linked() == set()
    assert report.left_out == 2
    assert {match.score for match in PossibleMatch.objects.all()} == {89, 100}
    for check in CHECKS:
        assert books.run(check, "shared").holds


def test_two_people_never_meet_through_their_persons(shared) -> None:
    a = web_alice(card="A", phone="0639980101", email="a@example.com")
    web_alice(card="B", phone="0639980101", email="b@example.com")
    web_alice(card="C", phone="0639980102", email="c@example.com")
    d = web_alice(card="D", phone="0639980102", email="d@example.com")
    run_links()
    keep_apart(a, d)
    store_alice(
        card="E",
        phone="0639980101",
        email="c@example.com",
        email_verified_at=PROVEN,
    )
    run_links()
    assert linked() == {frozenset("AB"), frozenset("CD")}


def test_a_row_linked_anew_does_not_bring_back_whom_it_was_parted_from(shared) -> None:
    web, store = web_alice(card="WEB"), store_alice(card="STORE")
    run_links()
    with channels.atomic():
        unlink(store, by="test")
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        own = own_row(store, Channel.WEBSHOP)
    run_links()
    assert rows_of(store) == [store, own]
    assert rows_of(web) == [web]
    for check in CHECKS:
        assert books.run(check, "shared").holds


def test_erased_rows_are_nobody(shared) -> None:
    store_alice(**BORN)
    web = web_alice(**BORN)
    Customer.objects.filter(id=web.id).update(erased_at=timezone.now())
    assert run_links().links == 0


def test_a_number_that_many_gave_is_nobodys(shared) -> None:
    for n in range(MOST_PER_KEY + 1):
        web_alice(email=f"alice{n}@example.com")
    assert run_links().links == 0
