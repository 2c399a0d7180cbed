"""Tills and what they sold. Tickets are append only and chained per till."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Location, Row, Unit, Variant, owned_by
from inventory.places import Origin
from pos.drawer_models import CashMove, CashWay, Closing, ClosingTender
from pos.parked_models import ParkedTicket
from pos.quick_key_models import QuickKeys

__all__ = [
    "CashMove",
    "CashWay",
    "Closing",
    "ClosingTender",
    "CutReason",
    "ParkedTicket",
    "QuickKeys",
    "Return",
    "ReturnReason",
    "Shift",
    "Tender",
    "TenderMethod",
    "Ticket",
    "TicketKind",
    "TicketLine",
    "Till",
]


class Till(Row):
    """A place where goods are paid. The device that stands there is enrolled at head
    office under this id. `last_number` and `last_hash` are the tip of its chain."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    last_number = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            owned_by("till", Origin.POS),
            models.UniqueConstraint(
                fields=["location", "number"], name="one_till_per_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(Row):
    """A person at a till, from opening to closing. The employee is a plain id and a
    name: people are head office's."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT)
    employee_id = models.UUIDField()
    employee_name = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # counted into the drawer before the first sale
    opening_cash = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        constraints = [
            owned_by("shift", Origin.POS),
            models.UniqueConstraint(
                fields=["till"],
                condition=Q(closed_at__isnull=True),
                name="one_open_shift_per_till",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_name} {self.opened_at:%Y-%m-%d}"


class TicketKind(models.TextChoices):
    SALE = "sale", _("sale")
    WEB_ORDER = "web_order", _("web order paid at the counter")
    REFUND = "refund", _("refund or exchange")
    GIFT_CARD = "gift_card", _("gift card sold or loaded")


class Ticket(Row):
    """What the device printed, word for word in `canonical`, and its place in the
    till's chain. Customer, order and employee are plain ids with a name snapshot."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="tickets")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT)
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=TicketKind)
    chain_version = models.PositiveSmallIntegerField(default=1)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    canonical = models.TextField()
    sold_at = models.DateTimeField()
    received_at = models.DateTimeField()
    employee_id = models.UUIDField()
    employee_name = models.CharField(max_length=80)
    customer_id = models.UUIDField(null=True)
    customer_name = models.CharField(max_length=80, blank=True)
    order_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=16, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    total = models.DecimalField(max_digits=12, decimal_places=2)
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    points_earned = models.IntegerField(default=0)
    points_spent = models.IntegerField(default=0)
    # a manager who agreed, in the word of `pos/approving.py`; sealed with the ticket
    approval_id = models.UUIDField(null=True, unique=True)
    approved_by = models.UUIDField(null=True)
    approved_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            owned_by("ticket", Origin.POS),
            models.UniqueConstraint(
                fields=["till", "number"], name="ticket_number_once"
            ),
            # a chain may not fork
            models.UniqueConstraint(
                fields=["till", "previous_hash"], name="ticket_chain_never_forks"
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id", "-sold_at"]),
            models.Index(fields=["order_id"]),
            # tickets arrive in the order of the table: a few pages say where a day is
            BrinIndex(fields=["received_at"], name="ticket_received"),
        ]

    def __str__(self) -> str:
        return f"{self.till_id} {self.number}"


class CutReason(models.TextChoices):
    DAMAGED = "damaged", _("damaged")
    DATE = "date", _("date too short")
    MARKED = "marked", _("marked lower on the shelf")
    GESTURE = "gesture", _("gesture to the customer")


class TicketLine(Row):
    """`total` is quantity × `unit_price` − `discount`, the unit price being that of a
    kilo where the quantity is in grams; `offers` say what took the discount off:
    [{"promotion": id, "name", "amount", "code"}]."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    # empty where the ticket settles a web order: its goods are the pickup's
    variant = models.ForeignKey(Variant, null=True, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14, blank=True)
    title = models.CharField(max_length=200)
    quantity = models.IntegerField()
    unit = models.CharField(
        max_length=5, choices=Unit, default=Unit.PIECE, db_default=Unit.PIECE
    )
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4)
    discount = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    offers = models.JSONField(default=list)
    # where the seller asked less than the price: `unit_price` is what was asked
    price_before = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    cut_reason = models.CharField(max_length=8, choices=CutReason, blank=True)
    total = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            owned_by("ticket_line", Origin.POS),
            models.UniqueConstraint(
                fields=["ticket", "position"], name="ticket_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class TenderMethod(models.TextChoices):
    CASH = "cash", _("cash")
    CARD = "card", _("card")
    POINTS = "points", _("points")
    GIFT_CARD = "gift", _("gift card")


class Tender(Row):
    """How a ticket was paid. `amount` counts towards the total; `given` and `change`
    are what went over the counter in cash. A gift card may be the other channel's: it
    is named by its plain id."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="tenders")
    position = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=6, choices=TenderMethod)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    given = models.DecimalField(max_digits=12, decimal_places=2)
    change = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    gift_card_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            owned_by("tender", Origin.POS),
            models.UniqueConstraint(fields=["ticket", "position"], name="tender_once"),
            models.CheckConstraint(
                name="given_is_amount_and_change",
                condition=Q(given=models.F("amount") + models.F("change")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount}"


class ReturnReason(models.TextChoices):
    UNWANTED = "unwanted", _("not wanted after all")
    FAULTY = "faulty", _("faulty or spoilt")
    WRONG = "wrong", _("not what was asked for")
    PRICE = "price", _("wrong price")


class Return(Row):
    """Goods that came back to a store, a row for each line. A sale of a till is named
    by its line, a web order by plain ids: it is another owner's.

    Append only. The acts on one sale are numbered (`sequence`, and `part` within one),
    so that two at once cannot both count on what is left: one of them is tried again.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.PROTECT, related_name="returns"
    )
    position = models.PositiveSmallIntegerField(null=True)
    sale = models.ForeignKey(
        Ticket, null=True, on_delete=models.PROTECT, related_name="came_back"
    )
    line = models.ForeignKey(
        TicketLine, null=True, on_delete=models.PROTECT, related_name="came_back"
    )
    sequence = models.PositiveSmallIntegerField(default=0)
    part = models.PositiveSmallIntegerField(default=0)
    order_id = models.UUIDField(null=True)
    order_line_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=16, blank=True)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=8, choices=ReturnReason)
    # else it was written off, and never entered the stock
    restocked = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            owned_by("return", Origin.POS),
            models.UniqueConstraint(
                fields=["sale", "sequence", "part"], name="sale_returned_in_turn"
            ),
            models.CheckConstraint(
                name="return_quantity_positive", condition=Q(quantity__gte=1)
            ),
        ]
        indexes = [models.Index(fields=["order_id"])]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"
