"""The databases that tests get: their role, the wall between aliases, commits undone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connections, transaction
from django.db.utils import ProgrammingError
from django.test.testcases import DatabaseOperationForbidden

from tests import servers


def one(alias: str, query: str) -> object:
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    assert row is not None
    return row[0]


@pytest.mark.django_db(databases=["default", "webshop", "pos", "shared"])
def test_each_alias_has_a_database_of_its_own_as_the_app_role() -> None:
    named = {str(one(alias, "select current_database()")) for alias in connections}
    assert len(named) == 4
    assert {one(alias, "select current_user") for alias in connections} == {
        "retail_app"
    }


@pytest.mark.django_db(databases=["webshop"])
def test_an_alias_that_was_not_named_is_refused() -> None:
    with pytest.raises(DatabaseOperationForbidden):
        one("pos", "select 1")


@pytest.mark.django_db(databases=["webshop"])
def test_the_app_role_owns_nothing() -> None:
    with pytest.raises(ProgrammingError, match="must be owner"):
        one("webshop", "alter table inventory_product add column x int")


@pytest.mark.django_db(databases=["webshop"], transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_for_the_next(time: str) -> None:
    assert one("webshop", "select count(*) from django_migrations where app = 'x'") == 0
    with transaction.atomic(using="webshop"), connections["webshop"].cursor() as cursor:
        cursor.execute(
            "insert into django_migrations (app, name, applied) values ('x', 'x', now())"
        )
    assert one("webshop", "select count(*) from django_migrations where app = 'x'") == 1


def test_a_taken_port_is_told_in_one_line(tmp_path: object) -> None:
    taken = servers.admin_url().rsplit(":", 1)[1].split("/")[0]
    told = subprocess.run(
        [sys.executable, "-m", "retail.running"],
        cwd=servers.PROJECT,
        env={"PATH": "/usr/bin:/bin", "RETAIL_VAR": str(tmp_path), "PORT": taken},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.returncode == 1
    assert f"Port {taken} is taken" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert told.stdout == ""
