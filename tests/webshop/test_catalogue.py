"""Home, departments, search and products, as far as the level lets them promise."""

import hashlib
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from inventory.models import Listing, Price, Product, StockLevel
from inventory.questions import answers
from retail.channels import database_for
from retail.channels.levels import Feature
from retail.channels.models import FeatureFlag
from retail.channels.snapshot import forget
from retail.fulfilment.models import FeedState
from tests.levels import SIDES
from tests.webshop.visiting import asked, customer_of, put, signed_in, text_of
from webshop.filters import brands_of
from webshop.listed import Whole, brands_in, listed_asked
from webshop.shelves import BY_NAME, on_sale

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def offer(both_levels):
    Price.objects.filter(listing__variant__gtin=both_levels.gtins[0]).filter(
        origin="webshop"
    ).update(former_amount=Decimal("4.00"))
    return both_levels


def test_home_shows_offers_with_the_price_before(offer, shop):
    page = text_of(shop.get("/shop/"))

    assert f"/shop/p/{offer.gtins[0]}/" in page
    assert "€4.00" in page
    assert f"/shop/p/{offer.gtins[1]}/" not in page


def test_home_promises_from_the_store_that_was_chosen(offer, shop):
    shop.post("/shop/stores/choose/", {"store": "M02"})
    page = text_of(shop.get("/shop/"))

    assert "Place M02" in page
    assert "Order now, ready" in page


def test_who_is_in_the_trial_chooses_a_store_on_every_page(shared_only, shop):
    """`web_to_store` for some customers: the home page knew of it for nobody."""
    account = signed_in(shop)
    shop.get("/shop/")
    customer = customer_of(account)
    put(shop, shared_only.gtins[0])
    bucket = int.from_bytes(hashlib.sha256(customer.id.bytes).digest()[:4]) % 100
    trial = FeatureFlag.objects.filter(name=Feature.WEB_TO_STORE)
    for percent, offered in ((bucket + 1, True), (bucket, False)):
        trial.update(customers_percent=percent)
        forget()
        assert ("Choose this store" in text_of(shop.get("/shop/"))) == offered
        assert ("Collect here" in text_of(shop.get("/shop/stores/"))) == offered
        assert ("Collect in a store" in text_of(shop.get("/shop/checkout/"))) == offered
        why = "Why can I not collect this in a store?"
        for page in ("", "basket/", "checkout/", "stores/"):
            assert (why in text_of(shop.get(f"/shop/{page}"))) != offered


def test_home_counts_the_points_of_who_is_signed_in(offer, shop):
    signed_in(shop)
    page = text_of(shop.get("/shop/"))

    assert "0 <small>points</small>" in page
    assert "W-" in page


def test_without_web_to_store_there_is_no_store_to_choose(multichannel, shop):
    page = text_of(shop.get("/shop/"))
    assert "Choose this store" not in page
    assert "Why can I not collect this in a store?" in page

    answer = shop.post("/shop/stores/choose/", {"store": "M01"}, follow=True)
    assert "Nothing can be collected there" in text_of(answer)


def test_a_department_lists_what_the_web_sells(both_levels, shop):
    Price.objects.filter(listing__variant__gtin=both_levels.gtins[2]).delete()
    page = text_of(shop.get("/shop/d/grocery/"))

    assert "2 products" in page
    assert page.index(both_levels.gtins[0]) < page.index(both_levels.gtins[1])
    assert both_levels.gtins[2] not in page
    assert shop.get("/shop/d/nothing/").status_code == 404


def test_a_page_that_is_none_shows_one_that_is(both_levels, shop, subtests):
    for page in ["0", "-1", "99999999999999999999", "x", "1.5", ""]:
        with subtests.test(page=page):
            assert shop.get(f"/shop/d/grocery/?page={page}").status_code == 200


def test_search_finds_by_barcode_by_name_and_with_a_wrong_letter(both_levels, shop):
    first = Product.objects.get(variant__gtin=both_levels.gtins[0])
    first.sort_name = "pate a tartiner noisette"
    first.save()
    link = f"/shop/p/{both_levels.gtins[0]}/"
    for query in (both_levels.gtins[0], "Pâte", "noisete", "tartiner noisette"):
        assert link in text_of(shop.get("/shop/search/", {"q": query})), query


def test_search_finds_nothing_without_a_fault(both_levels, shop, subtests):
    for query in ["", " ", "zzzz", "%", "\x00", "'; --", "a" * 500]:
        with subtests.test(query=query):
            answer = shop.get("/shop/search/", {"q": query})
            assert answer.status_code == 200
            assert "/shop/p/" not in text_of(answer)


def test_a_product_shows_live_stock_with_its_sum_on_one_database(shared_only, shop):
    page = text_of(shop.get(f"/shop/p/{shared_only.gtins[0]}/"))
    assert "<b>3</b> on the shelf" in page
    assert "Stores last heard" not in page


def test_a_product_shows_the_age_of_what_stores_said_apart(apart, shop):
    page = text_of(shop.get(f"/shop/p/{apart.gtins[0]}/"))
    assert "Stores last heard" in page
    assert "on the shelf" not in page
    assert "Why does the stock of a store have an age?" in page


def test_a_store_that_was_silent_promises_nothing(apart, shop):
    FeedState.objects.update(as_of="2026-01-01T00:00:00Z")
    page = text_of(shop.get(f"/shop/p/{apart.gtins[0]}/"))
    assert "Collect here" not in page
    assert "silent for too long" in page


def test_a_product_knows_no_store_multichannel(multichannel, shop):
    page = text_of(shop.get(f"/shop/p/{multichannel.gtins[0]}/"))
    assert "In our stores" not in page
    assert "Place M01" not in page
    assert "Why can I not collect this in a store?" in page
    assert "Home delivery" in page


