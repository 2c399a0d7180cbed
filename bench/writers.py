"""Somebody who goes on working while the databases are joined or parted.

Each writer commits a small piece of business again and again as the application's role:
a unit leaves a shelf, a customer earns a point. Refused, it tries the same on the other
side, as a page or a till does, until one takes it.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels.retries import refused
from retail.channels.roles import APP, connection_as

BETWEEN = 0.03  # seconds between two pieces of work
AGAIN = 0.01  # seconds until a refused one is tried again
CHOICE = 2_000  # accounts and shelves that are written

ENTRY = """
INSERT INTO retail_loyaltyentry (id, origin, account_id, points, kind, reference, label, at)
VALUES (%s, %s, %s, 1, 'earn', %s, 'Generated', now())
"""
BALANCE = "UPDATE retail_loyaltyaccount SET balance = balance + 1 WHERE id = %s"
LEVEL = """
UPDATE inventory_stocklevel SET on_hand = on_hand - 1, sequence = sequence + 1
WHERE id = %s RETURNING variant_id, location_id, sequence
"""
MOVEMENT = """
INSERT INTO inventory_stockmovement (id, origin, variant_id, location_id, quantity, kind,
    reference, sequence, by, at)
VALUES (%s, %s, %s, %s, -1, 'sale', %s, %s, 'generated', now())
"""


@dataclass(frozen=True)
class Written:
    """One piece of work, in seconds of the process's clock: `began` its first try,
    `refused` the first try that was refused (None: none was), `done` its commit."""

    id: UUID
    began: float
    refused: float | None
    refusals: int
    done: float
    alias: str


@dataclass
class Writers:
    """Threads that write for both channels between `start` and `stop`."""

    old: dict[Channel, str]
    new: dict[Channel, str]
    threads: int
    written: list[Written] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.running = [
            threading.Thread(target=self._run, args=(channel, n), daemon=True)
            for channel in Channel
            for n in range(self.threads)
        ]
        for each in self.running:
            each.start()

    def stop(self) -> None:
        """Raises what a writer met, unless it was the fence."""
        self.ended.set()
        for each in self.running:
            each.join()
        if self.failed:
            raise self.failed[0]

    def _run(self, channel: Channel, number: int) -> None:
        aliases = [self.old[channel], self.new[channel]]
        sides = [connection_as(APP, alias) for alias in aliases]
        for side in sides:
            side.autocommit = True
        chosen = random.Random(f"{channel} {number}")
        accounts, levels = some(sides[0], channel)
        try:
            while not self.ended.is_set():
                on = 0 if aliases[0] == aliases[1] else self._side(aliases)
                account, level = chosen.choice(accounts), chosen.choice(levels)
                self._work(sides, aliases, on, channel, account, level)
                time.sleep(BETWEEN)
        except BaseException as error:
            self.failed.append(error)
        finally:
            for side in sides:
                side.close()

    def _side(self, aliases: list[str]) -> int:
        """Where the last piece of this channel's work was taken."""
        for each in reversed(self.written[-20:]):
            if each.alias in aliases:
                return aliases.index(each.alias)
        return 0

    def _work(
        self,
        sides: list[psycopg.Connection],
        aliases: list[str],
        on: int,
        channel: Channel,
        account: UUID,
        level: UUID,
    ) -> None:
        id, first, refusals = new_id(), None, 0
        began = time.monotonic()
        while True:
            tried = time.monotonic()
            try:
                write(sides[on], channel, id, account, level)
            except psycopg.Error as error:
                if not refused(error):
                    raise
                first = first or tried
                refusals += 1
                on = 1 - on
                time.sleep(AGAIN)
            else:
                done = time.monotonic()
                self.written.append(
                    Written(id, began, first, refusals, done, aliases[on])
                )
                return

    def told(self) -> dict[str, Any]:
        """`pause_s`: from the first try that was refused to the first commit on the new
        side; `longest_s`: what one piece of work took at most, waiting included."""
        turned = [each for each in self.written if each.alias in self.new.values()]
        met = [each.refused for each in self.written if each.refused is not None]
        waits = sorted(each.done - each.began for each in self.written)
        return {
            "written": len(self.written),
            "refused": sum(each.refusals for each in self.written),
            "pause_s": round(min(e.done for e in turned) - min(met), 3) if met else 0,
            "longest_s": round(waits[-1], 3),
            "p50_s": round(waits[len(waits) // 2], 4),
        }

    def missing(self) -> int:
        """How many of the acknowledged are not on the new side. Asked once at the end."""
        ids = [each.id for each in self.written]
        there = 0
        for alias in set(self.new.values()):
            with connection_as(APP, alias) as side:
                row = side.execute(
                    "SELECT count(*) FROM retail_loyaltyentry WHERE id = ANY(%s)", [ids]
                ).fetchone()
                there += row[0] if row else 0
        return len(ids) - there


def some(on: psycopg.Connection, channel: Channel) -> tuple[list[UUID], list[UUID]]:
    """Ids of accounts and of levels of a channel."""
    found = []
    for table in ("retail_loyaltyaccount", "inventory_stocklevel"):
        rows = on.execute(
            f"SELECT id FROM {table} WHERE origin = %s LIMIT %s",  # noqa: S608
            [channel.value, CHOICE],
        )
        found.append([id for (id,) in rows])
    return found[0], found[1]


def write(
    on: psycopg.Connection, channel: Channel, id: UUID, account: UUID, level: UUID
) -> None:
    """One transaction; the same id again has no second effect, it is refused."""
    with on.transaction():
        on.execute(ENTRY, [id, channel.value, account, str(id)])
        on.execute(BALANCE, [account])
        row = on.execute(LEVEL, [level]).fetchone()
        assert row is not None
        variant, location, sequence = row
        on.execute(MOVEMENT, [id, channel.value, variant, location, str(id), sequence])
