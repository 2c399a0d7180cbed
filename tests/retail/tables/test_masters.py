"""Head office's rows are equal on every side, whatever happens to the messages."""

from __future__ import annotations

from uuid import UUID

import pytest

from inventory.models import Department, Location, Product
from retail.catalogue import masters
from retail.channels import Channel, atomic, head_office_atomic, shared, use_channel
from retail.messages.handlers import deliver
from retail.messages.models import OutboxMessage
from retail.messages.relay import relay_once
from retail.staff.edits import By, Edit, Way
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)
SARAH = By("Sarah", Way.TABLES)
WORDS = {"name_fr": "Miels", "name_en": "Honeys", "icon": "jar", "position": 9}
HOME, COPY = Channel.WEBSHOP, Channel.POS


def changed(product: UUID, **values: object) -> None:
    with head_office_atomic(), use_channel(HOME), atomic():
        masters.change(Product, product, values, by=SARAH)


def a_product(name: str) -> UUID:
    with head_office_atomic(), use_channel(HOME), atomic():
        shelf = masters.add(Department, {"code": "honeys", **WORDS}, by=SARAH)
        values = {"name": name, "brand": "", "department": shelf}
        return masters.add(Product, values, by=SARAH).pk


def known(channel: Channel, product: UUID) -> tuple[str, str]:
    with use_channel(channel):
        found = Product.objects.get(id=product)
        return found.name, found.sort_name


def test_a_change_is_carried_noted_and_comes_late_without_harm(
    both_levels: House,
) -> None:
    product = a_product("Thé")
    while relay_once(HOME):
        pass
    before = known(COPY, product)
    changed(product, name="Thé Vert")
    changed(product, name="Thé Noir")
    changed(product, name="Thé Noir")  # says nothing new
    new = ("Thé Noir", known(HOME, product)[1])
    assert known(HOME, product)[1].startswith("the noir")
    told = list(OutboxMessage.objects.filter(version__gt=1).order_by("version"))
    if shared():
        assert told == []
    else:
        assert known(COPY, product) == before
        first, second = told
        assert deliver(second) == 1
        deliver(first)  # older: it changes nothing
        while relay_once(HOME):
            pass
    assert known(COPY, product) == new
    made, *edits = Edit.objects.filter(row_id=product).order_by("at")
    assert (made.act, made.before, made.after["name"]) == ("made", {}, "Thé")
    assert [(each.before, each.after) for each in edits] == [
        ({"name": before[0]}, {"name": "Thé Vert"}),
        ({"name": "Thé Vert"}, {"name": "Thé Noir"}),
    ]
    assert {(each.by, each.side) for each in edits} == {("Sarah", "head_office")}


def test_what_is_new_waits_for_what_it_points_at(apart: House) -> None:
    with head_office_atomic(), use_channel(HOME), atomic():
        shelf = masters.add(Department, {"code": "honeys", **WORDS}, by=SARAH)
        honey = {"name": "Miel", "brand": "", "department": shelf}
        product = masters.add(Product, honey, by=SARAH)
    of_shelf, of_product = OutboxMessage.objects.order_by("made_at")
    with pytest.raises(masters.TooEarly):
        deliver(of_product)
    deliver(of_shelf)
    deliver(of_product)
    assert known(COPY, product.pk)[0] == "Miel"
    with use_channel(COPY):
        assert Department.objects.get(code="honeys").id == shelf.pk


def test_the_copy_is_not_written(apart: House) -> None:
    with use_channel(COPY), atomic(), pytest.raises(masters.NotAtHome):
        masters.change(Location, Location.objects.all()[0].pk, {"city": "X"}, by=SARAH)
    assert not Edit.objects.exists()
