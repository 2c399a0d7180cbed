"""Dear goods: a name on an identity card is seen, with the code too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from inventory.ids import new_id
from retail.fulfilment import feed, pickup, setting
from retail.fulfilment.identity import card_wanted
from retail.fulfilment.models import Fulfilment
from retail.notices import links
from retail.notices.facts import facts_of
from retail.notices.models import Notice
from retail.notices.words import words_of
from retail.staff.models import Role
from tests.builders import (
    BOB,
    a_location,
    a_ready_pickup,
    bob,
    code_of,
    in_store,
    job_of,
    paid_at_counter,
    stock_of,
)
from tests.calling import a_store, refused
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.retail.fulfilment.test_name_checks import kept
from tests.retail.fulfilment.test_setting import AS_IT_IS, SETTINGS
from tests.retail.fulfilment.working import at, do, job_url, manager, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def dear(house: House, least: str = "24.00") -> Any:
    """Two jars, €24.00, for which Charlie comes."""
    with in_store():
        setting.change(a_location(), by=BOB, identity_from=Decimal(least))
    order = a_ready_pickup(house, (1, 2), collector="Charlie Petit")
    paid_at_counter(order)
    return order


def test_from_that_amount_on_nothing_leaves_unseen(both_levels: House) -> None:
    order = dear(both_levels)
    assert job_of(order).worth == Decimal("24.00")
    given = {"event_id": new_id(), "code": code_of(order)}
    for wrong in (given, {**given, "lines": {1: 1}}, {"name_checked": True}):
        with pytest.raises(pickup.IdentityNeeded) as refusal:
            bob(pickup.hand_over, order, **wrong)
        assert refusal.value.names == ["Alice M", "Charlie Petit"]
    with pytest.raises(pickup.WrongCode):
        bob(pickup.hand_over, order, code="22222222", identity_checked=True)
    assert stock_of(both_levels, "M01", 1) == (3, 2)
    for _try in range(2):
        bob(pickup.hand_over, order, **given, identity_checked=True)
    assert kept().data["identity_checked"] is True
    assert stock_of(both_levels, "M01", 1) == (1, 0)


def test_below_it_the_code_is_enough(apart: House) -> None:
    order = dear(apart, "24.01")
    bob(pickup.hand_over, order, code=code_of(order))
    assert kept().data["identity_checked"] is False


def test_pages_till_and_programs_are_told(apart: House) -> None:
    order = dear(apart)
    id, code = job_of(order).id, code_of(order)
    client = at("M01", name="Samir", role=Role.CASHIER)
    shown = page(client.get(job_url(id)))
    assert "I saw an identity card that says Alice M or Charlie Petit." in shown
    unseen = do(client, id, "hand-over", code=code)
    assert unseen.status_code == 409
    assert "It must say: Alice M, Charlie Petit." in page(unseen)

    key = a_store()
    told = refused(key.move(id, "hand-over", {"code": code}), 409, "identity-needed")
    assert told["names"] == ["Alice M", "Charlie Petit"]

    counter = at_till(apart)
    found = counter.send("POST", "pickups", {"code": code}).json()
    assert (found["identity"], found["collector"]) == (True, "Charlie Petit")
    body = {"event": str(new_id()), "code": code}
    path = f"pickups/{id}/hand-over"
    assert (
        counter.send("POST", path, body).json()["type"] == "/problems/identity-needed"
    )

    done = do(client, id, "hand-over", code=code, identity_checked="1")
    assert done.status_code == 302
    assert "identity card seen" in page(client.get(job_url(id)))


def test_who_collects_hears_of_it_before_they_come(both_levels: House) -> None:
    asked = "Apportez une carte d’identité"
    order = dear(both_levels)
    feed.refresh()
    promise = Fulfilment.objects.get(order=order)
    notice = Notice.objects.get(kind="pickup_ready", way="email")
    with translation.override("fr"):
        assert asked in " ".join(words_of(notice.kind, facts_of(notice)).lines)
    for url in (
        links.url(links.ORDER, order.id),
        links.url(links.COLLECT, promise.id, promise.collector_version),
    ):
        assert asked in page(Client().get(url, follow=True))
    with in_store():
        setting.change(a_location(), by=BOB, identity_from=Decimal("24.01"))
    feed.refresh()
    assert not card_wanted(promise)


def test_the_manager_sets_from_when_on(apart: House) -> None:
    ada = manager()
    for typed in ("0.5", "-1", "NaN", "100000"):
        answer = ada.post(SETTINGS, {**AS_IT_IS, "identity_from": typed})
        assert answer.status_code == 422, typed
    ada.post(SETTINGS, {**AS_IT_IS, "identity_from": "150.50"})
    assert 'value="150.50"' in page(ada.get(SETTINGS))
    ada.post(SETTINGS, {**AS_IT_IS, "identity_from": ""})
    with in_store():
        assert setting.setting_of(a_location()).identity_from is None
        for wrong in (True, 200, Decimal("0.5")):
            with pytest.raises(setting.BadSetting):
                setting.change(a_location(), by=BOB, identity_from=wrong)
