from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from inventory.models.rows import Row, owned, owned_by
from inventory.places import Origin


class Unit(models.TextChoices):
    PIECE = "piece", _("piece")
    GRAM = "gram", _("gram")


class TaxCategory(Row):
    """A rate of value added tax; `rate` 0.0550 is 5.5 %."""

    code = models.CharField(max_length=20, unique=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    name_fr = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)

    class Meta:
        constraints = [
            owned_by("tax_category", Origin.HEAD_OFFICE),
            models.CheckConstraint(
                name="tax_rate_is_a_share",
                condition=models.Q(rate__gte=0, rate__lt=1),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Department(Row):
    """A shelf of the catalogue; `icon` names a symbol of the sprite."""

    code = models.SlugField(max_length=40, unique=True)
    name_fr = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    icon = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [owned_by("department", Origin.HEAD_OFFICE)]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of the reader."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en


class Product(Row):
    """What a customer knows by name. `sort_name` is lowered and without accents,
    because the database orders by code point (é after z)."""

    name = models.CharField(max_length=200)
    brand = models.CharField(max_length=120, blank=True)
    sort_name = models.CharField(max_length=330, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    # ingredients, nutriscore, nova: as the source gives them
    facts = models.JSONField(default=dict, blank=True)
    image = models.CharField(max_length=120, blank=True)
    image_treatment = models.CharField(
        max_length=6,
        blank=True,
        choices=[("cutout", "cutout"), ("snap", "snap")],
    )

    class Meta:
        constraints = [owned_by("product", Origin.HEAD_OFFICE)]
        indexes = [
            models.Index(fields=["department", "sort_name"]),
            # a list by name stops where its page is full
            models.Index(fields=["sort_name"]),
            GinIndex(
                fields=["sort_name"],
                opclasses=["gin_trgm_ops"],
                name="product_sort_name_trgm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(Row):
    """What has a barcode, a price and a stock. Quantities of a variant are integers:
    pieces, or grams where `unit` is gram."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14, unique=True)
    unit = models.CharField(max_length=5, choices=Unit, default=Unit.PIECE)
    size = models.CharField(max_length=40, blank=True)
    # for the price per kilo or litre (arrêté du 16 novembre 1999); what is weighed has
    # a kilo, 1000 g, for which its price is
    net_quantity = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True
    )
    net_unit = models.CharField(
        max_length=5,
        blank=True,
        choices=[("g", "g"), ("ml", "ml"), ("piece", "piece")],
    )
    tax_category = models.ForeignKey(TaxCategory, on_delete=models.PROTECT)
    aisle = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [owned_by("variant", Origin.HEAD_OFFICE)]
        indexes = [models.Index(fields=["product"])]

    def __str__(self) -> str:
        return self.gtin

    @property
    def weighed(self) -> bool:
        """Whether it is counted in grams, and its price is that of a kilo."""
        return self.unit == Unit.GRAM


class Listing(Row):
    """That a channel offers a variant, in its own words. Its owner is the channel."""

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            owned_by("listing", Origin.WEBSHOP, Origin.POS),
            models.UniqueConstraint(
                fields=["variant", "origin"], name="listed_once_per_channel"
            ),
        ]
        indexes = [models.Index(fields=["department", "origin", "active"])]

    def __str__(self) -> str:
        return self.title


class Price(Row):
    """What a channel asks for a variant from a day on, tax included: for a piece, or
    for a kilo of what is weighed.

    `former_amount` is the price before the reduction that an offer must name
    (directive 98/6/CE, article 6 bis); empty where there is no offer.
    """

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    former_amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True
    )
    # "real" was observed in a shop, "demo" was made up for the demonstration
    kind = models.CharField(max_length=4, default="real")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            owned("price"),
            models.UniqueConstraint(
                fields=["listing", "valid_from"], name="one_price_from_a_moment"
            ),
            models.CheckConstraint(
                name="price_not_negative", condition=models.Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
