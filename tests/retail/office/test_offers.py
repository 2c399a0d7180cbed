"""The office's pages of offers and codes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from inventory.ids import new_id
from inventory.models import Department
from retail import channels
from retail.channels import Channel
from retail.promotions.making import checked_rule
from retail.promotions.models import Coupon, Promotion
from retail.promotions.words import rule_in_words
from retail.staff.models import Account, Edit, Role
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.promotions.offers import a_coupon, an_offer
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in
from tests.webshop.visiting import text_of

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE = "/office/offers/"


@pytest.fixture
def head(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    return client


def filled(step: str = "look", **given: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "name_fr": "Remise",
        "name_en": "Ten off",
        "priority": "100",
        "step": step,
        **given,
    }


@pytest.mark.parametrize(
    ("kind", "typed", "rule"),
    [
        ("percent", {"percent": "12,5"}, {"percent": "12.5"}),
        ("amount", {"amount": "0.50"}, {"amount": "0.50"}),
        ("n_for_m", {"take": "3", "pay": "2"}, {"take": 3, "pay": 2}),
        ("basket", {"from": "40", "percent": "5"}, {"from": "40", "percent": "5"}),
    ],
)
def test_what_is_typed_becomes_the_rule(
    apart: House, head: Client, kind: str, typed: dict[str, str], rule: dict[str, Any]
) -> None:
    where = f"{PAGE}pos/new/{kind}/"
    given = filled(**typed, gtins=apart.gtins[0])
    looked = head.post(where, given)
    assert "Nothing is made yet." in text_of(looked)
    with channels.use_channel(Channel.POS):
        assert not Promotion.objects.exists()
    sent = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text_of(looked))
    )
    for other in ("csrfmiddlewaretoken", "next"):  # of the language's form
        sent.pop(other, None)
    assert sent == {name: value for name, value in given.items() if name != "step"}
    for _again in range(2):
        made = head.post(where, sent | {"step": "make"}, follow=True)
        assert "Ten off" in text_of(made)
    assert Edit.objects.get().act == "made"  # and that was noted once
    with channels.use_channel(Channel.POS):
        offer = Promotion.objects.get()
    goods = {"gtins": [apart.gtins[0]]}
    assert offer.rule == checked_rule({"kind": kind, **rule, "goods": goods})
    assert (offer.origin, offer.needs_code, offer.ends_at) == ("pos", False, None)


def test_a_bundle_names_its_parts(apart: House, head: Client) -> None:
    with channels.use_channel(Channel.WEBSHOP):
        department = str(Department.objects.values_list("id", flat=True)[0])
    typed = {"price": "4", "quantity_1": "1", "departments_1": department}
    where = f"{PAGE}webshop/new/bundle/"
    answer = head.post(where, filled(**typed))
    assert answer.status_code == 422
    assert "Name the goods of at least two parts." in text_of(answer)
    typed |= {"quantity_2": "2", "gtins_2": apart.gtins[1]}
    head.post(where, filled("make", **typed))
    with channels.use_channel(Channel.WEBSHOP):
        assert Promotion.objects.get().rule["parts"] == [
            {"quantity": 1, "goods": {"departments": [department]}},
            {"quantity": 2, "goods": {"gtins": [apart.gtins[1]]}},
        ]


def test_what_is_wrong_is_said_and_nothing_is_made(
    apart: House, head: Client, subtests: Any
) -> None:
    yesterday = f"{timezone.localtime() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    for kind, typed, words in [
        ("percent", {"percent": "120"}, "Type a number from 0.01 to 100."),
        ("amount", {}, "Type an amount in euros"),
        ("n_for_m", {"take": "2", "pay": "2"}, "fewer than are taken"),
        ("basket", {"from": "9"}, "Type an amount in euros"),
        ("percent", {"percent": "5", "gtins": "12"}, "12 is no barcode."),
        ("percent", {"percent": "5", "gtins": "4006381333931"}, "Not sold on this"),
        ("percent", {"percent": "5", "ends_at": yesterday}, "after it has begun"),
        ("percent", {"percent": "5", "name_fr": ""}, "One thing to correct"),
        ("bundle", {"departments_1": "gone", "price": "4"}, "correct"),
    ]:
        with subtests.test(words=words):
            answer = head.post(f"{PAGE}pos/new/{kind}/", filled("make", **typed))
            assert answer.status_code == 422
            assert words in text_of(answer)
    with channels.use_channel(Channel.POS):
        assert not Promotion.objects.exists()
    assert head.get(f"{PAGE}pos/new/gift/").status_code == 404
    assert head.get(f"{PAGE}moon/new/percent/").status_code == 404


def test_it_is_ended_once(both_levels: House, head: Client) -> None:
    offer = an_offer(channel=Channel.POS)
    where = f"{PAGE}pos/{offer.id}/"
    assert "Running" in text_of(head.get(where))
    assert head.get(f"{PAGE}webshop/{offer.id}/").status_code == 404
    ends = []
    for _again in range(2):
        assert "Ended" in text_of(head.post(where + "end/", follow=True))
        with channels.use_channel(Channel.POS):
            ends.append(Promotion.objects.get().ends_at)
    assert ends[0] == ends[1]
    assert "Ended" in text_of(head.get(PAGE + "?channel=pos"))


def test_ended_before_it_began(apart: House, head: Client) -> None:
    offer = an_offer(starts_at=timezone.now() + timedelta(days=2))
    where = f"{PAGE}webshop/{offer.id}/"
    assert "Coming" in text_of(head.get(where))
    head.post(where + "end/")
    assert "Coming" not in text_of(head.get(where))
    assert "Ended" in text_of(head.get(where))


def test_codes(both_levels: House, head: Client) -> None:
    coupon = a_coupon("TAKEN")
    where = f"{PAGE}webshop/{coupon.promotion_id}/"
    one = {"code_id": str(new_id()), "code": "two for one", "most": "5"}
    many = {"batch": str(new_id()), "number": "3"}
    for _again in range(2):
        told = head.post(where + "code/", one, follow=True)
        assert "TWOFORONE can be used." in text_of(told)
        told = head.post(where + "codes/", many, follow=True)
        assert "3 codes were made." in text_of(told)
    for path, wrong, words in [
        ("code/", {"code_id": str(new_id()), "code": "taken"}, "has that code already"),
        ("code/", {"code_id": str(new_id()), "code": "é"}, "letters without accents"),
        ("codes/", {"batch": str(new_id()), "number": "1001"}, "1000"),
    ]:
        refused = head.post(where + path, wrong)
        assert refused.status_code == 422
        assert words in text_of(refused)
        assert head.get(where + path)["Location"] == where  # come back by a link
    with channels.use_channel(Channel.WEBSHOP):
        found = {each.code: each.most for each in Coupon.objects.all()}
    assert len(found) == 5
    assert (found.pop("TAKEN"), found.pop("TWOFORONE")) == (None, 5)
    assert set(found.values()) == {1}
    lines = b"".join(head.get(where + "codes.csv")).decode("utf-8-sig").splitlines()
    assert lines[0] == "code,most,used,offer"
    assert {line.split(",")[0] for line in lines[1:]} == {*found, "TAKEN", "TWOFORONE"}


def test_an_offer_for_everybody_has_no_codes(apart: House, head: Client) -> None:
    where = f"{PAGE}webshop/{an_offer().id}/"
    assert "Make the codes" not in text_of(head.get(where))
    assert head.post(where + "codes/", {"number": "3"}).status_code == 404


def test_head_office_alone(apart: House, client: Client) -> None:
    account = Account.objects.create_staff(login="max", password=PASSWORD)
    manager = an_employee("Max", role=Role.MANAGER, pin="", account=account)
    sign_in(client, "office", manager)
    offer = an_offer()
    for path in ("", "webshop/new/percent/", f"webshop/{offer.id}/codes.csv"):
        assert client.get(PAGE + path).status_code == 403
    for act in ("end/", "code/", "codes/"):
        assert client.post(f"{PAGE}webshop/{offer.id}/{act}").status_code == 403


def test_queries(apart: House, head: Client, django_assert_num_queries: Any) -> None:
    """Of the channel's database, with two for the letters that wait."""
    for name in ("one", "two"):
        an_offer({"kind": "percent", "percent": "5", "goods": {}}, name_en=name)
        coupon = a_coupon(name.upper() * 2, stores=["M01"])
    for page, most in [("", 5), (f"webshop/{coupon.promotion_id}/", 6)]:
        head.get(PAGE + page)
        with django_assert_num_queries(most, using="webshop"):
            head.get(PAGE + page)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"kind": "percent", "percent": "10.0", "goods": {}}, "10% off: everything"),
        (
            {"kind": "amount", "amount": "0.5", "goods": {"gtins": ["1", "2"]}},
            "€0.50 off each: One, Two",
        ),
        (
            {"kind": "n_for_m", "take": 3, "pay": 2, "goods": {"gtins": [*"12345"]}},
            "3 for the price of 2: One, Two, 3 and 2 more",
        ),
        (
            {
                "kind": "bundle",
                "price": "4.00",
                "parts": [
                    {"quantity": 1, "goods": {"gtins": ["1"]}},
                    {"quantity": 2, "goods": {"departments": ["2"]}},
                ],
            },
            "Together for €4.00: 1 × One + 2 × Two",
        ),
        (
            {"kind": "basket", "from": "40", "amount": "5", "goods": {}},
            "€5.00 off from €40.00: everything",
        ),
    ],
)
def test_a_rule_in_words(rule: dict[str, Any], words: str) -> None:
    with translation.override("en"):
        assert rule_in_words(rule, {"1": "One", "2": "Two"}) == words
