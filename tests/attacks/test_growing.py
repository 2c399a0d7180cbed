"""No page asks more because there is more to show: each address of `routes.csv` that
answers somebody, asked with a house as it is and with more of everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connections

from pos.models import Till
from retail.customers.models import Customer
from tests.attacks.crowd import Crowd, gather
from tests.attacks.growth import MORE, grow
from tests.attacks.test_routes import Line, lines
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)
# the tables' lists are asked by tests/retail/tables; the rest asks for no rows
ELSEWHERE = ("/admin/", "/api/v1/schema/", "/api/v1/docs/", "/metrics")
DATABASES = ("default", "shared")
# fewer than there are more rows: a list that was empty asks what its rows need, once
SPARE = 3
assert SPARE < MORE


def test_no_page_asks_more_for_more_rows(shared_only: House, settings: Any) -> None:
    settings.CHANNELS_SNAPSHOT_SECONDS = 60.0
    crowd = gather(shared_only)
    pages = [(line, role) for line in lines() if (role := reader(line))]
    before = {line.path: asks(crowd, role, line) for line, role in pages}
    alice = Customer.objects.get(card=crowd.things["card"])
    larger = grow(shared_only, alice, Till.objects.get(id=crowd.things["till"]))
    crowd.things.update(larger)
    after = {line.path: asks(crowd, role, line) for line, role in pages}
    more = {
        path: (before[path], asked)
        for path, asked in after.items()
        if asked > before[path] + SPARE
    }
    assert not more


def reader(line: Line) -> str:
    """Somebody who is shown the page; empty where it is not for this test."""
    if line.method != "GET" or line.path.startswith(ELSEWHERE):
        return ""
    roles = (*line.home, "anonymous")
    return next((role for role in roles if line.answers[role] == "200"), "")


def asks(crowd: Crowd, role: str, line: Line) -> int:
    """How many queries, on all databases."""
    caller = crowd.callers[role]
    with counted() as found:
        path = line.path.format(**crowd.things)
        answer = caller.client.get(path, headers=caller.headers())
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code == 200, line.path
    return len(found)


@contextmanager
def counted() -> Iterator[list[str]]:
    found: list[str] = []

    def note(execute: Any, sql: str, *given: Any) -> Any:
        found.append(sql)
        return execute(sql, *given)

    with ExitStack() as stack:
        for alias in DATABASES:
            stack.enter_context(connections[alias].execute_wrapper(note))
        yield found
