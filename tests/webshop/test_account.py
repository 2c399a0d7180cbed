"""The account: what this channel knows of its customer at this level."""

import re

import pytest

from inventory.ids import new_id
from retail import channels
from retail.customers import addresses
from retail.customers.models import Customer
from retail.loyalty import points
from retail.notices.models import Notice
from retail.notices.telling import notify
from tests.levels import SIDES
from tests.webshop.visiting import asked, customer_of, order, put, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_stranger_is_asked_to_sign_in(both_levels, shop):
    answer = shop.get("/shop/account/")
    assert answer["Location"] == "/shop/account/login/?next=%2Fshop%2Faccount%2F"


def test_orders_card_and_points_are_shown(both_levels, shop):
    account = signed_in(shop)
    made = order(shop, both_levels)
    alice = customer_of(account)
    with channels.atomic():
        points.earn(alice, points=60, reference="opening")
    page = text_of(shop.get("/shop/account/"))

    assert made.number in page
    assert "Under way" in page
    assert alice.card in page
    assert "<b>60 points</b>, worth €2.00" in page


def test_apart_the_page_says_why_the_store_is_not_in_it(apart, shop):
    signed_in(shop)
    page = text_of(shop.get("/shop/account/"))
    assert "Why does the store not know my account?" in page
    assert "Why is my store’s card not recognised here?" in page
    assert "Why can I not spend my store’s points here?" in page


def test_on_one_database_there_is_nothing_to_ask(shared_only, shop):
    signed_in(shop)
    page = text_of(shop.get("/shop/account/"))
    assert "Why " not in page
    assert "on the site and in the stores" in page


def test_stores_are_listed_with_their_hours(both_levels, shop):
    page = text_of(shop.get("/shop/stores/"))
    assert "Place M01" in page
    assert "Place W01" not in page
    assert "Order now, ready" in page


def test_at_multichannel_stores_take_no_order(multichannel, shop):
    page = text_of(shop.get("/shop/stores/"))
    assert "Orders from the site are not collected here." in page
    assert "Collect here" not in page


def test_a_store_that_is_none_is_not_chosen(both_levels, shop, subtests):
    for code in ["", "W01", "X", "x" * 99, "\x00"]:
        with subtests.test(code=code):
            answer = shop.post("/shop/stores/choose/", {"store": code}, follow=True)
            assert "Nothing can be collected there" in text_of(answer)


def test_after_choosing_one_goes_on_where_one_was(both_levels, shop):
    given = {"store": "M01", "next": "/shop/basket/"}
    assert shop.post("/shop/stores/choose/", given)["Location"] == "/shop/basket/"
    given["next"] = "//elsewhere.example/shop/"
    assert shop.post("/shop/stores/choose/", given)["Location"] == "/shop/"


def test_queries(apart, shop):
    signed_in(shop)
    order(shop, apart)
    assert asked(shop, "/shop/account/")["side"] <= 9
    assert asked(shop, "/shop/stores/") == {"default": 3, "side": 6}


def test_points_tell_what_there_was_after_each(both_levels, shop):
    alice = customer_of(known(shop))
    with channels.atomic():
        points.earn(alice, points=60, reference="opening")
        for number in range(26):
            points.earn(alice, points=1, reference=f"order {number}")
    page = text_of(shop.get("/shop/account/points/"))
    assert "<b>86 points</b>" in page
    assert page.count("<tr>") == 26
    older = text_of(shop.get("/shop/account/points/?page=2"))
    assert '<td class="num">+60</td><td class="num">60</td>' in older
    assert shop.get("/shop/account/points/?page=-1").status_code == 200
    assert asked(shop, "/shop/account/points/")["side"] <= 7


def known(shop):
    account = signed_in(shop)
    shop.get("/shop/account/")  # the first visit makes their row
    return account


ADDRESS = {"line1": "3 rue des Capucins", "postcode": "69001", "city": "Lyon"}


def test_an_address_is_kept_and_the_checkout_proposes_it(both_levels, shop):
    alice = customer_of(known(shop))
    form = {"id": new_id(), **ADDRESS}
    for _twice in range(2):
        shop.post("/shop/account/addresses/", form)
    shop.post(
        "/shop/account/addresses/", {**form, "id": new_id(), "line1": "9 quai Arloing"}
    )
    one, other = addresses.of(alice)
    assert (one.line1, one.first, other.first) == (ADDRESS["line1"], True, False)
    put(shop, both_levels.gtins[0])
    assert 'value="3 rue des Capucins"' in text_of(shop.get("/shop/checkout/"))

    shop.post(f"/shop/account/addresses/{other.id}/first/")
    assert addresses.of(alice)[0] == other
    changed = {**ADDRESS, "line1": "9 bis quai Arloing"}
    shop.post(f"/shop/account/addresses/{other.id}/", changed)
    assert 'value="9 bis quai Arloing"' in text_of(shop.get("/shop/checkout/"))
    shop.post(f"/shop/account/addresses/{other.id}/remove/")
    assert [each.first for each in addresses.of(alice)] == [True]
    assert asked(shop, "/shop/account/addresses/")["side"] <= 4


