"""The visitor's own data: what they allowed, the file, the erasure."""

from __future__ import annotations

import json
import re
import time

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers import consents, erasing
from retail.customers.models import ConsentEvent, Customer, Purpose
from retail.customers.registering import own_row
from retail.staff.models import Account
from tests.levels import SIDES
from tests.signing_in import sign_in_customer
from tests.webshop.visiting import asked, customer_of, order, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)

PAGE = "/shop/account/privacy/"


@pytest.fixture
def started(monkeypatch) -> list[str]:
    """Processes that would have been started."""
    begun: list[str] = []
    monkeypatch.setattr(erasing, "start_replay", lambda: begun.append("replay"))
    return begun


def answer(shop, word: str, *, purpose: str = "email_offers"):
    """Presses a button of the page as it is."""
    page = text_of(shop.get(PAGE))
    form = next(f for f in page.split("<form")[1:] if f'value="{purpose}"' in f)
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.split("<button")[0]))
    assert f'value="{word}"' in form, form
    return shop.post(f"{PAGE}answer/", {**given, "answer": word}, follow=True)


def test_a_stranger_is_asked_to_sign_in(both_levels, shop):
    for method, path in (("get", ""), ("get", "data/"), ("post", "erase/")):
        answer = getattr(shop, method)(PAGE + path)
        assert answer["Location"].startswith("/shop/account/login/")


def test_nothing_is_agreed_to_before_a_button_is_pressed(both_levels, shop):
    signed_in(shop)
    page = text_of(shop.get(PAGE))
    assert "You have not been asked on the site." in page
    assert "I agree to receive Sarriette’s offers by e-mail" in page
    assert "checked" not in page
    assert not ConsentEvent.objects.exists()


def test_a_yes_and_a_no_are_kept_with_their_words(both_levels, shop):
    signed_in(shop)
    assert "You agreed on the site: " in text_of(answer(shop, "yes"))
    assert "You said no on the site: " in text_of(answer(shop, "no"))
    yes, no = ConsentEvent.objects.order_by("at")
    assert (yes.granted, yes.wording, yes.language) == (True, "email_offers-1", "en")
    assert (no.granted, no.origin) == (False, "webshop")


def test_a_wording_that_was_never_shown_is_refused(both_levels, shop):
    signed_in(shop)
    given = {"id": new_id(), "purpose": "email_offers", "answer": "yes"}
    for wording in ("", "sms_offers-1", "x" * 500):
        more = {"wording": wording, "language": "en"}
        page = shop.post(f"{PAGE}answer/", {**given, **more}, follow=True)
        assert "This page was out of date." in text_of(page)
    shop.post(f"{PAGE}answer/", {"id": "x"})
    assert not ConsentEvent.objects.exists()


def test_together_what_was_said_in_a_store_is_shown(shared_only, shop):
    account = signed_in(shop)
    shop.get(PAGE)
    customer = customer_of(account)
    with channels.use_channel(Channel.POS), channels.atomic():
        consents.record(
            own_row(customer, Channel.POS),
            id=new_id(),
            purpose=Purpose.SMS_OFFERS,
            granted=True,
            wording="sms_offers-1",
            language="fr",
            by="employee:1 Bob",
        )
    page = text_of(shop.get(PAGE))
    assert "You agreed in a store, for the stores: " in page
    assert "The stores’ record of you is erased too" in page
    assert "Why " not in page
    answer(shop, "no", purpose="sms_offers")
    assert "You agreed in a store" not in text_of(shop.get(PAGE))


def test_apart_the_page_says_what_it_does_not_reach(apart, shop):
    signed_in(shop)
    page = text_of(shop.get(PAGE))
    assert "Why do the stores not follow what I decide here?" in page
    assert "wiped on the site, and your sign-in" in page


def test_everything_is_given_away_as_a_file(both_levels, shop):
    signed_in(shop)
    made = order(shop, both_levels)
    file = shop.get(f"{PAGE}data/")
    assert file["Content-Disposition"].startswith('attachment; filename="sarriette-')
    assert "no-store" in file["Cache-Control"]
    found = json.loads(file.getvalue())
    assert [each["number"] for each in found["orders"]] == [made.number]


def test_a_word_must_be_typed(both_levels, shop, started):
    signed_in(shop)
    for word in ("", "yes", "ERAS"):
        page = shop.post(f"{PAGE}erase/", {"word": word})
        assert page.status_code == 422
        assert "Nothing was erased: the word is ERASE." in text_of(page)
    assert Account.objects.exists()
    assert started == []


def test_an_open_order_is_named(both_levels, shop, started):
    signed_in(shop)
    made = order(shop, both_levels)
    page = shop.post(f"{PAGE}erase/", {"word": "erase"})
    assert page.status_code == 409
    assert f"The order {made.number} is not finished." in text_of(page)
    assert Account.objects.exists()
    assert started == []


def test_the_account_is_erased_and_signed_out(both_levels, shop, started):
    signed_in(shop)
    shop.get(PAGE)
    page = shop.post(f"{PAGE}erase/", {"word": " effacer "}, follow=True)
    assert page.redirect_chain == [("/shop/account/erased/", 302)]
    assert "Your account is erased" in text_of(page)
    assert started == ["replay"]
    assert not Account.objects.exists()
    assert Customer.objects.get().email == ""
    assert shop.get("/shop/account/").status_code == 302


def test_queries(apart, shop):
    signed_in(shop)
    assert asked(shop, PAGE)["side"] <= 6


def test_who_signed_in_long_ago_signs_in_once_more(apart, shop, started):
    account = signed_in(shop)
    sign_in_customer(shop, account, answered_at=time.time() - 16 * 60)
    page = text_of(shop.get(PAGE))
    assert "Sign in once more" in page
    assert 'name="word"' not in page
    refused = [
        shop.get(f"{PAGE}data/"),
        shop.post(f"{PAGE}erase/", {"word": "ERASE"}),
    ]
    assert [each["Location"] for each in refused] == [PAGE, PAGE]
    assert started == []
    assert customer_of(account).erased_at is None
    again = shop.post(f"{PAGE}sign-in/")
    assert again["Location"].startswith("/shop/account/login/?next=")
    assert "/login/" in shop.get(PAGE)["Location"]
