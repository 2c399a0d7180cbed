"""Searching, and what a shelf is narrowed and ordered by."""

import re
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from inventory.models import Department, Price, Product, Variant
from inventory.places import Channel
from retail import channels
from retail.channels.roles import owner_connection
from retail.demo import catalogue
from tests.levels import SIDES
from tests.retail.promotions.offers import an_offer
from tests.webshop.visiting import asked, text_of
from webshop import search
from webshop.filters import Wish, chosen, offered_brands, wish_of

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.mark.parametrize(
    ("address", "wish"),
    [
        ("", Wish()),
        ("brand=Bjorg&brand=U&grade=b&grade=a", Wish(("Bjorg", "U"), ("a", "b"))),
        ("label=organic&without=milk", Wish(labels=("organic",), without=("milk",))),
        (
            "low=1,5&high=3&offers=1",
            Wish((), (), (), (), Decimal("1.50"), Decimal(3), True),
        ),
        ("sort=-price", Wish(sort="-price")),
        # what nobody offers is passed over
        ("grade=z&label=x&without=sand&low=-1&high=NaN&sort=id&offers=yes", Wish()),
        ("low=1e99&high=Infinity", Wish()),
    ],
)
def test_an_address_is_a_wish_and_back(address: str, wish: Wish) -> None:
    assert wish_of(QueryDict(address)) == wish
    assert wish_of(QueryDict(wish.address({"q": "jus"}))) == wish


def test_each_filter_can_be_taken_off_alone() -> None:
    wish = wish_of(QueryDict("brand=U&grade=a&label=vegan&without=eggs&low=1&offers=1"))
    left = [less for _, less in chosen(wish)]
    assert len(left) == 6
    assert all(less != wish for less in left)
    assert all(sum(1 for _ in chosen(less)) == 5 for less in left)


def shown(shop, house, query: str) -> str:
    """The products of the house on that page, by their places: "021"."""
    page = text_of(shop.get(f"/shop/d/grocery/?{query}"))
    links = re.findall(r'class="name"><a href="/shop/p/(\d+)/"', page)
    return "".join(str(house.gtins.index(gtin)) for gtin in links)


def test_the_brands_chosen_are_all_the_boxes_there_are_room_for() -> None:
    brands = [(f"B{i}", 20 - i) for i in range(20)]
    wish = Wish(brands=tuple(name for name, _ in brands[:13]))
    assert [name for name, _, _ in offered_brands(brands, wish)] == list(wish.brands)


@pytest.fixture
def stocked(shared_only):
    """Three products that differ in all that a shelf asks for."""
    facts = [
        {"ingredients": "lait", "allergens": ["milk"], "nutriscore": "b"},
        {"ingredients": "sel", "allergens": [], "labels": ["organic"]},
        {"nutriscore": "a"},
    ]
    for i, gtin in enumerate(shared_only.gtins[:3]):
        Product.objects.filter(variant__gtin=gtin).update(
            facts=facts[i], brand="AB"[i % 2], sort_name=f"{i}"
        )
        Price.objects.filter(listing__variant__gtin=gtin).update(
            amount=Decimal(3 - i), former_amount=Decimal(9) if i == 2 else None
        )
    return shared_only


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "012"),
        ("sort=price", "210"),
        ("sort=-price", "012"),
        ("sort=grade", "201"),
        ("brand=A", "02"),
        ("brand=A&brand=B", "012"),
        ("label=organic", "1"),
        ("without=milk", "1"),  # of the third nobody knows
        ("grade=a&grade=b", "02"),
        ("low=1,5", "01"),
        ("high=1.00", "2"),
        ("offers=1", "2"),
        ("brand=B&offers=1", ""),
    ],
)
def test_a_shelf_is_narrowed_and_ordered_by_its_address(stocked, shop, query, found):
    assert shown(shop, stocked, query) == found


def test_a_kilo_is_not_compared_with_a_piece_nor_with_nothing(stocked, shop):
    """3, 2 and 1 euros; one of them holds nothing that anybody counted."""
    first, second, third = stocked.gtins
    for gtin, net in ((first, (90, "piece")), (second, (4, "g")), (third, (0, "g"))):
        Variant.objects.filter(gtin=gtin).update(net_quantity=net[0], net_unit=net[1])
    assert shown(shop, stocked, "sort=unit") == "102"


