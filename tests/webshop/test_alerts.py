"""The page of what is sold out offers a letter; its links and the account end it."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db.models import F

from inventory.models import StockLevel
from inventory.places import Channel
from retail.alerts.models import StockAlert
from retail.channels import use_channel
from retail.fulfilment import feed
from retail.notices.models import Notice
from retail.notices.tasks import send_notices
from tests.levels import SIDES
from tests.webshop.visiting import signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


def sold_out(house, *codes: str) -> str:
    """The page of a thing that is gone from these places."""
    for channel in Channel:
        with use_channel(channel):
            StockLevel.objects.filter(
                variant=house.variants[house.gtins[0]], location__code__in=codes
            ).update(on_hand=0, sequence=F("sequence") + 1)
    feed.refresh()
    return f"/shop/p/{house.gtins[0]}/"


def press(client, page: str, act: str, **given: str):
    """Sends the page's form to `act`, with its hidden fields."""
    form = text_of(client.get(page)).split(f'action="{act}"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(act, {**hidden, **given}, follow=True)


def test_a_customer_asks_with_one_click_and_ends_it(both_levels, shop):
    signed_in(shop)
    page = sold_out(both_levels, "M01")
    assert "Tell me when it is back" not in text_of(shop.get(page))
    shop.post("/shop/stores/choose/", {"store": "M01", "next": page})
    said = text_of(press(shop, page, "/shop/alerts/ask/"))
    assert "We write to you once it is back." in said
    assert "We write to you once the store Place M01 has it." in said
    assert "Add to basket" in said  # it can be sent all the same
    alert = StockAlert.objects.get()
    end = f"/shop/account/alerts/{alert.id}/end/"
    assert end in text_of(shop.get("/shop/account/"))
    assert "We do not write about it any more." in text_of(shop.post(end, follow=True))
    assert not StockAlert.objects.exists()


def test_a_stranger_confirms_by_letter(multichannel, shop, stranger):
    page = sold_out(multichannel, "W01")
    said = press(shop, page, "/shop/alerts/ask/", email="bob@example.org")
    assert "Look into your mailbox and confirm" in text_of(said)
    send_notices()
    link = re.search(r"http\S+(/shop/alerts/\S+)", mail.outbox[0].body)[1]
    shown = shop.get(link)
    assert "Yes, tell me" in text_of(shown)
    assert shown["Referrer-Policy"] == "no-referrer"
    assert StockAlert.objects.get().confirmed_at is None  # looking does nothing
    assert "End it" in text_of(shop.post(link, {"act": "confirm"}))
    assert StockAlert.objects.get().confirmed_at is not None
    english = {"accept-language": "en"}
    # a mailbox's own button
    strict = type(shop)(enforce_csrf_checks=True, headers=english)
    assert "You wait for nothing." in text_of(
        strict.post(link, {"List-Unsubscribe": "One-Click"})
    )
    assert not StockAlert.objects.exists()
    assert stranger.get(link.replace("-0.", "-1.")).status_code == 404


def test_no_answer_tells_of_an_address(multichannel, shop):
    """Known, waiting already or asked too often: the same words, and no more letters."""
    signed_in(type(shop)(), "alice@example.org").save()
    page = sold_out(multichannel, "W01")
    said = {
        re.sub(r'value="[^"]{20,}"', "", text_of(response))
        for email in ("alice@example.org", "bob@example.org", "bob@example.org")
        for response in [press(shop, page, "/shop/alerts/ask/", email=email)]
    }
    assert len(said) == 1
    assert Notice.objects.count() == 2


@pytest.mark.parametrize(
    "given",
    [{"gtin": "0"}, {"place": "W01"}, {"place": "nowhere"}],
    ids=["goods", "warehouse", "place"],
)
def test_nothing_else_is_waited_for(multichannel, shop, given):
    wish = {"gtin": multichannel.gtins[0], "email": "bob@example.org", **given}
    assert shop.post("/shop/alerts/ask/", wish).status_code == 404
    bad = shop.post(
        "/shop/alerts/ask/",
        {**wish, "gtin": multichannel.gtins[0], "place": "", "email": "no"},
        follow=True,
    )
    assert "Write an e-mail address" in text_of(bad)
    assert not StockAlert.objects.exists()
