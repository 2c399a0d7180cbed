"""Coming for the goods, on the order's own page."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.places import Channel
from retail import channels
from retail.channels import use_channel
from retail.customers import changing
from retail.fulfilment import pickup
from retail.fulfilment.codes import code_of, collector_code_of
from retail.fulfilment.offers import Instead
from retail.notices import links
from retail.notices.models import Notice
from retail.notices.sending import letter
from retail.service.models import SurveyAnswer
from tests.builders import bob, carry, job_of, paid_at_counter, promise_of, staged
from tests.levels import SIDES
from tests.retail.orders.house import everything
from tests.signing_in import sign_in_customer
from tests.webshop.test_orders import page_of, post, unmoved
from tests.webshop.visiting import customer_of, order, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def made(both_levels, shop):
    made = order(shop, both_levels)
    carry()
    return made


@pytest.fixture
def ready(made):
    staged(made)
    bob(pickup.ready, made)
    return made


def path_of(url):
    return "/" + url.split("/", 3)[3]


def test_on_the_way_and_here_with_the_place(ready, shop):
    assert "I’m on my way" in text_of(page_of(shop, ready))
    post(shop, ready, "on-way", minutes="10")
    carry()
    assert job_of(ready).on_way_at is not None
    assert "You said so" in text_of(page_of(shop, ready))
    post(shop, ready, "check-in", where="park", place="bay 3")
    carry()
    assert job_of(ready).place == "car park, bay 3"


def test_on_the_way_in_no_time(ready, shop):
    unmoved(shop, ready, "on-way", words="in how many minutes", minutes="7")


def test_kept_longer_once(ready, shop):
    page = text_of(page_of(shop, ready))
    assert "We keep your bags until" in page
    assert "Keep it one day longer" in page
    before = promise_of(ready).hold_until
    post(shop, ready, "extend")
    carry()
    assert promise_of(ready).hold_until > before
    page = text_of(page_of(shop, ready))
    assert "Keep it one day longer" not in page
    assert "Already kept one day longer." in page


def test_apart_keeping_longer_waits_for_the_store(apart, shop):
    made = order(shop, apart)
    carry()
    staged(made)
    bob(pickup.ready, made)
    assert "Asked of the store." in text_of(post(shop, made, "extend"))
    assert "We have asked the store to keep it longer." in text_of(page_of(shop, made))


def test_somebody_else_collects_with_a_page_of_their_own(made, shop, stranger):
    post(shop, made, "collector", name="Noé Petit")
    carry()
    page = text_of(page_of(shop, made))
    [link] = set(re.findall(r'href="(http[^"]*/shop/collect/[^"]+)"', page))

    theirs = stranger.get(path_of(link))
    assert theirs.status_code == 200
    text = text_of(theirs)
    code = collector_code_of(promise_of(made))
    shown = "".join(re.findall(r"<span>([A-Z0-9]{2,3})</span>", text))
    assert code in shown
    assert code_of(promise_of(made)) not in shown
    assert "You collect for Ann." in text
    assert "ann@example.org" not in text
    assert made.number not in text
    assert theirs["Cache-Control"] == "private, no-store"
    assert theirs["Referrer-Policy"] == "no-referrer"
    # an order's page stays the buyer's
    assert page_of(stranger, made).status_code == 404


def test_another_collector_closes_the_first_one_s_page(made, shop, stranger):
    post(shop, made, "collector", name="Noé Petit")
    carry()
    first = links.url(links.COLLECT, promise_of(made).id, 1)
    assert stranger.get(path_of(first)).status_code == 200
    post(shop, made, "collector", name="")
    carry()
    gone = stranger.get(path_of(first))
    assert gone.status_code == 410
    assert "This link opens nothing any more." in text_of(gone)


def test_collected_the_collector_s_page_is_closed(ready, shop, stranger):
    post(shop, ready, "collector", name="Noé Petit")
    carry()
    link = path_of(links.url(links.COLLECT, promise_of(ready).id, 1))
    paid_at_counter(ready)
    with use_channel(Channel.POS):
        assert job_of(ready).collector_name == "Noé Petit"
    bob(pickup.hand_over, ready, code=collector_code_of(promise_of(ready)))
    assert stranger.get(link).status_code == 410


def test_a_made_up_link_opens_nothing(both_levels, stranger, subtests):
    for kind in ["o", "collect", "survey"]:
        with subtests.test(kind=kind):
            assert stranger.get(f"/shop/{kind}/abc-1.def/").status_code == 404


def test_a_letter_opens_the_order_anywhere(ready, stranger):
    notice = Notice.objects.get(kind="pickup_ready")
    link = re.search(r"http\S+/shop/o/\S+", letter(notice).body)[0]
    assert page_of(stranger, ready).status_code == 404
    opened = stranger.get(path_of(link), follow=True)
    assert opened.status_code == 200
    assert ready.number in text_of(opened)
    post(stranger, ready, "extend")
    carry()
    assert promise_of(ready).extended_at is not None


def test_a_letter_to_somebody_erased_opens_nothing(made, stranger):
    link = path_of(links.url(links.ORDER, made.id))
    type(made).objects.filter(id=made.id).update(email="erased-1@erased.invalid")
    assert stranger.get(link).status_code == 404


def test_a_substitute_is_taken_on_the_page(both_levels, made, shop):
    bob(pickup.accept, made)
    bob(pickup.start_picking, made)
    oil = both_levels.variants[both_levels.gtins[1]]
    offer = Instead(1, oil, 1)
    bob(pickup.short, made, {1: 1}, reason="missing", offers=[offer])
    page = text_of(page_of(shop, made))
    assert "Take what the store offers instead" in page
    assert "€3.40 each, instead of" in page
    assert "Please choose until" in page
    unmoved(shop, made, "choose", words="no longer offered", choice="substitute")
    post(
        shop,
        made,
        "choose",
        choice="substitute",
        promise=str(promise_of(made).id),
        take="1",
    )
    carry()
    page = text_of(page_of(shop, made))
    assert "Replaced, with your agreement" in page
    assert ", instead of Article" in page
    assert promise_of(made).status == "picking"


def test_nobody_else_does_anything_with_it(ready, stranger):
    before = everything()
    for act in ("on-way", "check-in", "extend", "collector", "hour"):
        assert post(stranger, ready, act, minutes="5").status_code == 404
    assert everything() == before


def test_how_it_went_is_said_and_changed(ready, stranger):
    paid_at_counter(ready)
    bob(pickup.hand_over, ready, name_checked=True)
    notice = Notice.objects.get(kind="collected_thanks")
    link = path_of(re.search(r"http\S+/shop/survey/\S+", letter(notice).body)[0])
    assert "How did collecting at" in text_of(stranger.get(link))

    wrong = stranger.post(link, {"score": "6"})
    assert wrong.status_code == 422
    assert not SurveyAnswer.objects.exists()
    stranger.post(link, {"score": "4", "comment": "Quick."})
    stranger.post(link, {"score": "5", "comment": "Very quick."})
    [answer] = SurveyAnswer.objects.all()
    assert (answer.score, answer.comment, answer.location) == (5, "Very quick.", "M01")
    assert "Very quick." in text_of(stranger.get(link))


def test_nothing_is_judged_before(made, stranger):
    link = path_of(links.url(links.SURVEY, promise_of(made).id))
    assert "There is nothing to judge yet." in text_of(stranger.get(link))
    stranger.post(link, {"score": "5"})
    assert not SurveyAnswer.objects.exists()


def test_another_hour_is_chosen_on_its_page(made, shop):
    before = promise_of(made).slot_start
    assert "Change the hour" in text_of(page_of(shop, made))
    page = text_of(page_of(shop, made, "hour/"))
    assert "You come " in page
    offered = re.findall(r'name="slot" value="([^"]+)"', page)
    unmoved(shop, made, "hour", words="Choose an hour.", slot="soon")
    post(shop, made, "hour", slot=offered[-1])
    carry()
    assert promise_of(made).slot_start != before
    assert job_of(made).slot_start == promise_of(made).slot_start


def test_a_new_number_asks_for_a_code_before_somebody_else_is_named(apart, client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    account = signed_in(client)
    made = order(client, apart)
    carry()
    sign_in_customer(client, account, answered_at=time.time() - 3600)
    post(client, made, "collector", name="Zoé")  # an hour ago is enough
    carry()
    assert promise_of(made).collector == "Zoé"
    with channels.atomic():
        changing.change(
            customer_of(account), first_name="A", last_name="B", phone="0612345678"
        )
    refused = text_of(post(client, made, "collector", name="Noé"))
    assert "Your phone number changed lately" in refused
    assert promise_of(made).collector == "Zoé"
    client.cookies.clear()  # it was signed out
    sign_in_customer(client, account)
    told = text_of(post(client, made, "collector", name="Noé"))
    print(re.findall(r"role=.(?:status|alert)[^>]*>.{0,300}", told, re.DOTALL))
    assert promise_of(made).collector == "Noé"
    later = timezone.now() + timedelta(hours=25)
    assert not changing.lately(customer_of(account), at=later)
