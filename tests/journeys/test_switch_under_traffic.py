"""The dial turns there and back while people buy: nothing is lost, nothing is twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.journeys import facts
from tests.journeys.outfit import fit_out
from tests.journeys.strangers import CLOSED, Stranger, stopped_worker, writing
from tests.journeys.traffic import Done, Traffic
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]

STORE = "BAT"
APART, TOGETHER = ("webshop", "pos"), ("shared",)
EVERYWHERE = (*APART, *TOGETHER)
DRAINED_WITHIN = 30.0
# Where each kind of act leaves exactly one row that carries its id.
ROWS = {
    "to ship": ("retail_order", "id"),
    "to collect": ("retail_order", "id"),
    "ticket": ("pos_ticket", "id"),
    "move": ("retail_pickupevent", "id"),
    "redemption": ("retail_loyaltyentry", "redemption_id"),
}
OFFERED = {
    "multichannel": {"to ship", "ticket", "redemption"},
    "cross-channel": set(ROWS),
    "omnichannel": set(ROWS),
}


@dataclass
class Turn:
    """A turn of the dial that moved data. `old` and `new` are the sides that took
    writes before and after it; `pause` is when business was closed."""

    level: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    pause: tuple[float, float]
    strangers: list[Stranger]
    tries: list[list[str]]
    told: float  # seconds that the run itself says writers waited


def test_there_and_back_while_people_buy(
    live: Callable[..., House], tmp_path: Path
) -> None:
    house = live("cross-channel", beat=True)
    house.switch("multichannel")
    traffic = Traffic(house, fit_out(house, STORE), tmp_path / "history.jsonl")
    before = ids(house)
    with traffic.flowing():
        traffic.has_come_to(OFFERED["multichannel"])
        house.manage("channels", "switch", "cross-channel")
        # the stores' feed begins with the first sweep
        traffic.has_come_to(OFFERED["cross-channel"])
        is_once(house, APART, traffic.history.so_far())
        facts.holds(house)
        there = turned(house, traffic, "omnichannel", old=APART, new=TOGETHER)
        traffic.has_come_to(OFFERED["omnichannel"])
        is_once(house, TOGETHER, traffic.history.so_far())
        facts.holds(house)
        back = turned(house, traffic, "multichannel", old=TOGETHER, new=APART)
        traffic.has_come_to(OFFERED["multichannel"])
        is_once(house, APART, traffic.history.so_far())
    drained(house)
    facts.holds(house)

    done = traffic.history.so_far()
    told(traffic, done)
    is_once(house, APART, done)
    for each in traffic.history.refused:
        if each.kind in {"to ship", "to collect", "redemption"}:
            assert found(house, APART, ROWS[each.kind], [each.id]) == {}
    for turn in (there, back):
        met_the_pause(turn, done)
        no_late_write(house, turn)
        late_worker_was_refused(house, turn)
    assert ids(house) - before == {
        (ROWS[each.kind][0], each.id) for each in done if each.kind != "move"
    } | {("retail_loyaltyentry", id) for turn in (there, back) for id, *_ in turn.tries}
    every_pickup_is_asked_for_once(house, done)
    no_number_is_missing(house)


def turned(
    house: House,
    traffic: Traffic,
    level: str,
    *,
    old: tuple[str, ...],
    new: tuple[str, ...],
) -> Turn:
    """The run, with strangers who write to the old sides by name from before it until
    after it, and a worker that stands still meanwhile."""
    _, card = traffic.outfit.customers["webshop"][0]
    places = [(side, side) for side in APART]
    if old == TOGETHER:
        places = [("shared", owner) for owner in APART]
    pauses = len(traffic.dial.pauses)
    with (
        stopped_worker(house, card) as worker,
        writing(house, traffic.dial, *places) as strangers,
    ):
        time.sleep(0.3)
        house.manage("channels", "switch", level, "--yes", "--why", "a journey")
        time.sleep(0.3)
        tries = worker.ended()
    (pause,) = traffic.dial.pauses[pauses:]
    waited = last_run(house, level)
    return Turn(level, old, new, pause, strangers, tries, waited)


def last_run(house: House, level: str) -> float:
    """It led there and is done. Answers the seconds for which writers waited."""
    ((id, reached, state, rows, seconds),) = house.rows(
        "default",
        """
        SELECT id, to_level, state, rows,
               extract(epoch FROM opened_at - closed_at)::float8
        FROM channels_switchrun ORDER BY started_at DESC LIMIT 1
        """,
    )
    steps = house.rows(
        "default",
        "SELECT name, seconds FROM channels_switchstep WHERE run_id = %s ORDER BY place",
        id,
    )
    print(
        f"to {level}: {rows} rows, "
        + ", ".join(f"{name} {took:.2f} s" for name, took in steps)
    )
    assert (reached, state) == (level, "done")
    return float(seconds)


def is_once(house: House, sides: tuple[str, ...], done: Iterable[Done]) -> None:
    for kind, place in ROWS.items():
        wanted = [each.id for each in done if each.kind == kind]
        rows = found(house, sides, place, wanted)
        missing = set(wanted) - rows.keys()
        assert not missing, f"{kind}: {len(missing)} of {len(wanted)} lost: {missing}"
        twice = {id: times for id, times in rows.items() if times != 1}
        assert not twice, f"{kind}: {twice}"


def found(
    house: House, sides: tuple[str, ...], place: tuple[str, str], ids: list[str]
) -> Counter[str]:
    """{id: rows with it in all these databases}"""
    table, column = place
    counted: Counter[str] = Counter()
    for side in sides:
        query = f"SELECT {column}::text FROM {table} WHERE {column} = ANY(%s::uuid[])"  # noqa: S608
        counted.update(id for (id,) in house.rows(side, query, ids))
    return counted


def ids(house: House) -> set[tuple[str, str]]:
    """(table, id) of all orders, tickets and redemptions while the sides are apart."""
    query = """
        SELECT 'retail_order', id::text FROM retail_order
        UNION ALL SELECT 'pos_ticket', id::text FROM pos_ticket
        UNION ALL SELECT 'retail_loyaltyentry', redemption_id::text
        FROM retail_loyaltyentry WHERE kind = 'redeem'
    """
    return {(table, id) for side in APART for table, id in house.rows(side, query)}


def drained(house: House) -> None:
    """All that was said between the channels has arrived, and nothing was given up."""
    deadline = time.monotonic() + DRAINED_WITHIN
    query = """
        SELECT count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL),
               count(dead_at), max(last_error)
        FROM retail_outboxmessage
    """
    while True:
        waiting = {side: house.rows(side, query)[0] for side in APART}
        assert not any(dead for _, dead, _ in waiting.values()), waiting
        if not any(unsent for unsent, _, _ in waiting.values()):
            return
        assert time.monotonic() < deadline, waiting
        time.sleep(0.2)


def told(traffic: Traffic, done: list[Done]) -> None:
    counted = Counter((each.level, each.kind) for each in done)
    print("acknowledged", {"/".join(each): n for each, n in sorted(counted.items())})
    refused = Counter((each.kind, each.said) for each in traffic.history.refused)
    print("refused", dict(refused))


def met_the_pause(turn: Turn, done: list[Done]) -> None:
    """Requests came while business was closed, and were taken when it was open."""
    closed, opened = turn.pause
    came = [each for each in done if closed <= each.began < opened]
    waited = [each for each in came if each.ended >= opened - 0.05]
    again = [each for each in came if each.tries > 1]
    assert waited
    longest = max(each.ended - each.began for each in came)
    writes = sorted(each.ended for each in done)
    gap = max(
        (later - sooner, later)
        for sooner, later in pairwise(writes)
        if later > closed and sooner < opened
    )[0]
    print(
        f"to {turn.level}: pause {turn.told:.2f} s by the run,"
        f" {opened - closed:.2f} s seen, {gap:.2f} s between two acknowledged acts;"
        f" {len(waited)} acts waited, {len(again)} came again, longest {longest:.2f} s"
    )


def no_late_write(house: House, turn: Turn) -> None:
    closed, opened = turn.pause
    for stranger in turn.strangers:
        wrote = [when for _, when in stranger.wrote]
        refused = [when for _, when in stranger.refused]
        late = [when for when in wrote if when > min(refused)]
        print(
            f"to {turn.level}: stranger on {stranger.alias} wrote {len(wrote)},"
            f" refused {len(refused)}, late writes accepted {len(late)}"
        )
        assert min(wrote) < closed
        assert any(closed < when < opened for when in refused)
        assert max(refused) > opened
        assert not late
        place = ("retail_basket", "id")
        written = [id for id, _ in stranger.wrote]
        for sides in (turn.new, APART):  # where it went, and where that went in the end
            assert found(house, sides, place, written) == Counter(written)
        assert not found(house, EVERYWHERE, place, [id for id, _ in stranger.refused])


def late_worker_was_refused(house: House, turn: Turn) -> None:
    """Within a transaction and between two: refused by SQLSTATE where it had begun,
    done on the other side with the same id."""
    (inside, *_), _, (between, *_), _ = turn.tries
    here, there = turn.old[0], turn.new[0]
    assert turn.tries == [
        [inside, here, CLOSED],
        [inside, there, "done"],
        [between, here, CLOSED],
        [between, there, "done"],
    ]
    assert found(house, APART, ROWS["redemption"], [inside, between]) == {
        inside: 1,
        between: 1,
    }


def every_pickup_is_asked_for_once(house: House, done: list[Done]) -> None:
    wanted = [each.id for each in done if each.kind == "to collect"]
    place = ("retail_pickupjob", "order_id")
    assert found(house, APART, place, wanted) == Counter(wanted)


def no_number_is_missing(house: House) -> None:
    rows = house.rows(
        "pos",
        """
        SELECT t.last_number, count(k.id), min(k.number), max(k.number)
        FROM pos_till t JOIN pos_ticket k ON k.till_id = t.id GROUP BY t.id
        """,
    )
    for last, tickets, first, newest in rows:
        assert (tickets, first, newest) == (last, 1, last)
