"""The house is asked to stop while people are in the middle of something.

Orders stand in their transaction, because somebody else has the lines' table for
themselves; meanwhile every part gets SIGTERM, process by process as `make run` sends it.
Then the table is free again: who was let in is answered, who was not is told so.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from inventory.ids import new_id
from tests import servers
from tests.faults import judging
from tests.faults.clients import Asker
from tests.faults.history import History
from tests.faults.outfit import fit_out
from tests.living import House, await_answer

STORE = "BAT"
PARTS = ("web", "worker", "beat", "relay")
BEGUN = 4  # what one web worker can have in hand: they may all come to the same
WITHIN = 60.0
ROUNDS = 2


@contextmanager
def nobody_else(house: House, table: str) -> Iterator[psycopg.Connection[object]]:
    """Whoever writes to the table waits."""
    with psycopg.connect(servers.url(house.prefix + "webshop")) as on:
        on.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        yield on


def waiting(on: psycopg.Connection[object]) -> int:
    [(number,)] = on.execute(
        "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
        " AND relation = 'retail_pickupslot'::regclass"
    ).fetchall()
    return int(number)  # type: ignore[call-overload]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.journey
@pytest.mark.faults
@pytest.mark.timeout(600)
def test_what_is_under_way_is_ended_or_was_never_begun(
    live: Callable[..., House], tmp_path: Path
) -> None:
    house = live("cross-channel", beat=True)
    outfit = fit_out(house, STORE)
    history = History(tmp_path / "history.jsonl")
    answers: dict[str, int] = {}

    def order(id: str) -> None:
        body = {
            "email": f"{id}@example.com",
            "first_name": "Ann",
            "lines": [{"gtin": outfit.gtins[0], "quantity": 1}],
            "fulfilment": {"method": "collect", "location": STORE},
            "payment": {"method": "at_store"},
        }
        asker = Asker(house, outfit.shop, history)
        answers[id], _said = asker.once("PUT", f"orders/{id}/", body)

    for _round in range(ROUNDS):
        begun, late = [str(new_id()) for _ in range(BEGUN)], str(new_id())
        with (
            ThreadPoolExecutor(BEGUN + 1) as people,
            nobody_else(house, "retail_pickupslot") as on,
        ):
            for id in begun:
                people.submit(order, id)
            until(lambda on=on: waiting(on) == BEGUN)
            ends = [
                threading.Thread(target=house.end, args=(name, signal.SIGTERM))
                for name in PARTS
            ]
            for each in ends:
                each.start()
            time.sleep(1)  # the request to stop has come, whatever came of it
            people.submit(order, late)
            time.sleep(0.2)
        for each in ends:
            each.join()
        # whoever was let in is answered, if only that it took too long (503); whoever
        # comes afterwards is answered or not let in (0): nobody's order is a half
        ours = [*begun, late]
        before = {id: answers[id] for id in ours}
        assert {before[id] for id in begun} <= {201, 503}, before
        assert 201 in before.values()
        assert before[late] in {0, 201, 503}
        rows = house.rows("webshop", "SELECT id::text FROM retail_order")
        stored = {id for (id,) in rows}
        assert stored & set(ours) == {id for id in ours if before[id] == 201}

        for name in PARTS:
            house.start(name)
        await_answer(house)
        for id in ours:  # who is not sure asks again
            order(id)
            assert answers[id] == (200 if before[id] == 201 else 201)

    judging.awaits_quiet(house)
    for alias, table in (("pos", "retail_pickupjob"), ("webshop", "retail_orderline")):
        found = house.rows(
            alias,
            f"SELECT order_id::text FROM {table} WHERE order_id = ANY(%s)",  # noqa: S608
            list(map(UUID, answers)),
        )
        assert Counter(id for (id,) in found) == dict.fromkeys(answers, 1), table
    until(lambda: all(letters(house, id) for id in answers))
    assert {letters(house, id) for id in answers} == {1}
    judging.holds(house)


def letters(house: House, id: str) -> int:
    """How many were sent to this order's customer."""
    return sum(f"{id}@example.com" in text for text in house.mail())
