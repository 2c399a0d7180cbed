"""Clients that know nothing of a switch: another program that writes to a database by
its name, and a worker that is stopped in the middle of its work.

    python -m tests.journeys.strangers CARD REDEMPTION REDEMPTION
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from inventory.ids import new_id
from tests import servers
from tests.journeys.traffic import Dial
from tests.living import House

CLOSED = "RT001"
READ, REPEATABLE, SERIALIZABLE = "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"
EVERY = {False: 0.05, True: 0.002}  # seconds between two writes, by: is it closed?


@dataclass
class Stranger:
    """Another program, as the application's role, that writes to one named database,
    at every isolation level in turn. `wrote` and `refused` are (id, when) by the
    monotonic clock."""

    alias: str
    origin: str
    wrote: list[tuple[str, float]] = field(default_factory=list)
    refused: list[tuple[str, float]] = field(default_factory=list)

    def write(self, house: House, dial: Dial, stop: threading.Event) -> None:
        levels = itertools.cycle([READ, REPEATABLE, SERIALIZABLE])
        with psycopg.connect(
            servers.url(house.prefix + self.alias),
            autocommit=True,
            options="-c role=retail_app",
        ) as connection:
            while not stop.wait(EVERY[dial.moving]):
                id = str(new_id())
                try:
                    connection.execute(f"BEGIN ISOLATION LEVEL {next(levels)}")
                    connection.execute(
                        """
                        INSERT INTO retail_basket
                          (id, origin, session, begun_at, coupons)
                        VALUES (%s, %s, '', now(), '[]')
                        """,
                        [id, self.origin],
                    )
                    connection.execute("COMMIT")
                except psycopg.DatabaseError as error:
                    if error.sqlstate != CLOSED:
                        raise
                    connection.execute("ROLLBACK")
                    self.refused.append((id, time.monotonic()))
                else:
                    self.wrote.append((id, time.monotonic()))


@contextmanager
def writing(
    house: House, dial: Dial, *places: tuple[str, str]
) -> Iterator[list[Stranger]]:
    """One stranger for each (database, owner of its rows)."""
    strangers = [Stranger(alias, origin) for alias, origin in places]
    stop = threading.Event()
    with ThreadPoolExecutor(len(strangers)) as threads:
        busy = [threads.submit(each.write, house, dial, stop) for each in strangers]
        try:
            yield strangers
        finally:
            stop.set()
    for each in busy:
        each.result()


@dataclass
class Worker:
    """A worker in a process of its own, which stops itself once it has read."""

    process: subprocess.Popen[str]

    def ended(self) -> list[list[str]]:
        """Goes on, to its end: [redemption, database, "done" or SQLSTATE] of each
        try."""
        os.kill(self.process.pid, signal.SIGCONT)
        said, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        told: list[list[str]] = json.loads(said)
        return told


@contextmanager
def stopped_worker(house: House, card: str) -> Iterator[Worker]:
    ids = str(new_id()), str(new_id())
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.strangers", card, *ids],
        cwd=servers.PROJECT,
        env=house.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        yield Worker(process)
    finally:
        process.kill()
        process.communicate()


def work(card: str, inside: str, between: str) -> list[list[str]]:
    """Two redemptions by verbs that are retried. Stopped within the first one's
    transaction, when it has read and not yet written; the second begins its own
    transaction afterwards, with what was pinned before."""
    from uuid import UUID

    from django.db import DatabaseError, connections

    from retail import channels
    from retail.channels import Channel
    from retail.customers.models import Customer
    from retail.loyalty import points

    tries: list[list[str]] = []

    def redeem(id: str) -> None:
        said = [id, channels.current().database]
        try:
            with channels.atomic():
                customer = Customer.objects.get(card=card)
                if not tries:
                    with connections[said[1]].cursor() as cursor:
                        # or the server ends it before the fence can refuse it
                        cursor.execute(
                            "SET LOCAL idle_in_transaction_session_timeout=0"
                        )
                    os.kill(os.getpid(), signal.SIGSTOP)
                points.redeem(customer, points=1, redemption_id=UUID(id), reference=id)
        except DatabaseError as error:
            state: Any = error.__cause__
            tries.append([*said, state.sqlstate])
            raise
        tries.append([*said, "done"])

    with channels.use_channel(Channel.WEBSHOP):
        for id in (inside, between):
            channels.retrying(redeem)(id)
    return tries


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(work(*sys.argv[1:])))
