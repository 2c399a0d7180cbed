import threading
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connections

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers.linking import link_known
from retail.customers.models import Customer
from retail.loyalty import points
from retail.loyalty.models import LoyaltyAccount, LoyaltyEntry
from tests.retail.customers.people import (
    LEVELS,
    SIDES,
    stand,
    store_alice,
    web_alice,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def web():
    with channels.use_channel(Channel.WEBSHOP):
        yield


@pytest.fixture(params=LEVELS)
def level(request):
    stand(request.param)
    return request.param


def one_person() -> tuple[Customer, Customer]:
    """Alice with 40 points from the web and 50 from a store, known to be one."""
    stand("omnichannel")
    on_web, in_store = web_alice(balance=40), store_alice(balance=50)
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        link_known(by="system")
    return on_web, in_store


@pytest.fixture
def person():
    both = one_person()
    with channels.use_channel(Channel.WEBSHOP):
        yield both


def spend(customer: Customer, wanted: int, **more) -> list[LoyaltyEntry]:
    with channels.atomic():
        return points.redeem(
            customer,
            points=wanted,
            **{"redemption_id": new_id(), "reference": "an order", **more},
        )


def balances() -> dict[str, int]:
    return dict(LoyaltyAccount.objects.values_list("origin", "balance"))


def entries_hold() -> bool:
    """Each balance is the sum of its entries."""
    sums = Counter()
    for entry in LoyaltyEntry.objects.all():
        sums[entry.account_id] += entry.points
    return all(
        account.balance == sums[account.id] for account in LoyaltyAccount.objects.all()
    )


@pytest.mark.parametrize(
    ("amount", "earned"), [("0.99", 0), ("1", 1), ("42.90", 42), ("-3.00", 0)]
)
def test_a_point_for_each_whole_euro(amount: str, earned: int) -> None:
    assert points.points_for(Decimal(amount)) == earned


def test_thirty_points_are_a_euro_and_never_more() -> None:
    assert points.value_of(30) == Decimal("1.00")
    assert points.value_of(45) == Decimal("1.50")
    assert points.value_of(31) == Decimal("1.03")
    assert points.value_of(29) == Decimal("0.96")


def test_a_purchase_earns_once(level, web) -> None:
    alice = web_alice()
    with channels.atomic():
        assert points.earn(alice, points=12, reference="order 1") == 12
        assert points.earn(alice, points=12, reference="order 1") == 0
        assert points.earn(alice, points=5, reference="order 2") == 5
        assert points.earn(alice, points=0, reference="order 3") == 0
    assert points.balance(alice).total == 17
    assert [e.points for e in points.statement(alice)] == [5, 12]
    assert entries_hold()


def test_points_move_only_in_a_transaction() -> None:
    from retail.loyalty.entering import lock

    stand("multichannel")
    with channels.use_channel(Channel.WEBSHOP):
        connection = connections["webshop"]
        held, connection.in_atomic_block = connection.in_atomic_block, False
        try:
            with pytest.raises(RuntimeError):
                lock([])
        finally:
            connection.in_atomic_block = held


def test_spending_and_giving_back(level, web) -> None:
    alice, redemption = web_alice(balance=40), new_id()
    [entry] = spend(alice, 30, redemption_id=redemption)
    assert (entry.points, entry.kind, entry.origin) == (-30, "redeem", "webshop")
    assert points.balance(alice).total == 10
    with channels.atomic():
        assert points.give_back(redemption) == 30
        assert points.give_back(redemption) == 0
    assert points.balance(alice).total == 40
    assert entries_hold()


def test_too_few_points_change_nothing(level, web) -> None:
    alice = web_alice(balance=40)
    with pytest.raises(points.NotEnoughPoints) as refused:
        spend(alice, 41)
    assert (refused.value.balance, refused.value.wanted) == (40, 41)
    assert points.balance(alice).total == 40
    assert LoyaltyEntry.objects.count() == 1


def test_a_redemption_counts_once(level, web) -> None:
    alice, redemption = web_alice(balance=40), new_id()
    first = spend(alice, 15, redemption_id=redemption)
    assert spend(alice, 15, redemption_id=redemption) == first
    assert points.balance(alice).total == 25
    with pytest.raises(points.RedemptionReused):
        spend(alice, 16, redemption_id=redemption)
    with channels.atomic():
        points.give_back(redemption)
    with pytest.raises(points.RedemptionReused):
        spend(alice, 15, redemption_id=redemption)
    assert points.balance(alice).total == 40


def test_no_points_is_no_redemption(level, web) -> None:
    alice = web_alice(balance=40)
    for wanted in (0, -5):
        with pytest.raises(ValueError, match="cannot spend"):
            spend(alice, wanted)


def test_apart_each_channel_has_its_points() -> None:
    stand("multichannel")
    on_web, in_store = web_alice(balance=40), store_alice(balance=50)
    with channels.use_channel(Channel.WEBSHOP):
        assert points.balance(on_web).total == 40
        with pytest.raises(points.NotEnoughPoints):
            spend(on_web, 60)
    with channels.use_channel(Channel.POS):
        assert points.balance(in_store).total == 50


def test_unified_is_one_purse_of_two_accounts(person) -> None:
    on_web, in_store = person
    found = points.balance(on_web)
    assert found.total == 90
    assert {(p.customer_id, p.origin, p.points) for p in found.parts} == {
        (on_web.id, "webshop", 40),
        (in_store.id, "pos", 50),
    }
    assert points.balance(in_store).total == 90


@pytest.mark.parametrize(
    ("own", "wanted", "left"),
    [
        ("web", 30, {"webshop": 10, "pos": 50}),
        ("web", 40, {"webshop": 0, "pos": 50}),
        ("web", 60, {"webshop": 0, "pos": 30}),
        ("store", 60, {"webshop": 30, "pos": 0}),
        ("store", 90, {"webshop": 0, "pos": 0}),
    ],
)
def test_unified_the_own_account_gives_first(person, own, wanted, left) -> None:
    on_web, in_store = person
    redemption = new_id()
    entries = spend(
        on_web if own == "web" else in_store, wanted, redemption_id=redemption
    )
    assert sum(entry.points for entry in entries) == -wanted
    assert all(entry.origin == entry.account.origin for entry in entries)
    assert balances() == left
    assert entries_hold()
    with channels.atomic():
        assert points.give_back(redemption) == wanted
    assert balances() == {"webshop": 40, "pos": 50}


def test_unified_all_or_nothing(person) -> None:
    on_web, _ = person
    with pytest.raises(points.NotEnoughPoints) as refused:
        spend(on_web, 91)
    assert refused.value.balance == 90
    assert balances() == {"webshop": 40, "pos": 50}


def test_a_reversal_takes_what_is_there_and_the_rest_is_owed(level, web) -> None:
    alice = web_alice()
    with channels.atomic():
        points.earn(alice, points=20, reference="order 1")
    spend(alice, 15)
    with channels.atomic():
        assert points.reverse("order 1") == 5
        assert points.reverse("order 1") == 0
        assert points.reverse("unknown") == 0
    account = LoyaltyAccount.objects.get(customer=alice)
    assert (account.balance, account.points_owed) == (0, 15)
    with channels.atomic():
        assert points.earn(alice, points=10, reference="order 2") == 10
    account.refresh_from_db()
    assert (account.balance, account.points_owed) == (0, 5)
    with channels.atomic():
        points.earn(alice, points=10, reference="order 3")
    account.refresh_from_db()
    assert (account.balance, account.points_owed) == (5, 0)
    assert entries_hold()


@pytest.mark.django_db(databases=SIDES, transaction=True)
@pytest.mark.parametrize("standing", ["multichannel", "omnichannel"])
def test_points_are_never_spent_twice(standing: str) -> None:
    """Both doors at once: web and till spend the same purse as fast as they can."""
    cost, alias = 20, "shared" if standing == "omnichannel" else "webshop"
    if standing == "omnichannel":
        on_web, in_store = one_person()
        doors = [(on_web, Channel.WEBSHOP), (in_store, Channel.POS)]
        held = 90
    else:
        stand(standing)
        alice = web_alice(balance=90)
        doors, held = [(alice, Channel.WEBSHOP)], 90
    outcomes: list[str] = []
    start = threading.Barrier(12)

    def act(number: int) -> None:
        customer, channel = doors[number % len(doors)]
        start.wait()
        try:
            with channels.use_channel(channel):
                spend(customer, cost, reference=f"order {number}")
            outcomes.append("spent")
        except points.NotEnoughPoints:
            outcomes.append("refused")
        finally:
            connections.close_all()

    spenders = [threading.Thread(target=act, args=[n]) for n in range(12)]
    for spender in spenders:
        spender.start()
    for spender in spenders:
        spender.join()
    assert Counter(outcomes) == {"spent": held // cost, "refused": 12 - held // cost}
    with channels.use_channel(Channel.WEBSHOP):
        assert channels.current().database == alias
        left = [account.balance for account in LoyaltyAccount.objects.all()]
        assert sum(left) == held % cost
        assert min(left) >= 0
        assert entries_hold()


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_one_redemption_sent_twice_at_once_counts_once() -> None:
    on_web, in_store = one_person()
    redemption = new_id()
    start = threading.Barrier(8)
    failures: list[Exception] = []

    def act(customer: Customer, channel: Channel) -> None:
        start.wait()
        try:
            with channels.use_channel(channel):
                spend(customer, 35, redemption_id=redemption)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    doors = [(on_web, Channel.WEBSHOP), (in_store, Channel.POS)] * 4
    senders = [threading.Thread(target=act, args=door) for door in doors]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert failures == []
    with channels.use_channel(Channel.WEBSHOP):
        assert points.balance(on_web).total == 55
        assert entries_hold()