def test_what_is_no_address_is_not_kept(apart, shop):
    alice = customer_of(known(shop))
    for changes in [{"postcode": "6900"}, {"line1": ""}, {"id": "x"}]:
        given = {"id": new_id(), **ADDRESS, **changes}
        assert shop.post("/shop/account/addresses/", given).status_code == 422
    assert addresses.of(alice) == []
    with channels.atomic():
        for _each in range(addresses.MOST):
            addresses.keep(alice, id=new_id(), **ADDRESS)
    answer = shop.post("/shop/account/addresses/", {"id": new_id(), **ADDRESS})
    assert "Only 10 addresses are kept." in text_of(answer)


def test_nobody_elses_address_is_touched(apart, shop):
    alice = customer_of(known(shop))
    with channels.atomic():
        kept = addresses.keep(alice, id=new_id(), **ADDRESS)
    signed_in(shop, "bob@example.org")
    where = f"/shop/account/addresses/{kept.id}/"
    assert shop.get(where).status_code == 404
    assert shop.post(where + "first/").status_code == 404
    shop.post(where + "remove/")
    theirs = {**ADDRESS, "id": kept.id}
    assert shop.post("/shop/account/addresses/", theirs).status_code == 404
    assert addresses.of(alice) == [kept]


def test_a_customer_changes_their_name_and_number(both_levels, shop):
    account = known(shop)
    given = {"first_name": "Ann", "phone": "06 39 98 01 01"}
    shop.post("/shop/account/profile/", given)
    ann = customer_of(account)
    assert (ann.first_name, ann.phone) == ("Ann", "+33639980101")
    answer = shop.post("/shop/account/profile/", {**given, "phone": "12"})
    assert answer.status_code == 422
    assert customer_of(account).phone == "+33639980101"


def test_strangers_are_asked_to_sign_in(apart, shop, subtests):
    for page in ["points/", "profile/", "addresses/"]:
        with subtests.test(page=page):
            assert "/login/?next=" in shop.get(f"/shop/account/{page}")["Location"]


def test_preferences_are_proposed_and_honoured(apart, shop):
    account, page = signed_in(shop), "/shop/account/preferences/"
    assert text_of(shop.get(page)).count("checked") == 3  # nothing is unwanted yet
    customer = customer_of(account)
    given = {"language": "en", "receives": "collect", "usual_store": "M02"}
    shop.post(page, {**given, "wanted": ["collected_thanks"]})
    customer.refresh_from_db()
    assert (customer.usual_store, customer.receives) == ("M02", "collect")
    assert customer.unwanted == ["pickup_reminder", "sms"]
    put(shop, apart.gtins[0])
    shown = text_of(shop.get("/shop/checkout/"))
    for value in ("collect", "M02"):
        assert re.search(rf'value="{value}"[^>]*checked', shown), value
    bad = shop.post(page, {**given, "usual_store": "W01"})
    assert bad.status_code == 422
    assert asked(shop, page)["side"] <= 7


@pytest.mark.parametrize(
    ("kind", "unwanted", "ways"),
    [
        ("pickup_ready", [], {"email", "sms"}),
        ("pickup_ready", ["sms", "pickup_ready"], {"email"}),
        ("pickup_reminder", ["sms"], {"email"}),
        ("pickup_reminder", ["pickup_reminder"], set()),
        ("collected_thanks", ["pickup_reminder"], {"email"}),
        ("order_cancelled", ["order_cancelled", "sms"], {"email"}),
    ],
)
def test_letters_do_without_what_is_unwanted(apart, shop, kind, unwanted, ways):
    account, made = signed_in(shop), order(shop, apart)
    made.phone = "+33639980101"
    Customer.objects.filter(account_id=account.id).update(unwanted=unwanted)
    with channels.atomic():
        notify(kind, order=made, subject=made.id)
    told = Notice.objects.filter(kind=kind)
    assert set(told.values_list("way", flat=True)) == ways
