"""Pickups between two databases while everything that can break breaks.

Prints the seed: `STORM_SEED=<n> make faults ARGS="tests/faults"` repeats the plans and
the order of the faults (not the threads' timing); `STORM_SIZE` makes it smaller.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retail.channels.crashing import POINTS
from tests import cloning, servers
from tests.faults import judging
from tests.faults.breaking import Broken
from tests.faults.clients import Storm, plans
from tests.faults.history import History
from tests.faults.outfit import fit_out
from tests.living import House, await_answer, build
from tests.retail.webhooks.receiving import a_receiver

STORES = ("BAT", "LFO")
MANY = int(os.environ.get("STORM_SIZE", "500"))
PARTS = ("web", "worker", "beat", "relay")
FEW = ("before_mark_sent", "before_events_go", "after_call")
SHORT = ("kill relay", "kill a web worker", "flush Valkey", "pos down")


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("STORM_SEED", "0")) or random.SystemRandom().randrange(
        1, 10**6
    )


@pytest.fixture
def broken(
    tmp_path: Path, live_templates: Callable[[str | None], None]
) -> Iterator[Broken]:
    """A house at cross-channel with a Valkey of its own, not started yet."""
    live_templates("cross-channel")
    house = build("cross-channel", seed=True, folder=tmp_path)
    with a_receiver() as receiver:
        found = Broken(house, tmp_path / "valkey", receiver)
        yield found
        found.stop.set()
        for name in list(house.running):
            house.end(name)
        found.end_valkey()
    with servers.admin() as admin:
        for alias in servers.ALIASES:
            cloning.drop(admin, house.prefix + alias)
    print(house.log.read_text(encoding="utf-8", errors="replace")[-6000:])


@pytest.mark.journey
@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_short_storm(broken: Broken, tmp_path: Path, seed: int) -> None:
    storms(broken, tmp_path, seed, many=24, faults=SHORT, points=FEW)


@pytest.mark.journey
@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_five_hundred_pickups(broken: Broken, tmp_path: Path, seed: int) -> None:
    faults = [*broken.faults(), *broken.faults()]  # each twice
    # what these plans take back was never taken: money goes when goods leave, so no
    # refund is told to the bank after a commit
    points = tuple(POINTS.keys() - {"before_on_commit"})
    storms(broken, tmp_path, seed, many=MANY, faults=faults, points=points)


def storms(
    broken: Broken,
    folder: Path,
    seed: int,
    *,
    many: int,
    faults: list[str] | tuple[str, ...],
    points: tuple[str, ...],
) -> None:
    print(f"seed {seed}")
    house: House = broken.house
    outfit = fit_out(house, *STORES, hook=broken.receiver.url)
    broken.crash_at(*points)
    broken.begin(*PARTS)
    await_answer(house)
    history = History(folder / "history.jsonl")
    storm = Storm(house, outfit, plans(many, seed, outfit), history)
    schedule = list(faults)
    random.Random(seed).shuffle(schedule)  # noqa: S311
    began = time.monotonic()
    with broken.kept_alive():
        with storm.going_on():
            for number, fault in enumerate(schedule, 1):
                storm.has_placed(many * number // (len(schedule) + 1))
                broken.faults()[fault]()
            until = time.monotonic() + 120 + 3 * many
            while not storm.quiet():
                assert time.monotonic() < until, list(storm.left.values())[:5]
                time.sleep(0.2)
        drained = judging.awaits_quiet(house)
        took = time.monotonic() - began

        # not exercised is a failure
        assert set(faults) <= set(broken.happened), broken.happened
        assert set(points) <= broken.crashes(), set(points) - broken.crashes()
        if many > 100:
            assert history.counted()["ok"] > many
        judging.nothing_is_lost(house, storm)
        judging.nothing_is_doubled(house, storm)
        states = judging.every_order_stands_somewhere(house, storm)
        judging.every_plan_came_to_its_end(house, storm)
        judging.goods_add_up(house, storm)
        judging.money_adds_up(house, storm)
        judging.another_system_heard_of_each_order(house, broken.receiver)
        judging.holds(house)
    tries = sum(line.tries for line in history.lines)
    print(
        f"{many} pickups, {len(history.lines)} acts in {tries} tries, {took:.0f} s;"
        f" {dict(history.counted())}; orders {dict(states)};"
        f" faults {broken.happened}; crashes {sorted(broken.crashes())};"
        f" longest {history.longest()}; quiet after {drained:.1f} s;"
        f" messages tried in vain {judging.tried_in_vain(house)}"
    )
