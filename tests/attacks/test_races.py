"""More who want than there is, on the web and at the tills at once, round after round.

RACE_ROUNDS says how many rounds (3 unless given). The race through a whole house, with
its own processes, is tests/journeys/test_last_units.py; here the requests are answered
in this process, so that a thousand rounds take minutes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.utils import timezone

from inventory import stock
from inventory.ids import new_id
from inventory.models import Location, StockLevel
from inventory.places import Channel
from pos.models import Till
from retail import books, channels
from retail.channels import atomic, use_channel
from retail.customers.models import Customer
from retail.fulfilment import pickup, setting
from retail.loyalty import gift_cards, points
from retail.loyalty.gift_cards import NotEnoughOnCard
from retail.loyalty.models import LoyaltyAccount
from retail.loyalty.points import NotEnoughPoints
from retail.promotions import coupons
from retail.promotions.coupons import CouponRefused
from retail.promotions.models import Coupon, CouponUse, UseKind
from retail.staff.models import Scope
from tests.builders import (
    BOB,
    a_ready_pickup,
    carry,
    code_of,
    job_of,
    paid_at_counter,
    stock_of,
)
from tests.calling import Caller, a_caller, a_shop, an_order
from tests.levels import SIDES
from tests.pos.tills import a_ticket, a_till
from tests.retail.loyalty.test_gift_cards import a_card, left_on
from tests.retail.loyalty.test_points import one_person
from tests.retail.orders.house import House
from tests.retail.promotions.offers import a_coupon

pytestmark = [
    pytest.mark.django_db(databases=SIDES, transaction=True),
    pytest.mark.faults,
    pytest.mark.timeout(7200),
]

ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
UNITS = 20
QUEUES, EACH = 10, 3  # buyers on the web, three in turn
TILLS, TICKETS = 5, 4
REFUSED = "409 /problems/out-of-stock"
Act = Callable[[], list[str]]


def at_once(acts: list[Act]) -> list[list[str]]:
    """Each in a thread of its own, begun together; what each was answered."""
    start = Barrier(len(acts))

    def run(act: Act) -> list[str]:
        try:
            start.wait(timeout=30)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_fifty_buyers_get_twenty_units(shared_only: House) -> None:
    shop = a_shop()
    till = a_caller(Scope.TILL, channel=Channel.POS, location="M01")
    with use_channel(Channel.POS):
        tills = [a_till("M01", number=each + 1) for each in range(TILLS)]
        with atomic():  # nobody collects, and it is not slots that are raced for
            place = Location.objects.get(code="M01")
            setting.change(place, by="test", capacity=9999, minutes_per_order=0)
    before = deadlocks()
    for _ in range(ROUNDS):
        held = lay_out(shared_only)
        web, sold = buy(shared_only, shop, till, tills)
        assert web["201"] + sold["201"] == UNITS, (web, sold)
        assert web.keys() | sold.keys() == {"201", REFUSED}
        level = StockLevel.objects.get(
            location__code="M01", variant__gtin=shared_only.gtins[0]
        )
        kept = held + web["201"]
        assert (level.on_hand, level.reserved, level.oversold) == (kept, kept, 0)
    assert deadlocks() == before
    holds()


def lay_out(house: House) -> int:
    """Twenty free units in M01 beside those that are held, whose number it answers."""
    with use_channel(Channel.POS), atomic():
        place = Location.objects.get(code="M01")
        level = StockLevel.objects.get(
            location=place, variant_id=house.variants[house.gtins[0]]
        )
        StockLevel.objects.filter(id=level.id).update(safety=0)
        stock.adjust(
            place,
            {level.variant_id: UNITS - (level.on_hand - level.reserved)},
            reason="count",
            reference=str(new_id()),
            by="test",
        )
    return level.reserved


def buy(
    house: House, shop: Caller, till: Caller, tills: list[Till]
) -> tuple[Counter[str], Counter[str]]:
    """Thirty on the web and twenty at five tills, one unit each."""

    def on_the_web() -> list[str]:
        caller = Caller(shop.key, shop.raw)
        wish = an_order((house.gtins[0], 1))
        return [said(caller.put(f"orders/{new_id()}/", wish)) for _ in range(EACH)]

    def at(till_row: Till) -> Act:
        def sell() -> list[str]:
            caller = Caller(till.key, till.raw)
            found = []
            for _ in range(TICKETS):
                with use_channel(Channel.POS):
                    ticket = a_ticket(house, till_row, (0, 1), only_free=True)
                found.append(said(caller.put(f"tickets/{ticket['id']}/", ticket)))
            return found

        return sell

    answers = at_once([*[on_the_web] * QUEUES, *[at(each) for each in tills]])
    web, sold = answers[:QUEUES], answers[QUEUES:]
    return Counter(chain(*web)), Counter(chain(*sold))


def said(answer: Any) -> str:
    status = str(answer.status_code)
    return status if answer.status_code < 400 else f"{status} {answer.json()['type']}"


def test_money_codes_and_points_are_spent_at_both_doors_once(
    shared_only: House,
) -> None:
    """Six on the web and six at tills, for what a few of them can have."""
    on_web, in_store = one_person()  # 90 points between them
    before = deadlocks()
    for number in range(ROUNDS):
        if number:
            with use_channel(Channel.WEBSHOP), atomic():
                points.earn(on_web, points=80, reference=f"round {number}")
        card, code = a_card(20), a_coupon(f"TOUR{number}", most=5)
        doors = [
            Door(Channel.WEBSHOP, UseKind.ORDER, on_web, card.id, code),
            Door(Channel.POS, UseKind.TICKET, in_store, card.id, code),
        ] * 6
        answers = at_once([door.spend for door in doors])
        assert Counter(each for found in answers for each in found) == {
            "money": 6,
            "no money": 6,
            "use": 5,
            "no use": 7,
            "points": 4,
            "no points": 8,
        }
        with use_channel(Channel.WEBSHOP):
            assert left_on(card) == 2
            assert CouponUse.objects.filter(coupon=code).count() == 5
            assert points.balance(on_web).total == 10
            accounts = LoyaltyAccount.objects.values_list("balance", flat=True)
            assert min(accounts) >= 0
    assert deadlocks() == before
    holds()


@dataclass(frozen=True)
class Door:
    """Where somebody spends three euros of a card, one use of a code, twenty points."""

    channel: Channel
    kind: UseKind
    customer: Customer
    card: UUID
    code: Coupon

    def spend(self) -> list[str]:
        return [
            self.tried(self.money, "money", "no money"),
            self.tried(self.use, "use", "no use"),
            self.tried(self.points, "points", "no points"),
        ]

    def tried(self, act: Callable[[], object], done: str, refused: str) -> str:
        try:
            with use_channel(self.channel), atomic():
                act()
        except (NotEnoughOnCard, CouponRefused, NotEnoughPoints):
            return refused
        return done

    def money(self) -> None:
        gift_cards.spend(self.card, amount=Decimal(3), reference=new_id())

    def use(self) -> None:
        coupons.use([self.code], kind=self.kind, reference=new_id(), at=timezone.now())

    def points(self) -> None:
        id = new_id()
        points.redeem(self.customer, points=20, redemption_id=id, reference=str(id))


def test_one_code_at_many_counters_gives_the_goods_out_once(
    both_levels: House,
) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    code, job = code_of(order), job_of(order)

    def hand_over() -> list[str]:
        with use_channel(Channel.POS):
            try:
                pickup.hand_over(job, code=code, by=BOB, event_id=new_id())
            except pickup.NotCollectable as refused:
                return [refused.status]
        return ["given"]

    answers = at_once([hand_over] * 8)
    assert Counter(chain(*answers)) == {"given": 1, "collected": 7}
    assert stock_of(both_levels, "M01") == (2, 0)
    carry()
    holds()


def deadlocks() -> int:
    """Since the databases of this test were made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(deadlocks) FROM pg_stat_database WHERE datname = ANY(%s)",
            [[str(connections[each].settings_dict["NAME"]) for each in SIDES]],
        )
        return int(cursor.fetchone()[0] or 0)


def holds() -> None:
    """I23 asks for an outbox that a relay has emptied; none runs here."""
    found = books.check(channels.open_databases())
    assert [each for each in found if not each.holds and each.id != "I23"] == []
