"""The fence on a real server: refused for every client and statement, nothing that was
acknowledged before is lost, nothing is let in after."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from psycopg import IsolationLevel

from inventory.ids import new_id
from retail.channels.roles import APP, COPIER, OWNER, connection_as
from retail.channels.switching import fence
from tests import servers

pytestmark = pytest.mark.django_db(databases=["default", "webshop"], transaction=True)

INSERT = (
    "INSERT INTO retail_person (id, origin, made_at) VALUES (%s, 'head_office', now())"
)
BESIDE = (
    "INSERT INTO retail_notsame (id, origin, one_id, other_id, decided_at, by)"
    " VALUES (%s, 'head_office', %s, %s, now(), 'test')"
)


@contextmanager
def client(role: str = APP) -> Iterator[psycopg.Connection[Any]]:
    with connection_as(role, "webshop") as connection:
        connection.autocommit = True
        yield connection


def write(connection: psycopg.Connection[Any]) -> UUID:
    id = new_id()
    connection.execute(INSERT, [id])
    return id


@pytest.fixture
def closed() -> Iterator[None]:
    connections["webshop"].close()
    with client() as app:
        write(app)
    fence.close("webshop")
    yield
    fence.open_("webshop")


STATEMENTS = (
    (
        "INSERT INTO retail_person (id, origin, made_at)"
        " VALUES (gen_random_uuid(), 'head_office', now())"
    ),
    "INSERT INTO retail_person SELECT * FROM retail_person ON CONFLICT DO NOTHING",
    "UPDATE retail_person SET made_at = now()",
    "DELETE FROM retail_person",
    (
        "MERGE INTO retail_person p USING retail_person q ON p.id = q.id"
        " WHEN MATCHED THEN DELETE"
    ),
    "WITH gone AS (DELETE FROM retail_person RETURNING id) SELECT * FROM gone",
)
FOR_OWNERS = (
    "TRUNCATE retail_person CASCADE",
    "SET session_replication_role = replica; DELETE FROM retail_person",
)


def test_no_client_and_no_statement_gets_in(closed: None) -> None:
    for role, statements in (
        (APP, STATEMENTS),
        (OWNER, (*STATEMENTS, FOR_OWNERS[0])),
        ("superuser", (*STATEMENTS, *FOR_OWNERS)),
    ):
        for statement in statements:
            with somebody(role) as connection, pytest.raises(psycopg.Error) as refusal:
                connection.execute(statement.encode())
            assert refusal.value.sqlstate == "RT001", (role, statement)


@contextmanager
def somebody(role: str) -> Iterator[psycopg.Connection[Any]]:
    if role != "superuser":
        with client(role) as connection:
            yield connection
        return
    name = connections["webshop"].settings_dict["NAME"]
    with psycopg.connect(servers.url(name), autocommit=True) as connection:
        yield connection


def test_the_application_cannot_lift_it(closed: None) -> None:
    if not connections["webshop"].settings_dict["USER"].startswith("retail_"):
        pytest.skip("the login of TEST_DATABASE_URL may become every role")
    for attempt in (
        "ALTER TABLE retail_person DISABLE TRIGGER aa_fence",
        "SET ROLE retail_copier",
        "SET ROLE retail_owner",
        "SET session_replication_role = replica",
        "DELETE FROM switching.changed_row",
    ):
        with (
            client() as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute(attempt.encode())


def test_the_copier_passes_and_reading_goes_on(closed: None) -> None:
    with client(COPIER) as copier:
        id = write(copier)
    with client() as app:
        row = app.execute("SELECT 1 FROM retail_person WHERE id = %s", [id]).fetchone()
    assert row


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_a_transaction_from_before_the_close_is_refused_too(
    level: IsolationLevel,
) -> None:
    """Also one whose snapshot is older than the fence."""
    connections["webshop"].close()
    with connection_as(APP, "webshop") as app:
        app.isolation_level = level
        app.execute("SELECT count(*) FROM retail_person").fetchone()
        fence.close("webshop")
        with pytest.raises(psycopg.Error) as refusal:
            app.execute(INSERT, [new_id()])
        assert refusal.value.sqlstate == "RT001"
        app.rollback()
    fence.open_("webshop")
    with client() as app:
        write(app)


def test_closing_under_writers_loses_nothing_and_lets_nothing_in() -> None:
    """Eight writers over two tables in any order: every acknowledged row is there, every
    refused one is not, and after the close nothing comes."""
    connections["webshop"].close()
    kept: list[UUID] = []
    refused: list[UUID] = []
    said: set[str] = set()
    stop = threading.Event()

    def work(turned: bool) -> None:
        with connection_as(APP, "webshop") as app:
            while not stop.is_set():
                id, other = new_id(), new_id()
                acts = [(INSERT, [id]), (BESIDE, [id, *sorted([id, other])])]
                try:
                    for query, values in reversed(acts) if turned else acts:
                        app.execute(query.encode(), values)
                    app.commit()
                    kept.append(id)
                except psycopg.Error as error:
                    app.rollback()
                    refused.append(id)
                    said.add(str(error.sqlstate))
                    time.sleep(0.002)

    threads = [threading.Thread(target=work, args=[n % 2 == 0]) for n in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        time.sleep(0.15)
        fence.close("webshop")
        first = counted()
        time.sleep(0.1)
        assert counted() == first
        fence.open_("webshop")
    time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    with client() as app:
        for table in ("retail_person", "retail_notsame"):
            there = {id for (id,) in app.execute(f"SELECT id FROM {table}")}  # noqa: S608 - one of two
            assert there == set(kept)
    assert said == {"RT001"}
    assert len(kept) > 50
    assert len(refused) > 8


def counted() -> tuple[int, ...]:
    with client() as app:
        return tuple(
            (app.execute(query).fetchone() or (0,))[0]
            for query in (
                "SELECT count(*) FROM retail_person",
                "SELECT count(*) FROM retail_notsame",
            )
        )


def test_a_vacuum_in_the_way_is_cancelled_or_gives_way() -> None:
    """A lock as strong as VACUUM's is waited for; when it ends the close goes on."""
    connections["webshop"].close()
    with connection_as(OWNER, "webshop") as owner:
        owner.execute("LOCK TABLE retail_person IN SHARE UPDATE EXCLUSIVE MODE")
        closing = threading.Thread(target=fence.close, args=["webshop"])
        closing.start()
        time.sleep(0.5)
        assert closing.is_alive()
        assert "retail_person" in fence.open_tables("webshop")
    closing.join(timeout=10)
    assert fence.open_tables("webshop") == []
    fence.open_("webshop")
