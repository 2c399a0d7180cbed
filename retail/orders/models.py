"""Orders of a channel, and baskets. An order belongs to the channel it was placed in."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, Variant, owned_by
from inventory.money import rounded, rounded_down
from inventory.places import Origin
from retail.customers.models import Customer

__all__ = [
    "ORDER_MOVES",
    "Basket",
    "BasketLine",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderStatus",
]

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class Basket(Row):
    """What somebody gathers before ordering. `customer` or `session` (a hash of the
    visitor's session key) says whose it is; closed when it became an order. `coupons`
    are codes that were typed; they are used when it is ordered."""

    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT)
    session = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    order_id = models.UUIDField(null=True)
    coupons = models.JSONField(default=list)

    class Meta:
        constraints = [
            owned_by("basket", *CHANNELS),
            models.UniqueConstraint(
                fields=["origin", "customer"],
                condition=Q(closed_at__isnull=True, customer__isnull=False),
                name="one_open_basket_per_customer",
            ),
            models.UniqueConstraint(
                fields=["origin", "session"],
                condition=Q(closed_at__isnull=True) & ~Q(session=""),
                name="one_open_basket_per_session",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class BasketLine(Row):
    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            owned_by("basket_line", *CHANNELS),
            models.UniqueConstraint(
                fields=["basket", "variant"], name="one_basket_line_per_variant"
            ),
            models.CheckConstraint(
                name="basket_quantity_positive", condition=Q(quantity__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class OrderStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
    PAYMENT_FAILED = "payment_failed", _("payment failed")
    PLACED = "placed", _("placed")
    PART_FULFILLED = "part_fulfilled", _("partly fulfilled")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")


# (from, to): the moves an order may make. "" is birth.
ORDER_MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        ("", "awaiting_payment"),
        ("", "placed"),
        ("awaiting_payment", "placed"),
        ("awaiting_payment", "payment_failed"),
        ("awaiting_payment", "cancelled"),
        ("payment_failed", "placed"),
        ("payment_failed", "cancelled"),
        ("placed", "part_fulfilled"),
        ("placed", "completed"),
        ("placed", "cancelled"),
        ("part_fulfilled", "completed"),
    }
)


class Order(Row):
    """`number` is what people read: W-000123 on the web.

    `maker` says who placed it ("customer:<id>", "session:<hash>", "key:<id>"): the
    same id from another maker is somebody else's. `body_hash` is that of what was
    asked, so that the same id with another body is refused. Amounts include tax.
    `points_value` is what `points_redeemed` paid for; `goods` are what the lines cost
    after offers took `discount` off them. `visitor` is a keyed hash of the network
    address that ordered, kept while the order waits for its money and no longer.
    """

    number = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT)
    maker = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    visitor = models.CharField(max_length=32, blank=True, default="", db_default="")
    email = models.EmailField()
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, default="fr")
    status = models.CharField(max_length=16, choices=OrderStatus)
    # what the customer asked the other side for and is not answered yet
    requested = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    goods = models.DecimalField(max_digits=12, decimal_places=2)
    discount = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    shipping = models.DecimalField(max_digits=12, decimal_places=2)
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    points_redeemed = models.PositiveIntegerField(default=0)
    points_value = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    placed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("order", *CHANNELS),
            models.UniqueConstraint(
                fields=["origin", "number"], name="order_number_once"
            ),
            models.CheckConstraint(
                name="order_total_adds_up",
                condition=Q(
                    total=models.F("goods")
                    + models.F("shipping")
                    - models.F("points_value")
                ),
            ),
            models.CheckConstraint(
                name="order_total_not_negative", condition=Q(total__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at"]),
            models.Index(fields=["email"]),
            models.Index(fields=["status", "placed_at"]),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Row):
    """What was ordered, as it was then. `dropped` units will not be delivered. A line
    that `replaces` the one at that position was agreed afterwards, for goods that the
    store could not find; it costs no more than they did.

    `total` is what the whole line costs: quantity × `unit_price` − `discount`, and
    `offers` say what took that off: [{"promotion": id, "name", "amount", "code"}].
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField(default=0)
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4)
    discount = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    offers = models.JSONField(default=list)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    replaces = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            owned_by("order_line", *CHANNELS),
            models.UniqueConstraint(
                fields=["order", "position"], name="order_line_once"
            ),
            models.CheckConstraint(
                name="order_line_quantities",
                condition=Q(quantity__gte=1, dropped__lte=models.F("quantity")),
            ),
            # an offer gives no money out
            models.CheckConstraint(
                name="order_line_discount_within",
                condition=Q(discount__gte=0, total__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def each(self) -> Decimal:
        """What one unit cost after offers, rounded down."""
        return rounded_down(self.total / self.quantity)

    @property
    def reductions(self) -> list[dict[str, Any]]:
        """[{"name": of the offer, "amount": euros off the line, "code"}]"""
        return [{**each, "amount": Decimal(each["amount"])} for each in self.offers]

    def worth(self, units: int) -> Decimal:
        """What so many units of the line cost: a discount is shared out over them all,
        so that parts add up to the whole."""
        off = rounded(self.discount * units / self.quantity)
        return self.unit_price * units - off


class OrderEvent(Row):
    """Append only: who did what when. `kind` names the act; `before`/`after` are
    statuses where the order moved, equal where it did not."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [owned_by("order_event", *CHANNELS)]
        indexes = [models.Index(fields=["order", "at"])]

    def __str__(self) -> str:
        return self.kind
