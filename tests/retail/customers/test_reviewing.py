"""Decisions about people: kept, taken once, and never against each other."""

from datetime import date

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers import reviewing
from retail.customers.linking import link_known, rows_of
from retail.customers.models import Customer, CustomerLink, NotSame, PossibleMatch
from tests.retail.customers.people import SIDES, stand, store_alice, web_alice

pytestmark = pytest.mark.django_db(databases=SIDES)
BORN = {"birth_date": date(1988, 4, 12), "postcode": "75017", "phone": ""}


@pytest.fixture(autouse=True)
def shared():
    stand("omnichannel")
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        yield


def a_doubt() -> tuple[Customer, Customer, PossibleMatch]:
    web, store = web_alice(**BORN), store_alice(**{**BORN, "first_name": "Alyce"})
    link_known(by="system")
    return web, store, PossibleMatch.objects.get()


def test_one_person_once() -> None:
    web, store, match = a_doubt()
    reviewing.decide_same(match.id, by="Claire")
    before = list(CustomerLink.objects.order_by("id").values())
    again = reviewing.decide_same(match.id, by="Sarah")
    assert (again.decision, again.decided_by) == ("linked", "Claire")
    assert list(CustomerLink.objects.order_by("id").values()) == before
    assert rows_of(web) == [web, store]
    with pytest.raises(reviewing.AlreadyDecided):
        reviewing.decide_not_same(match.id, by="Claire")
    assert not NotSame.objects.exists()


def test_two_people_once_and_for_every_run() -> None:
    web, _, match = a_doubt()
    reviewing.decide_not_same(match.id, by="Claire")
    again = reviewing.decide_not_same(match.id, by="Sarah")
    assert again.decided_by == "Claire"
    assert NotSame.objects.count() == 1
    with pytest.raises(reviewing.AlreadyDecided):
        reviewing.decide_same(match.id, by="Claire")
    assert link_known(by="system").doubts == 0
    assert rows_of(web) == [web]


def test_a_doubt_that_is_gone() -> None:
    _, store, match = a_doubt()
    with pytest.raises(reviewing.NoSuchDoubt):
        reviewing.decide_same(new_id(), by="Claire")
    Customer.objects.filter(id=store.id).update(erased_at=match.found_at)
    with pytest.raises(reviewing.NoSuchDoubt):
        reviewing.decide_same(match.id, by="Claire")


def test_a_link_against_a_decision_is_refused() -> None:
    web, store, match = a_doubt()
    twin = store_alice(**{**BORN, "first_name": "Hugo"})
    reviewing.link([store, twin], reason="review", by="test", at=match.found_at)
    reviewing._keep_apart(web.id, [twin.id], "Claire", match.found_at)
    with pytest.raises(reviewing.KeptApart):
        reviewing.decide_same(match.id, by="Claire")
    assert rows_of(web) == [web]
    assert PossibleMatch.objects.get().decision == ""


def test_who_is_one_person_by_now_is_unlinked_instead() -> None:
    web, store, match = a_doubt()
    reviewing.link([web, store], reason="card", by="test", at=match.found_at)
    with pytest.raises(reviewing.OnePersonNow):
        reviewing.decide_not_same(match.id, by="Claire")
    assert not NotSame.objects.exists()


def test_a_decision_answers_other_doubts_about_the_same_people() -> None:
    web, store, match = a_doubt()
    other = store_alice(**{**BORN, "first_name": "Alicia"})
    moot = PossibleMatch.objects.create(
        origin="head_office",
        one_id=min(web.id, other.id),
        other_id=max(web.id, other.id),
        score=70,
        found_at=match.found_at,
    )
    reviewing.link([store, other], reason="review", by="test", at=match.found_at)
    reviewing.decide_not_same(match.id, by="Claire")
    assert not PossibleMatch.objects.filter(id=moot.id).exists()


def test_what_was_linked_by_hand_is_parted_for_good() -> None:
    web, store, match = a_doubt()
    reviewing.decide_same(match.id, by="Claire")
    assert reviewing.unlink(store, by="Sarah")
    assert not reviewing.unlink(store, by="Sarah")
    match.refresh_from_db()
    assert (match.decision, match.decided_by) == ("not_same", "Sarah")
    assert link_known(by="system").links == 0
    assert (rows_of(web), rows_of(store)) == ([web], [store])


def test_apart_nothing_is_decided() -> None:
    web, _, match = a_doubt()
    stand("cross-channel")
    with channels.use_snapshot(fresh=True), channels.use_channel(Channel.WEBSHOP):
        for verb in (reviewing.decide_same, reviewing.decide_not_same):
            with pytest.raises(channels.FeatureOff):
                verb(match.id, by="Claire")
        with pytest.raises(channels.FeatureOff):
            reviewing.unlink(web, by="Claire")
