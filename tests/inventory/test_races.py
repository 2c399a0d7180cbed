"""Many at once, for real: threads with their own connections, committing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connections

from inventory import reserving, stock
from inventory.books import CHECKS
from inventory.ids import new_id
from inventory.models import Location, Reservation, StockLevel
from inventory.places import Channel
from inventory.reserving import OutOfStock
from retail.books import run
from retail.channels import atomic, use_channel
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"], transaction=True)
THREADS = 8
BY = "employee:1 Ada"


def together(work: Callable[[int], Counter[str]]) -> Counter[str]:
    """`work(n)` in threads that begin at the same moment; their counts summed."""
    begin = Barrier(THREADS)

    def one(number: int) -> Counter[str]:
        try:
            with use_channel(Channel.POS):
                begin.wait(timeout=20)
                return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, range(THREADS)), Counter())


def prepared(units: int, kinds: int = 5) -> tuple[Location, list[UUID]]:
    with use_channel(Channel.POS), atomic():
        place = goods.a_place()
        articles = goods.variants(kinds)
        goods.stocked(place, dict.fromkeys(articles, units))
    return place, articles


def assert_books_hold() -> None:
    assert [r for r in (run(each, "pos") for each in CHECKS) if not r.holds] == []


def test_scarce_goods_are_held_exactly() -> None:
    place, articles = prepared(60)

    def work(number: int) -> Counter[str]:
        chance = random.Random(number)  # noqa: S311 - a schedule that can be repeated
        found: Counter[str] = Counter()
        for _ in range(40):
            lines = {a: chance.randint(1, 2) for a in chance.sample(articles, 3)}
            try:
                with atomic():
                    reserving.reserve(
                        place, lines, kind="fulfilment", reference=str(new_id())
                    )
            except OutOfStock:
                found["refused"] += 1
            else:
                found["held"] += sum(lines.values())
        return found

    found = together(work)
    with use_channel(Channel.POS):
        levels = list(StockLevel.objects.all())
        holds = sum(r.quantity for r in Reservation.objects.filter(state="held"))
    assert found["refused"] > 0
    assert sum(level.reserved for level in levels) == found["held"] == holds
    assert all(level.reserved <= level.on_hand == 60 for level in levels)
    assert_books_hold()


def test_the_last_unit_is_held_once() -> None:
    place, (a,) = prepared(1, kinds=1)

    def work(_: int) -> Counter[str]:
        try:
            with atomic():
                reserving.reserve(
                    place, {a: 1}, kind="fulfilment", reference=str(new_id())
                )
        except OutOfStock:
            return Counter(refused=1)
        return Counter(held=1)

    assert together(work) == {"held": 1, "refused": THREADS - 1}
    assert_books_hold()


@pytest.mark.parametrize("units", [3, 100])
def test_one_cause_at_once_holds_once(units: int) -> None:
    """Scarce too: whoever waited must not be told that the goods are gone."""
    place, articles = prepared(units)
    lines = dict.fromkeys(articles, 3)

    def work(_: int) -> Counter[str]:
        with atomic():
            made = reserving.reserve(place, lines, kind="fulfilment", reference="F1")
        return Counter(made=int(made), asked=1)

    assert together(work) == {"made": 1, "asked": THREADS}
    with use_channel(Channel.POS):
        assert {level.reserved for level in StockLevel.objects.all()} == {3}
    assert_books_hold()


def test_one_delivery_at_once_arrives_once() -> None:
    place, articles = prepared(1)

    def work(_: int) -> Counter[str]:
        with atomic():
            stock.receive(place, dict.fromkeys(articles, 2), reference="R1")
            stock.issue(
                place, dict.fromkeys(articles, 3), kind="waste", reference="X", by=BY
            )
        return Counter(asked=1)

    assert together(work) == {"asked": THREADS}
    with use_channel(Channel.POS):
        assert {level.on_hand for level in StockLevel.objects.all()} == {0}
    assert_books_hold()


def test_a_new_article_arrives_from_many_sides() -> None:
    place, _ = prepared(1, kinds=1)
    with use_channel(Channel.POS), atomic():
        new = goods.variants(5, known=1)

    def work(number: int) -> Counter[str]:
        with atomic():
            stock.receive(place, dict.fromkeys(new, 1), reference=f"R{number}")
        return Counter(done=1)

    together(work)
    with use_channel(Channel.POS):
        found = StockLevel.objects.filter(variant_id__in=new)
        assert [(s.on_hand, s.sequence) for s in found] == [(THREADS, THREADS)] * 4
    assert_books_hold()


def test_till_and_web_and_board_at_once() -> None:
    """Holds, sales that break them, claims and expiry over the same goods."""
    place, articles = prepared(25)

    def work(number: int) -> Counter[str]:
        chance = random.Random(number)  # noqa: S311 - a schedule that can be repeated
        found: Counter[str] = Counter()
        mine: list[str] = []
        for _ in range(25):
            lines = dict.fromkeys(chance.sample(articles, 2), chance.randint(1, 3))
            try:
                with atomic():
                    act = chance.choice(["hold", "hold", "sell", "claim", "release"])
                    reference = str(new_id())
                    if act == "hold":
                        reserving.reserve(
                            place, lines, kind="fulfilment", reference=reference
                        )
                        mine.append(reference)
                    elif act == "sell":
                        issued = stock.sell_at_till(
                            place, lines, reference=reference, by=BY
                        )
                        found["sold"] += sum(lines.values())
                        found["broken"] += len(issued.broken)
                        found["oversold"] += sum(issued.oversold.values())
                    elif mine and act == "claim":
                        left = reserving.claim(
                            kind="fulfilment", reference=mine.pop(), by=BY
                        )
                        found["claimed"] += sum(left.values())
                    elif mine:
                        reserving.release(kind="fulfilment", reference=mine.pop())
            except (OutOfStock, reserving.HoldGone) as refusal:
                found[type(refusal).__name__] += 1
        return found

    found = together(work)
    assert found["sold"] > 0
    assert found["claimed"] > 0
    assert found["broken"] + found["oversold"] > 0
    with use_channel(Channel.POS):
        levels = list(StockLevel.objects.all())
    left = sum(level.on_hand - level.oversold for level in levels)
    assert left == 25 * len(articles) - found["sold"] - found["claimed"]
    assert sum(level.oversold for level in levels) == found["oversold"]
    assert_books_hold()


def test_room_that_another_makes_is_found() -> None:
    """The shelf is full in the waiting request's snapshot and has room when it gets
    the lock: PostgreSQL would test constraints on the row of the snapshot."""
    place, (a,) = prepared(2, kinds=1)
    with use_channel(Channel.POS), atomic():
        reserving.reserve(place, {a: 2}, kind="fulfilment", reference="F1")

    def waits() -> bool:
        try:
            with use_channel(Channel.POS), atomic():
                return reserving.reserve(
                    place, {a: 2}, kind="fulfilment", reference="F2"
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with use_channel(Channel.POS), atomic():
            reserving.release(kind="fulfilment", reference="F1")
            waiting = pool.submit(waits)
            until_one_waits("pos")
        assert waiting.result(timeout=20) is True
    assert_books_hold()


def until_one_waits(alias: str) -> None:
    """For a lock that this thread's transaction holds."""
    for _ in range(1000):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT count(pid) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() == (1,):
                return
    raise AssertionError("nobody waited")
