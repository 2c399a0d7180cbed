"""The tables' owner at a test's database: who can do what the application cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

from retail.embedded.databases import OWNER


@contextmanager
def as_owner(alias: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A transaction of the owner's on this alias's database, rolled back at the end."""
    given = connections[alias].get_connection_params()
    with psycopg.connect(
        host=given["host"],
        port=given["port"],
        dbname=given["dbname"],
        user=OWNER,
        password=given.get("password"),
    ) as connection:
        yield connection
        connection.rollback()
