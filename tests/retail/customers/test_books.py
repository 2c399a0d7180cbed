"""Each invariant of people and points is proven by a violation that it catches."""

import pytest
from django.db import connections
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel, Origin
from retail import channels
from retail.books import run
from retail.customers.books import CHECKS as PEOPLE
from retail.customers.linking import link_known
from retail.customers.models import CustomerLink, NotSame, Person
from retail.loyalty.books import CHECKS as POINTS
from retail.loyalty.models import LoyaltyAccount, LoyaltyEntry
from tests.retail.customers.people import SIDES, stand, store_alice, web_alice

pytestmark = pytest.mark.django_db(databases=SIDES)
CHECKS = {check.id: check for check in [*PEOPLE, *POINTS]}


@pytest.fixture
def alice():
    """One person of two rows, whose books hold."""
    stand("omnichannel")
    on_web, in_store = web_alice(balance=40), store_alice(balance=50)
    with channels.use_channel(Channel.WEBSHOP):
        with channels.atomic():
            link_known(by="system")
        for check in CHECKS.values():
            assert run(check, "shared").holds, check.name
        yield on_web, in_store


def entry(customer, points: int, kind: str, reference: str) -> None:
    account = LoyaltyAccount.objects.get(customer=customer)
    LoyaltyEntry.objects.create(
        origin=account.origin,
        account=account,
        points=points,
        kind=kind,
        reference=reference,
        at=timezone.now(),
    )
    LoyaltyAccount.objects.filter(id=account.id).update(
        balance=account.balance + points
    )


def caught(id: str) -> bool:
    return not run(CHECKS[id], "shared").holds


def test_i34_a_balance_that_no_entry_made(alice) -> None:
    LoyaltyAccount.objects.filter(customer=alice[0]).update(balance=41)
    assert caught("I34")
    assert caught("I48")


def test_i36_one_purchase_that_earned_on_both_channels(alice) -> None:
    on_web, in_store = alice
    entry(on_web, 5, "earn", "order 1")
    assert not caught("I36")
    entry(in_store, 5, "earn", "order 1")
    assert caught("I36")


def test_i36_a_reversal_above_what_was_earned(alice) -> None:
    on_web, _ = alice
    entry(on_web, 5, "earn", "order 1")
    entry(on_web, -5, "reverse", "order 1")
    assert not caught("I36")
    entry(on_web, -1, "reverse", "order 2")
    assert caught("I36")


def test_i47_two_rows_of_one_person_that_somebody_called_two_people(alice) -> None:
    one, other = sorted(row.id for row in alice)
    decided = NotSame.objects.create(
        origin=Origin.HEAD_OFFICE,
        one_id=one,
        other_id=other,
        by="test",
        decided_at=timezone.now(),
    )
    assert caught("I47")
    CustomerLink.objects.filter(customer_id=one).update(ended_at=timezone.now())
    assert not caught("I47")
    assert NotSame.objects.get() == decided


def test_i47_a_row_in_two_live_links(alice) -> None:
    """The table's constraint forbids it; the check watches the constraint."""
    with connections["shared"].cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE retail_customerlink ON COMMIT DROP AS"
            " TABLE public.retail_customerlink"
        )
        assert not caught("I47")
        cursor.execute(
            "INSERT INTO pg_temp.retail_customerlink"
            " SELECT * FROM public.retail_customerlink LIMIT 1"
        )
    assert caught("I47")


def test_i48_a_link_to_a_row_that_is_not_here(alice) -> None:
    CustomerLink.objects.create(
        origin=Origin.HEAD_OFFICE,
        person=Person.objects.get(),
        customer_id=new_id(),
        reason="phone",
        by="test",
        linked_at=timezone.now(),
    )
    assert caught("I48")