def test_offers_only_are_also_those_that_promotions_are_about(stocked, shop):
    assert "/shop/p/" + stocked.gtins[0] not in text_of(shop.get("/shop/"))
    jar = {"goods": {"gtins": [stocked.gtins[0]]}}
    an_offer({"kind": "n_for_m", "take": 3, "pay": 2, **jar})
    assert shown(shop, stocked, "offers=1") == "02"
    assert shown(shop, stocked, "offers=1&low=2") == "0"
    assert "/shop/p/" + stocked.gtins[0] in text_of(shop.get("/shop/"))
    assert asked(shop, "/shop/d/grocery/?offers=1") == {"default": 1, "side": 8}
    whole = {"departments": [str(Department.objects.get(code="grocery").id)]}
    an_offer({"kind": "percent", "percent": "5", "goods": whole})
    assert shown(shop, stocked, "offers=1") == "012"


def test_a_shelf_that_was_narrowed_to_nothing_says_what_to_do(stocked, shop):
    page = text_of(shop.get("/shop/d/grocery/?high=0.01&sort=price"))
    assert "Take all off" in page
    assert 'href="?sort=price"' in page


def test_search_knows_english_words_and_departments(stocked, shop):
    Product.objects.filter(variant__gtin=stocked.gtins[0]).update(
        sort_name="sirop de cassis"
    )
    link = f"/shop/p/{stocked.gtins[0]}/"
    for query in ("blackcurrant", "Syrups", "blackcurrant syrup"):
        assert link in text_of(shop.get("/shop/search/", {"q": query})), query
    name = Department.objects.get(code="grocery").name_fr
    page = text_of(shop.get("/shop/search/", {"q": name}))
    assert all(f"/shop/p/{gtin}/" in page for gtin in stocked.gtins[:3])


def test_suggestions_are_options_of_a_list(stocked, shop):
    page = text_of(shop.get("/shop/search/suggest/", {"q": stocked.gtins[1]}))
    assert f'/shop/p/{stocked.gtins[1]}/"' in page
    assert page.count('role="option"') == 2  # it, and all results
    assert "go on typing" in text_of(shop.get("/shop/search/suggest/", {"q": "zzz"}))
    assert asked(shop, "/shop/search/suggest/?q=article") == {"default": 1, "side": 3}


def test_a_suggestion_is_what_the_search_finds_at_the_price_of_the_shelf(stocked, shop):
    jar = {"goods": {"gtins": [stocked.gtins[0]]}}
    an_offer({"kind": "percent", "percent": "50", **jar}, name_en="Half price")
    name = Department.objects.get(code="grocery").name_fr
    page = text_of(shop.get("/shop/search/suggest/", {"q": name}))
    assert all(f"/shop/p/{gtin}/" in page for gtin in stocked.gtins)
    assert "· Half price" in page
    assert "€1.50" in page
    assert "€3.00" not in page


@pytest.mark.faults
@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_the_whole_catalogue_is_searched_by_its_index() -> None:
    """7,839 products: the plan of a search reads the trigram index, not the table."""
    now = timezone.now()
    with channels.use_channel(Channel.WEBSHOP):
        with channels.atomic():
            catalogue.write_master()
            catalogue.write_listings(Channel.WEBSHOP, since=now)
            assert catalogue.import_rest(Channel.WEBSHOP, now=now) == 5992
            catalogue.import_rest(Channel.WEBSHOP, now=now)
            whole = 7839 + len(catalogue.weighed())
            assert Product.objects.count() == whole
        # as autovacuum does within a minute
        with owner_connection(channels.database_for(Channel.WEBSHOP)) as connection:
            connection.execute(
                "SELECT gin_clean_pending_list('product_sort_name_trgm')"
            )
            connection.execute("ANALYZE")
        for query in ("noisete", "hazelnut", "velouté potiron"):
            plan = search.found(query, now, Department.objects.all())[:24].explain()
            assert "product_sort_name_trgm" in plan, f"{query}\n{plan}"