def test_a_product_that_is_none_is_not_found(both_levels, shop, subtests):
    for gtin in ["3017620422004", "4006381333931", "x", "0", "1" * 40]:
        with subtests.test(gtin=gtin):
            assert shop.get(f"/shop/p/{gtin}/").status_code == 404
            assert shop.get(f"/shop/01/{gtin}", follow=True).status_code == 404


def test_a_digital_link_leads_to_the_product(both_levels, shop):
    gtin = both_levels.gtins[0]
    assert shop.get(f"/shop/01/0{gtin}")["Location"] == f"/shop/p/{gtin}/"
    assert shop.get(f"/shop/p/0{gtin}/")["Location"] == f"/shop/p/{gtin}/"
    for address in (f"/01/{gtin}", f"/01/{gtin}/10/ABC?17=261231"):
        assert shop.get(address)["Location"] == f"/shop/01/{gtin}"


def test_what_is_posted_to_a_page_that_only_shows_is_refused(both_levels, shop):
    assert shop.post("/shop/").status_code == 405


def test_queries_of_a_stranger(offer, shop):
    """The dial is one query of head office; places, offers and departments, which other
    pages keep, are most of the rest."""
    more = offer.level == "omnichannel"  # stores send too, and are asked
    assert asked(shop, "/shop/") == {"default": 1, "side": 6 + more}
    assert asked(shop, "/shop/d/grocery/") == {"default": 1, "side": 6 + more}
    assert asked(shop, "/shop/search/?q=article")["side"] <= 6 + more


def test_queries_of_who_chose_and_gathered(offer, shop):
    shop.post("/shop/stores/choose/", {"store": "M01"})
    put(shop, offer.gtins[0])

    more = offer.level == "omnichannel"
    assert asked(shop, "/shop/") == {"default": 2, "side": 7 + more}
    assert asked(shop, "/shop/d/grocery/") == {"default": 2, "side": 8 + more}


def test_queries_of_a_product(apart, shop):
    put(shop, apart.gtins[0])
    url = f"/shop/p/{apart.gtins[0]}/"
    assert asked(shop, url) == {"default": 2, "side": 7}


def test_a_product_in_the_words_of_schema_org(offer, shop):
    gtin = offer.gtins[0]
    page = text_of(shop.get(f"/shop/p/{gtin}/"))
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])
    assert data["@type"] == "Product"
    assert data["gtin13"] == gtin
    assert data["offers"] == {
        "@type": "Offer",
        "url": f"http://testserver/shop/p/{gtin}/",
        "price": "3.40",
        "priceCurrency": "EUR",
        "availability": "https://schema.org/InStock",
        "itemCondition": "https://schema.org/NewCondition",
        "seller": {"@type": "Organization", "name": "Sarriette"},
    }


def test_a_name_cannot_end_the_data_of_a_page(shared_only, shop):
    Listing.objects.filter(origin="webshop").update(title="</script><b>&")
    page = text_of(shop.get(f"/shop/p/{shared_only.gtins[0]}/"))
    assert "<b>&" not in page
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])
    assert data["name"] == "</script><b>&"


def test_what_is_sold_out_has_others_beside_it(multichannel, shop):
    gone = multichannel.variants[multichannel.gtins[0]]
    StockLevel.objects.filter(variant=gone).update(
        on_hand=0, sequence=F("sequence") + 1
    )
    page = text_of(shop.get(f"/shop/p/{multichannel.gtins[0]}/"))
    assert "Sold out on the site for now." in page
    assert f"/shop/p/{multichannel.gtins[1]}/" in page
    assert "OutOfStock" in page


def test_one_thing_is_what_the_shelf_has_of_it(both_levels, django_assert_num_queries):
    """The statement that is written out reads what the query set reads."""
    gtin, now = both_levels.gtins[0], timezone.now()
    Product.objects.filter(variant__gtin=gtin).update(facts={"nova": 4, "labels": []})
    old = Price.objects.get(listing__variant__gtin=gtin, origin="webshop")
    for begins, ends in (
        (now - timedelta(hours=2), now - timedelta(hours=1)),
        (now - timedelta(hours=1), None),
        (now + timedelta(hours=1), None),
    ):
        given = {"origin": "webshop", "listing": old.listing, "amount": "7.00"}
        Price.objects.create(**given, valid_from=begins, valid_to=ends)
    expected = on_sale(now).get(listing__variant__gtin=gtin)
    alias = database_for("webshop")
    with django_assert_num_queries(1, using=alias):
        (found,) = answers(listed_asked(gtin, now))
        rows = [row_and_those_above(found), row_and_those_above(expected)]
    assert rows[0] == rows[1]
    assert found.amount == Decimal("7.00")
    whole, goods = Whole(found.listing.department, now), on_sale(now)
    same = goods.filter(listing__department=whole.department)
    assert list(brands_in(whole.department.id)) == brands_of(same)
    assert whole[1:3] == list(same.order_by(*BY_NAME)[1:3]) != []
    assert row_and_those_above(whole[0:1][0]) == row_and_those_above(
        same.order_by(*BY_NAME)[0]
    )
    Listing.objects.filter(variant__gtin=gtin).update(active=False)
    assert answers(listed_asked(gtin, now)) == (None,)


def row_and_those_above(price):
    listing = price.listing
    product = listing.variant.product
    rows = (price, listing, listing.variant, product, product.department)
    return [
        {field.attname: getattr(row, field.attname) for field in row._meta.fields}
        for row in rows
    ]
