"""The page of roles says what is enforced, of everything that staff can open."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from retail.office.roles import ACTS, roles_of_routes
from retail.staff.models import Role
from tests.levels import SIDES, apart
from tests.retail.orders.house import House
from tests.signing_in import a_head, sign_in

__all__ = ["apart"]


def test_every_route_of_the_staff_has_its_words_once() -> None:
    told = Counter(name for _title, acts in ACTS for act in acts for name in act.routes)
    assert told == Counter(roles_of_routes().keys() - {"office_side"})


def test_an_act_says_one_thing_of_all_its_routes() -> None:
    known = roles_of_routes()
    for _title, acts in ACTS:
        for act in acts:
            assert len({known[name] for name in act.routes}) == 1, act.words


@pytest.mark.django_db(databases=SIDES)
def test_the_page_answers_as_the_house_does(apart: House) -> None:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, "office", a_head())
    groups = dict(client.get("/office/roles/").context["groups"])
    cells = {
        str(words): dict(zip(Role, found, strict=True))
        for acts in groups.values()
        for words, found in acts
    }
    turns = cells["Turn the dial"]
    assert [role for role, may in turns.items() if may] == [Role.HEAD_OFFICE]
    assert cells["Stores and hours"][Role.MANAGER] == "does"
    assert cells["Products"][Role.MANAGER] == cells["Products"][Role.CASHIER] == ""
    assert cells["Orders"][Role.HEAD_OFFICE] == "sees"
