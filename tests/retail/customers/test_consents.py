"""Consents are what was said, where it was said; a no is understood everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.books import run
from retail.customers import consents
from retail.customers.books import CHECKS
from retail.customers.linking import link_known
from retail.customers.models import ConsentEvent, Customer, Purpose
from tests.retail.customers.people import SIDES, stand, store_alice, web_alice

pytestmark = pytest.mark.django_db(databases=SIDES)

MAIL = Purpose.EMAIL_OFFERS
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
I49 = next(check for check in CHECKS if check.id == "I49")


def say(customer: Customer, granted: bool, *, hours: int = 0, **given: object):
    known = {
        "id": new_id(),
        "purpose": MAIL,
        "wording": consents.CURRENT[MAIL].id,
        "language": "fr",
        "by": f"customer:{customer.id}",
        "at": MORNING + timedelta(hours=hours),
        **given,
    }
    with channels.use_channel(Channel(customer.origin)), channels.atomic():
        return consents.record(customer, granted=granted, **known)


def held(customer: Customer) -> set[str]:
    """The channels that may write to her."""
    return {event.origin for event in consents.effective(customer)[MAIL].given}


@pytest.fixture
def alice() -> Iterator[tuple[Customer, Customer]]:
    """One person, known to both channels, on one database."""
    stand("omnichannel")
    web, store = web_alice(), store_alice()
    with channels.use_channel(Channel.WEBSHOP):
        with channels.atomic():
            link_known(by="system")
        yield web, store


def test_nothing_holds_until_it_was_said(alice) -> None:
    found = consents.effective(alice[0])
    assert set(found) == set(Purpose)
    assert all(not each.given and each.refused is None for each in found.values())


def test_a_yes_to_the_shop_is_none_to_the_stores(alice) -> None:
    web, store = alice
    said = say(web, True)
    for row in alice:
        found = consents.effective(row)[MAIL]
        assert found.on(Channel.WEBSHOP) == said
        assert found.on(Channel.POS) is None
    assert (said.wording, said.at) == ("email_offers-1", MORNING)
    say(store, True, hours=1)
    assert held(web) == {"webshop", "pos"}


def test_a_no_on_one_channel_is_one_on_both(alice) -> None:
    web, store = alice
    say(web, True)
    say(store, True, hours=1)
    no = say(store, False, hours=2)
    assert held(web) == held(store) == set()
    assert consents.effective(web)[MAIL].refused == no
    say(web, True, hours=3)  # asked again later, on the shop
    assert held(store) == {"webshop"}


def test_a_no_of_the_same_moment_counts(alice) -> None:
    web, store = alice
    say(web, True)
    say(store, False)
    assert held(web) == set()


def test_a_late_record_of_an_older_no_takes_nothing_back(alice) -> None:
    web, store = alice
    say(web, True, hours=2)
    say(store, False, hours=1)
    assert held(store) == {"webshop"}


def test_a_purpose_is_no_other(alice) -> None:
    say(alice[0], True)
    assert not consents.effective(alice[0])[Purpose.SMS_OFFERS].given


def test_apart_each_side_knows_its_own_alone(db: None) -> None:
    stand("cross-channel")
    web, store = web_alice(), store_alice()
    say(web, True)
    say(store, False, hours=1)
    with channels.use_channel(Channel.WEBSHOP):
        assert held(web) == {"webshop"}
    with channels.use_channel(Channel.POS):
        assert held(store) == set()


def test_the_same_answer_sent_twice_is_one(alice) -> None:
    id = new_id()
    first = say(alice[0], True, id=id)
    assert say(alice[0], False, id=id, hours=1).granted
    assert ConsentEvent.objects.get() == first


def test_refusals(alice) -> None:
    web, store = alice
    for wrong in ({"wording": "x"}, {"language": "de"}, {"wording": "sms_offers-1"}):
        with pytest.raises(consents.UnknownWording):
            say(web, True, **wrong)
    with (
        channels.use_channel(Channel.WEBSHOP),
        channels.atomic(),
        pytest.raises(consents.NotYourRow),
    ):
        consents.record(
            store,
            id=new_id(),
            purpose=MAIL,
            granted=True,
            wording="email_offers-1",
            language="fr",
            by="x",
        )
    Customer.objects.filter(id=web.id).update(erased_at=MORNING)
    with pytest.raises(consents.AlreadyErased):
        say(web, True)
    assert not ConsentEvent.objects.exists()


def test_every_wording_is_in_both_languages() -> None:
    assert {each.purpose for each in consents.CURRENT.values()} == set(Purpose)
    for each in consents.WORDINGS.values():
        assert set(each.texts) == {"fr", "en"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "pos"},
        {"wording": "email_offers-0"},
        {"wording": "sms_offers-1"},
        {"language": "de"},
        {"by": ""},
        {"at": datetime(2999, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_i49_a_consent_without_proof(alice, wrong) -> None:
    said = say(alice[0], True)
    assert run(I49, "shared").holds
    row = {
        name: getattr(said, name)
        for name in ("origin", "customer", "purpose", "granted", "wording")
    }
    row |= {"language": "fr", "at": MORNING, "by": "x", **wrong}
    ConsentEvent.objects.create(id=new_id(), **row)
    assert not run(I49, "shared").holds
