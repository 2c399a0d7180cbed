"""The shipped catalogue as the demo reads it."""

from inventory.names import plain
from retail.demo import catalogue


def test_a_brand_is_written_in_one_way() -> None:
    goods = [*catalogue.products(), *catalogue.the_rest()]
    brands = {row["brand"] for row in goods}
    assert len(brands) == len({plain(brand) for brand in brands}) > 1000
    assert {"P’tit déli", "LU", "Céréal Bio", "Éco +"} & brands == {
        "P’tit déli",
        "LU",
        "Céréal Bio",
    }
    known = catalogue.spellings()
    [row] = catalogue.spelt([{"gtin": "1", "brand": "LIÉBIG"}], known)
    assert row == {"gtin": "1", "brand": "Liebig"}
