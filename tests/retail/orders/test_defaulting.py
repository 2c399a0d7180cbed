"""Who does not choose in time is chosen for, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from retail.fulfilment.models import Fulfilment
from retail.notices.models import Notice
from retail.orders.choosing import NotAChoice, choose
from retail.orders.defaulting import choose_due
from retail.orders.tasks import choose_for_customers
from tests.builders import carry, money_of
from tests.levels import SIDES
from tests.retail.orders.house import House, everything
from tests.retail.orders.test_choosing import bought, promise, refused, short

pytestmark = pytest.mark.django_db(databases=SIDES)

LATER = timedelta(days=5)


def test_the_deadline_is_a_day_of_opening(both_levels: House) -> None:
    asked = refused(bought(both_levels, (0, 1)))
    assert asked.choose_by is not None
    assert timedelta(hours=1) < asked.choose_by - timezone.now() < LATER


def test_before_the_deadline_nothing_is_chosen(both_levels: House) -> None:
    asked = refused(bought(both_levels, (0, 1)))
    before = everything()
    assert choose_due(asked.choose_by - timedelta(seconds=1)) == []
    assert everything() == before


def test_short_it_goes_on_without(both_levels: House) -> None:
    order = bought(both_levels, (0, 2), (1, 1))
    asked = short(order, {1: 1})
    assert choose_due(timezone.now() + LATER) == [asked.id]
    carry()

    asked.refresh_from_db()
    assert (asked.status, asked.choose_by) == ("picking", None)
    assert [line.dropped for line in order.lines.order_by("position")] == [1, 0]
    notice = Notice.objects.get(kind="choice_made_for_you")
    assert notice.data == {"choice": "drop"}


def test_all_of_it_short_it_is_given_up(both_levels: House) -> None:
    order = bought(both_levels, (0, 2))
    short(order, {1: 2})
    choose_due(timezone.now() + LATER)
    carry()

    order.refresh_from_db()
    assert (order.status, money_of(order)) == ("cancelled", 0)


def test_refused_it_is_given_up(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    refused(order)
    choose_due(timezone.now() + LATER)

    order.refresh_from_db()
    assert (order.status, money_of(order)) == ("cancelled", 0)
    assert Notice.objects.get(kind="choice_made_for_you").data == {"choice": "cancel"}


def test_again_it_chooses_nothing(both_levels: House) -> None:
    order = bought(both_levels, (0, 2), (1, 1))
    short(order, {1: 1})
    choose_due(timezone.now() + LATER)
    before = everything()
    assert choose_due(timezone.now() + LATER) == []
    assert everything() == before


def test_the_customers_own_choice_comes_first(both_levels: House) -> None:
    order = bought(both_levels, (0, 2), (1, 1))
    asked = short(order, {1: 1})
    choose(order, asked, "cancel")
    assert choose_due(timezone.now() + LATER) == []
    carry()

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert not Notice.objects.filter(kind="choice_made_for_you").exists()


def test_who_comes_after_the_default_is_told_so(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    asked = refused(order)
    choose_due(timezone.now() + LATER)
    with pytest.raises(NotAChoice):
        choose(order, asked, "cancel")


def test_the_sweep_finds_it(both_levels: House) -> None:
    asked = refused(bought(both_levels, (0, 1)))
    Fulfilment.objects.filter(id=asked.id).update(choose_by=timezone.now())
    assert choose_for_customers() == 1
    assert promise(asked.order).status == "cancelled"
