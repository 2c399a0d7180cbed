"""Questions side by side: each has its own rows, types, order and parameters."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from inventory.models import Location, StockLevel
from inventory.questions import Question, answers, columns_of, known, row_of
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"])

NUMBERS = "SELECT n FROM generate_series(1, %(to)s) AS n ORDER BY n DESC"


def numbers(to: int) -> Question[list[int]]:
    return Question(NUMBERS, {"to": to}, lambda rows: [n for (n,) in rows])


def test_each_has_its_own_rows_in_its_own_order(pos: None) -> None:
    assert answers(numbers(3), numbers(0), numbers(2)) == ([3, 2, 1], [], [2, 1])


def test_one_alone_is_asked_as_it_stands(pos: None) -> None:
    with CaptureQueriesContext(connections["pos"]) as captured:
        assert answers(numbers(2)) == ([2, 1],)
    assert "FULL JOIN" not in captured[0]["sql"]


def test_all_of_them_are_one_statement(pos: None) -> None:
    with CaptureQueriesContext(connections["pos"]) as captured:
        answers(numbers(1), numbers(2), numbers(3), numbers(4))
    assert len(captured) == 1


def test_what_is_known_is_not_asked(pos: None) -> None:
    doubled = numbers(2).then(lambda found: [2 * n for n in found])
    with CaptureQueriesContext(connections["pos"]) as captured:
        assert answers(known("a"), doubled, known(1).then(str)) == ("a", [4, 2], "1")
        assert answers(known(1), known(2)) == (1, 2)
    assert len(captured) == 1
    assert "FULL JOIN" not in captured[0]["sql"]


def test_nothing_is_lost_of_types(pos: None) -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
    asked = Question(
        "SELECT %(at)s::timestamptz, 1.50::numeric, NULL::uuid, ARRAY['a', 'b']",
        {"at": moment},
        lambda rows: rows,
    )
    assert answers(numbers(1), asked)[1] == [
        (moment, Decimal("1.50"), None, ["a", "b"])
    ]


def test_a_row_of_nothing_is_a_row(pos: None) -> None:
    nothing = Question("SELECT NULL::int, NULL::text", {}, lambda rows: rows)
    assert answers(numbers(1), nothing)[1] == [(None, None)]


def test_columns_of_one_name_stay_apart(pos: None) -> None:
    twice = Question("SELECT 1 AS id, 2 AS id", {}, lambda rows: rows)
    assert answers(twice, twice) == ([(1, 2)], [(1, 2)])


def test_what_a_question_changes_it_reads(
    place: Location, articles: list[UUID]
) -> None:
    """Alone, and beside one that sees what was there before."""
    goods.stocked(place, dict.fromkeys(articles, 5))
    safer = Question(
        "SELECT safety FROM safer",
        {"more": 2},
        lambda rows: [units for (units,) in rows],
        change="safer AS (UPDATE inventory_stocklevel SET safety = safety + %(more)s"
        " RETURNING safety)",
    )
    before = Question(
        "SELECT DISTINCT safety + %(more)s FROM inventory_stocklevel",
        {"more": 100},
        lambda rows: [units for (units,) in rows],
    )
    assert answers(safer) == ([2, 2, 2],)
    assert answers(before, safer) == ([102], [4, 4, 4])


def test_rows_are_read_as_django_reads_them(
    place: Location, articles: list[UUID]
) -> None:
    goods.stocked(place, dict.fromkeys(articles, 5))
    for model in (Location, StockLevel):
        table = model._meta.db_table
        asked = Question(
            f"SELECT {columns_of(model, 't')}, 7 FROM {table} t",  # noqa: S608
            {},
            lambda rows, model=model: [row_of(model, row) for row in rows],
        )
        found = answers(asked, numbers(1))[0]
        assert {tuple(rest) for _, rest in found} == {(7,)}
        read = {each.pk: _plain(each) for each, _ in found}
        assert read == {each.pk: _plain(each) for each in model.objects.all()}


def _plain(row: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}
