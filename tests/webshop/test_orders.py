"""An order's page: for its customer alone, honest about what is not known yet."""

from decimal import Decimal

import pytest

from inventory.ids import new_id
from retail.fulfilment import feed, pickup, setting
from retail.staff.models import Account
from tests.builders import (
    BOB,
    a_location,
    bob,
    carry,
    code_of,
    in_store,
    money_of,
    paid_at_counter,
    promise_of,
    staged,
)
from tests.levels import SIDES
from tests.retail.orders.house import everything
from tests.signing_in import sign_in_customer
from tests.webshop.visiting import (
    asked,
    order,
    parcel,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


def page_of(client, made, part=""):
    return client.get(f"/shop/orders/{made.id}/{part}")


def post(client, made, act, **given):
    return client.post(f"/shop/orders/{made.id}/{act}/", given, follow=True)


def unmoved(client, made, act, *, words, **given):
    before = everything()
    assert words in text_of(post(client, made, act, **given))
    assert everything() == before


@pytest.fixture
def ready(both_levels, shop):
    made = order(shop, both_levels)
    carry()
    staged(made)
    bob(pickup.ready, made)
    return made


@pytest.fixture
def refused(both_levels, shop):
    made = order(shop, both_levels, payment="approve")
    carry()
    bob(pickup.reject, made, reason="closed today")
    return made


def test_apart_the_page_says_that_the_store_was_only_asked(apart, shop):
    made = order(shop, apart)
    page = text_of(page_of(shop, made))
    assert "We have asked the store. It answers in a moment." in page
    assert 'hx-trigger="every 5s"' in page

    carry()
    assert "The store has your order." in text_of(page_of(shop, made))


def test_on_one_database_the_store_has_it_at_once(shared_only, shop):
    made = order(shop, shared_only)
    assert "The store has your order." in text_of(page_of(shop, made))


def test_ready_the_page_shows_the_code_and_its_picture(ready, shop):
    page = text_of(page_of(shop, ready))
    code = code_of(ready)

    assert "Your shopping is ready." in page
    assert f"<span>{code[:3]}</span>" in page
    assert f'<svg role="img" aria-label="QR code of the pickup code {code}"' in page
    assert "style=" not in page


def test_nobody_else_sees_it_or_does_anything_with_it(ready, stranger):
    before = everything()
    for part in ("", "status/"):
        assert page_of(stranger, ready, part).status_code == 404
    for act in ("pay", "cancel", "choose", "check-in"):
        assert post(stranger, ready, act).status_code == 404
    assert everything() == before
    signed_in(stranger, "charlie@example.org")
    assert page_of(stranger, ready).status_code == 404


def test_a_wrong_id_is_nothing(both_levels, shop):
    assert shop.get(f"/shop/orders/{new_id()}/").status_code == 404
    assert shop.get("/shop/orders/x/").status_code == 404


def test_what_was_ordered_before_signing_in_stays_in_sight(ready, shop):
    signed_in(shop)
    assert page_of(shop, ready).status_code == 200


def test_a_customer_finds_the_order_on_another_device(both_levels, shop, stranger):
    signed_in(shop)
    made = order(shop, both_levels)
    sign_in_customer(stranger, Account.objects.get())
    assert page_of(stranger, made).status_code == 200
    assert made.number in text_of(stranger.get("/shop/account/"))


def test_i_am_here_reaches_the_board(ready, shop):
    post(shop, ready, "check-in", place="bay 2")
    carry()
    assert promise_of(ready).status == "checked_in"
    assert "We know that you are here." in text_of(page_of(shop, ready))


def test_apart_i_am_here_waits_for_the_store(apart, shop):
    made = order(shop, apart)
    carry()
    staged(made)
    bob(pickup.ready, made)
    assert "Asked of the store." in text_of(post(shop, made, "check-in"))
    page = text_of(page_of(shop, made))
    assert "We have told the store that you are here." in page
    assert "Why must I wait for the store’s answer?" in page
    unmoved(shop, made, "cancel", words="has not answered your last request")


def test_nobody_is_here_before_it_is_ready(both_levels, shop):
    made = order(shop, both_levels)
    unmoved(shop, made, "check-in", words="not ready to be collected")


def test_an_order_is_cancelled_and_nothing_is_taken(both_levels, shop):
    made = order(shop, both_levels, **parcel())
    page = text_of(post(shop, made, "cancel"))
    made.refresh_from_db()

    assert made.status == "cancelled"
    assert money_of(made) == 0
    assert "Your order is cancelled." in page
    assert "every 5s" not in page


def test_what_was_collected_is_not_cancelled(ready, shop):
    paid_at_counter(ready)
    bob(pickup.hand_over, ready, code=code_of(ready))
    unmoved(shop, ready, "cancel", words="too late to cancel")


def test_a_declined_payment_is_tried_again(both_levels, shop):
    made = order(shop, both_levels, **parcel(payment="decline"))
    assert "The payment was declined." in text_of(page_of(shop, made))
    payment = str(new_id())
    post(shop, made, "pay", payment=payment, token="approve")
    post(shop, made, "pay", payment=payment, token="approve")

    made.refresh_from_db()
    assert made.status == "placed"
    assert money_of(made) == Decimal("8.30")
    unmoved(
        shop,
        made,
        "pay",
        words="nothing to pay any more",
        payment=str(new_id()),
        token="approve",
    )


def test_a_payment_that_is_none_charges_nothing(both_levels, shop, subtests):
    made = order(shop, both_levels, **parcel(payment="decline"))
    for given in [
        {},
        {"payment": "x", "token": "approve"},
        {"payment": str(new_id()), "token": "1"},
    ]:
        with subtests.test(given=given):
            unmoved(shop, made, "pay", words="Choose how to pay.", **given)


def test_a_refused_pickup_is_the_customer_s_choice(refused, shop):
    page = text_of(page_of(shop, refused))
    assert "The store cannot keep its promise. Please choose." in page
    assert "Collect in another store" in page

    post(shop, refused, "choose", choice="other_store", store="M02")
    carry()
    places = {f.location.code: f.status for f in refused.fulfilments.all()}
    assert places["M02"] == "placed"
    assert "Place M02" in text_of(page_of(shop, refused))


def test_a_store_that_takes_none_for_the_moment_is_no_choice(refused, shop):
    assert 'value="M02"' in page_of(shop, refused).content.decode()
    with in_store():
        setting.change(a_location("M02"), by=BOB, paused=True)
    feed.refresh()
    page = page_of(shop, refused).content.decode()
    assert 'value="M02"' not in page
    assert 'value="other_store"' not in page  # there is no third one


def test_a_choice_that_is_none_changes_nothing(refused, shop):
    unmoved(shop, refused, "choose", words="no longer be chosen", choice="burn")
    unmoved(
        shop,
        refused,
        "choose",
        words="Choose a store",
        choice="other_store",
        store="X\x00",
    )
    unmoved(shop, refused, "choose", words="complete address", choice="ship")


def test_the_status_is_sent_again_only_when_it_changed(both_levels, shop):
    made = order(shop, both_levels)
    carry()
    first = page_of(shop, made, "status/")
    tag, page = first["ETag"], text_of(page_of(shop, made))
    poll = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")

    assert shop.get(poll).status_code == 204
    again = shop.get(f"/shop/orders/{made.id}/status/", headers={"if-none-match": tag})
    assert again.status_code == 304
    bob(pickup.accept, made)
    changed = shop.get(poll)
    assert changed["HX-Refresh"] == "true"
    assert changed["ETag"] != tag


def test_a_promise_kept_until_is_said(ready, shop):
    assert "We keep it until" in text_of(page_of(shop, ready))


def test_queries(ready, shop):  # the places among them, which other pages keep
    assert asked(shop, f"/shop/orders/{ready.id}/") == {"default": 2, "side": 8}


def test_queries_of_a_customer(both_levels, shop):
    signed_in(shop)
    made = order(shop, both_levels)
    assert asked(shop, f"/shop/orders/{made.id}/") == {"default": 3, "side": 8}
