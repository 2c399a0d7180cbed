"""An autovacuum that runs on a big table for as long as is wanted, at a crawl."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from psycopg import sql

LOOKS = 0.05  # seconds between two looks
NEAR = 1.0  # seconds before a moment that count for it

# Begins at the first new row, and then reads a page at a time with pauses between.
CRAWL = """
ALTER TABLE {} SET (autovacuum_vacuum_insert_threshold = 1,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_threshold = 1,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100,
    autovacuum_vacuum_cost_limit = 1)
"""
USUAL = """
ALTER TABLE {} RESET (autovacuum_vacuum_insert_threshold,
    autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_threshold,
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay,
    autovacuum_vacuum_cost_limit)
"""
RUNNING = """
SELECT EXISTS (
  SELECT FROM pg_stat_progress_vacuum p JOIN pg_stat_activity a USING (pid)
  WHERE p.relid = %s::regclass AND a.backend_type = 'autovacuum worker')
"""


class Vacuum:
    """`superuser` is a URL that ends where a database's name goes; without it nothing
    is forced, and nothing is known."""

    def __init__(self, superuser: str | None, table: str) -> None:
        self.superuser = superuser
        self.table = table
        self.seen: list[float] = []

    @contextmanager
    def on(self, aliases: list[str]) -> Iterator[None]:
        """While this lasts, the table is vacuumed on these sides again and again."""
        if self.superuser is None:
            yield
            return
        ended = threading.Event()
        sides = [
            psycopg.connect(f"{self.superuser}retail_{alias}", autocommit=True)
            for alias in aliases
        ]
        sides[0].execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        sides[0].execute("SELECT pg_reload_conf()")
        for side in sides:
            side.execute(sql.SQL(CRAWL).format(sql.Identifier(self.table)))
        watch = threading.Thread(target=self._watch, args=(sides[0], ended))
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()
            sides[0].execute("ALTER SYSTEM RESET autovacuum_naptime")
            sides[0].execute("SELECT pg_reload_conf()")
            for side in sides:
                side.execute(sql.SQL(USUAL).format(sql.Identifier(self.table)))
                side.close()

    def _watch(self, side: psycopg.Connection, ended: threading.Event) -> None:
        while not ended.wait(LOOKS):
            row = side.execute(RUNNING, [self.table]).fetchone()
            if row and row[0]:
                self.seen.append(time.time())

    def ran_at(self, moment: datetime) -> bool | None:
        """Whether one was running in the second before, on the first of the sides."""
        if self.superuser is None:
            return None
        then = moment.timestamp()
        return any(then - NEAR < each <= then for each in self.seen)
