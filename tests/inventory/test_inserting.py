"""`insert` writes what `bulk_create` would."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from inventory import availability, reserving
from inventory.ids import master_id
from inventory.inserting import TwoDatabases, insert, together, unwritten
from inventory.models import Department, Location, Product
from inventory.places import Channel
from retail import channels
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", "pos"])


def a_department(code: str) -> Department:
    return Department(
        id=master_id("department", code),
        origin=goods.HEAD,
        code=code,
        name_fr="Épicerie « fine »",
        name_en="",
        position=7,
    )


def test_rows_are_there_as_they_were_given(
    pos: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    new = [a_department("a"), a_department("b")]
    with django_assert_num_queries(1, using="pos"):
        insert(new)
    for row in new:
        assert (row._state.adding, row._state.db) == (False, "pos")
        found = Department.objects.get(id=row.id)
        fields = [field.attname for field in Department._meta.concrete_fields]
        assert [getattr(found, each) for each in fields] == [
            getattr(row, each) for each in fields
        ]
    with django_assert_num_queries(0, using="pos"):
        insert([])


def test_what_is_there_stays(pos: None) -> None:
    insert([a_department("a")])
    changed = a_department("a")
    changed.position = 9
    insert([changed, a_department("b")], unless_there=True)
    assert dict(Department.objects.values_list("code", "position")) == {"a": 7, "b": 7}
    with pytest.raises(IntegrityError), channels.atomic():
        insert([a_department("a")])


def test_tables_are_written_together(
    pos: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Also one that names a row of another, and what was there before."""
    insert([a_department("a")])
    new = a_department("b")
    product = Product(origin=goods.HEAD, name="x", sort_name="x", department=new)
    with django_assert_num_queries(1, using="pos"), together():
        insert([product])
        with together():
            insert([new])
            insert([a_department("a")], unless_there=True)
        insert([a_department("c")])
        assert product._state.adding
    assert (product._state.adding, product._state.db) == (False, "pos")
    assert set(Department.objects.values_list("code", flat=True)) == {"a", "b", "c"}


def test_of_a_block_that_raised_nothing_is_written(pos: None) -> None:
    def fails() -> None:
        with together():
            insert([a_department("a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    insert([a_department("b")])
    assert list(Department.objects.values_list("code", flat=True)) == ["b"]


def test_the_statement_that_takes_the_goods_writes_it_all(
    place: Location,
    articles: list[UUID],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    goods.stocked(place, {articles[0]: 2})
    with django_assert_num_queries(2, using="pos"), together():
        insert([a_department("a"), a_department("b")])
        assert [each.code for each in unwritten(Department)] == ["a", "b"]
        next(unwritten(Department)).name_fr = "Frais"
        reserving.reserve(place, {articles[0]: 2}, kind="fulfilment", reference="F1")
        assert not [*unwritten(Department)]
        insert([a_department("c")])
    names = dict(Department.objects.values_list("code", "name_fr"))
    assert names["a"] == "Frais"
    assert names.keys() >= {"a", "b", "c"}
    assert availability.free_at(place, articles)[articles[0]].reserved == 2


def test_a_savepoint_takes_back_its_own_rows_and_no_others(
    place: Location, articles: list[UUID]
) -> None:
    def fails() -> None:
        with channels.atomic():
            insert([a_department("b")])
            reserving.reserve(place, {articles[0]: 9}, kind="sale", reference="S1")

    with together():
        insert([a_department("a")])
        with pytest.raises(reserving.OutOfStock):
            fails()
        insert([a_department("c")])
    codes = Department.objects.filter(code__in=["a", "b", "c"])
    assert set(codes.values_list("code", flat=True)) == {"a", "c"}


@pytest.mark.django_db(databases=["default", "pos", "webshop"])
def test_two_databases_are_not_written_together(pos: None) -> None:
    def both() -> None:
        with together():
            insert([a_department("a")])
            with channels.use_channel(Channel.WEBSHOP):
                insert([a_department("a")])

    with pytest.raises(TwoDatabases):
        both()


def test_numbers_and_what_is_left_empty_come_back(place: Location) -> None:
    twin = goods._place("M09", 3)
    insert([twin])
    found = Location.objects.get(code="M09")
    assert (found.lat, found.safety, found.channel) == (twin.lat, 3, place.channel)
