"""Who waits for a thing is told once, when it is where they want it, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Location, StockLevel, Variant
from inventory.places import Channel
from retail.alerts import asking, telling
from retail.alerts.models import StockAlert
from retail.alerts.tasks import tell_alerts
from retail.channels import atomic, database_for, use_channel
from retail.fulfilment import feed
from retail.notices.models import Notice
from retail.notices.tasks import send_notices
from tests.levels import SIDES
from tests.retail.orders.house import House, alice

pytestmark = pytest.mark.django_db(databases=SIDES)


def thing(house: House, which: int = 0) -> Variant:
    return Variant.objects.get(gtin=house.gtins[which])


def stock(code: str, units: int, *variants: Variant) -> None:
    """So many in that place, as its channel counts and the feed tells."""
    channel = Channel.WEBSHOP if code == "W01" else Channel.POS
    with use_channel(channel):
        rows = StockLevel.objects.filter(location__code=code)
        if variants:
            rows = rows.filter(variant__in=[each.id for each in variants])
        rows.update(on_hand=units, sequence=F("sequence") + 1)
    feed.refresh()


def wait(variant: Variant, code: str = "", **given: object) -> StockAlert:
    place = Location.objects.get(code=code) if code else None
    with atomic():
        asking.ask(alice(), variant, place, language="en")
    return StockAlert.objects.latest("asked_at")


def test_told_once_when_the_store_has_it(both_levels: House) -> None:
    """From the store's own rows, or from its feed."""
    variant = thing(both_levels)
    stock("M01", 0, variant)
    wait(variant, "M01")
    assert tell_alerts() == 0  # the warehouse and M02 have it: not asked for
    stock("M01", 9, variant)
    assert (tell_alerts(), tell_alerts()) == (1, 0)
    assert send_notices() == 1
    [letter] = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert letter.subject.startswith("It is back: ")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "in the store Place M01" in letter.body
    assert "order" not in letter.body


def test_a_feed_that_is_silent_tells_nobody(apart: House) -> None:
    variant = thing(apart)
    stock("M01", 0, variant)
    wait(variant, "M01")
    stock("M01", 9, variant)
    assert telling.tell(timezone.now() + timedelta(hours=1)) == 0


def test_a_parcel_is_told_of_from_the_warehouse(multichannel: House) -> None:
    """The stores' goods are nothing to a shop that knows no store."""
    variant = thing(multichannel)
    stock("W01", 0, variant)
    wait(variant)
    assert tell_alerts() == 0
    stock("W01", 1, variant)
    assert tell_alerts() == 1


def test_a_stranger_is_asked_first_and_told_after(multichannel: House) -> None:
    variant = thing(multichannel)
    with atomic():
        for _ in range(2):
            asking.ask_by_letter("Bob@Example.org", variant, None, language="en")
    assert (tell_alerts(), send_notices()) == (0, 1)
    alert = StockAlert.objects.get()
    assert (alert.email, alert.customer) == ("bob@example.org", None)
    assert mail.outbox[0].subject == "Shall we tell you when it is back?"
    with atomic():
        assert [asking.confirm(alert.id), asking.confirm(alert.id)] == [True, False]
    assert tell_alerts() == 1


def test_what_was_taken_back_sends_no_letter(multichannel: House) -> None:
    variant = thing(multichannel)
    wait(variant)
    assert tell_alerts() == 1
    StockAlert.objects.all().delete()
    assert send_notices() == 0
    assert not Notice.objects.exists()
    assert not mail.outbox


def test_nobody_fills_anothers_mailbox(multichannel: House) -> None:
    with atomic():
        for which in (0, 1, 2, 0, 1):
            asking.ask_by_letter(
                "bob@example.org", thing(multichannel, which), None, language="en"
            )
        later = timezone.now() + timedelta(hours=1)
        asking.ask_by_letter(
            "bob@example.org",
            thing(multichannel),
            Location.objects.get(code="M01"),
            language="en",
            at=later,
        )
    assert Notice.objects.count() == asking.LETTERS


def test_a_confirmed_address_joins_its_customer(multichannel: House) -> None:
    customer = alice()
    with atomic():
        asking.ask_by_letter(customer.email, thing(multichannel), None, language="en")
        asking.confirm(StockAlert.objects.get().id)
        assert StockAlert.objects.get().customer is None  # nobody proved the address
        type(customer).objects.update(email_verified_at=timezone.now())
        StockAlert.objects.update(confirmed_at=None)
        asking.confirm(StockAlert.objects.get().id)
    assert asking.waiting_of(customer).count() == 1


@pytest.mark.parametrize(
    ("age", "changes", "kept"),
    [
        (6, {"confirmed_at": None}, 1),
        (8, {"confirmed_at": None}, 0),
        (179, {}, 1),
        (181, {}, 0),
        (8, {"told_at": timezone.now()}, 1),
    ],
)
def test_what_is_old_is_forgotten(
    multichannel: House, age: int, changes: dict[str, object], kept: int
) -> None:
    wait(thing(multichannel))
    asked_at = timezone.now() - timedelta(days=age)
    StockAlert.objects.update(**{"asked_at": asked_at, **changes})
    telling.forget()
    assert StockAlert.objects.count() == kept


def test_a_sweep_asks_as_much_for_one_as_for_many(both_levels: House) -> None:
    stock("M01", 0)
    customer = alice()
    there = Location.objects.get(code="M01")
    counts = []
    for which in range(3):
        with atomic():
            asking.ask(customer, thing(both_levels, which), there, language="en")
        with CaptureQueriesContext(connections[database_for(Channel.WEBSHOP)]) as seen:
            assert telling.tell() == 0
        counts.append(len(seen))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 9
