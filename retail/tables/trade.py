"""Head office's tables to read: stock, offers, customers, orders, money, receipts and
what travels. Each says whose rows it shows; what changes them are the staff's pages."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import EmptyFieldListFilter
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from inventory.places import Origin
from pos.models import Tender, TicketLine
from retail.formatting import day_time, money, quantity
from retail.office.letter_words import called
from retail.orders.models import OrderEvent, OrderLine
from retail.tables.table import Lines, Table, column
from retail.tables.telling import product_column
from retail.tables.wording import InWords

PRODUCT = product_column()
STOCK = (
    *("variant", PRODUCT, "location"),
    *("on_hand", "reserved", "safety", "oversold"),
)


class StockLevelTable(Table):
    list_display = STOCK
    list_filter = ("location",)
    list_select_related = ("variant__product", "location")
    search_fields = ("variant__gtin", "variant__product__name")
    ordering = ("location_id", "variant_id")
    shown = (*STOCK, "blocked_until", "sequence")


HOW_MANY = column(
    "quantity",
    gettext_lazy("Quantity"),
    lambda row: quantity(row.quantity, row.variant.unit),
    order="quantity",
)


class StockMovementTable(Table):
    list_display = ("at", "variant", PRODUCT, "location", HOW_MANY, "kind", "by")
    list_filter = ("location", ("kind", InWords))
    list_select_related = ("variant__product", "location")
    search_fields = ("variant__gtin", "reference")
    ordering = ("-at", "id")
    shown = (
        *("at", "variant", "location", HOW_MANY, "kind", "reference", "by"),
        "sequence",
    )


class AvailabilityTable(Table):
    """The webshop's copy of the stores' shelves."""

    copies = Origin.POS.label
    list_display = (
        *("location", "variant", PRODUCT),
        *("available", "open_requests", "sequence"),
    )
    list_filter = ("location",)
    list_select_related = ("variant__product", "location")
    search_fields = ("variant__gtin",)
    ordering = ("location_id", "variant_id")
    shown = list_display


def to_offer(row: Any) -> str:
    where = reverse("office_offer", args=[row.origin, row.pk])
    return format_html('<a href="{}">{}</a>', where, _("Open among the offers"))


def in_words(offer: Any) -> str:
    return str(offer.name(get_language() or "en"))


NAMED = column("called", gettext_lazy("Name"), in_words, order="name_fr")


class PromotionTable(Table):
    list_display = (NAMED, "origin", "starts_at", "ends_at", "needs_code")
    list_filter = ("origin", "needs_code", "starts_at")
    search_fields = ("name_fr", "name_en")
    ordering = ("-starts_at", "id")
    shown = (
        *("origin", "name_fr", "name_en", "rule", "starts_at", "ends_at", "priority"),
        *("exclusive", "needs_code"),
        column("page", gettext_lazy("To change it"), to_offer),
    )

    def called(self, row: Any) -> str:
        return in_words(row)


OFFER = column("promotion", gettext_lazy("Offer"), lambda row: in_words(row.promotion))


class CouponTable(Table):
    list_display = ("code", OFFER, "used", "most", "origin")
    list_filter = ("origin",)
    list_select_related = ("promotion",)
    search_fields = ("code",)
    ordering = ("code", "id")
    shown = ("origin", "code", OFFER, "most", "used")


PERSON = ("first_name", "last_name", "email", "phone", "card")


class CustomerTable(Table):
    list_display = (*PERSON, "origin", "registered_at")
    list_filter = ("origin", "language", ("erased_at", EmptyFieldListFilter))
    search_fields = PERSON
    ordering = ("-registered_at", "id")
    shown = (
        *("origin", *PERSON, "birth_date", "postcode", "language", "registered_at"),
        "erased_at",
    )


class OrderLines(Lines):
    model = OrderLine
    fields = ("gtin", "title", "quantity", "unit_price", "discount", "total")
    ordering = ("position",)


class OrderEvents(Lines):
    model = OrderEvent
    fields = ("at", "kind", "before", "after", "by")
    ordering = ("at", "id")


class OrderTable(Table):
    list_display = ("number", "placed_at", "email", "status", "total", "origin")
    list_filter = ("status", "origin", "placed_at")
    search_fields = ("number", "email", "last_name")
    ordering = ("-placed_at", "id")
    shown = (
        *("origin", "number", "status", "placed_at", "finished_at"),
        *("first_name", "last_name", "email", "phone", "language"),
        *("goods", "discount", "shipping", "tax", "total", "points_redeemed"),
    )
    inlines = (OrderLines, OrderEvents)


class PaymentTable(Table):
    list_display = ("order", "method", "status", "amount", "captured", "refunded")
    list_filter = ("method", "status", "provider")
    list_select_related = ("order",)
    search_fields = ("order__number", "provider_reference")
    ordering = ("-made_at", "id")
    shown = (
        *("origin", "order", "method", "provider", "provider_reference", "status"),
        *("amount", "reserved", "to_take", "captured", "refunded"),
        *("made_at", "captured_at"),
    )

    def called(self, row: Any) -> str:
        return f"{row.order} · {money(row.amount, row.currency)}"


ORDER_PAID = column("order", gettext_lazy("Order"), lambda row: row.payment.order)


class RefundTable(Table):
    list_display = ("at", ORDER_PAID, "amount", "reason")
    list_select_related = ("payment__order",)
    search_fields = ("payment__order__number", "provider_reference")
    ordering = ("-at", "id")
    shown = ("origin", "payment", "amount", "reason", "provider_reference", "at")

    def called(self, row: Any) -> str:
        return f"{row.payment.order} · {money(row.amount)}"


class TicketLines(Lines):
    model = TicketLine
    fields = ("gtin", "title", "quantity", "unit_price", "discount", "total")
    ordering = ("position",)


class Tenders(Lines):
    model = Tender
    fields = ("method", "amount", "given", "change")
    ordering = ("position",)


class TicketTable(Table):
    list_display = ("till", "number", "sold_at", "kind", "employee_name", "total")
    list_filter = ("kind", "till__location", "sold_at")
    list_select_related = ("till",)
    search_fields = ("=number", "order_number", "customer_name")
    ordering = ("-sold_at", "id")
    shown = (
        *("till", "number", "kind", "sold_at", "employee_name", "customer_name"),
        *("order_number", "total", "tax", "points_earned", "points_spent"),
        *("hash", "previous_hash"),
    )
    inlines = (TicketLines, Tenders)


class OutboxTable(Table):
    list_display = ("made_at", "kind", "to", "subject", "sent_at", "attempts")
    list_filter = (
        *(("kind", InWords), "to"),
        ("sent_at", EmptyFieldListFilter),
        ("dead_at", EmptyFieldListFilter),
    )
    search_fields = ("=subject",)
    ordering = ("-made_at", "id")
    shown = (
        *("origin", "to", "kind", "subject", "version", "made_at", "due_at"),
        *("sent_at", "attempts", "last_error", "dead_at"),
    )

    def called(self, row: Any) -> str:
        return f"{called(row.kind)} · {day_time(row.made_at)}"


class InboxTable(Table):
    list_display = ("handled_at", "kind", "handler", "subject", "version")
    list_filter = (("kind", InWords),)
    search_fields = ("=subject",)
    ordering = ("-handled_at", "id")
    shown = ("origin", "kind", "handler", "subject", "version", "handled_at")

    def called(self, row: Any) -> str:
        return f"{called(row.kind)} · {day_time(row.handled_at)}"


class NoticeTable(Table):
    list_display = ("made_at", "kind", "way", "address", "sent_at", "attempts")
    list_filter = (
        ("kind", InWords),
        ("way", InWords),
        ("sent_at", EmptyFieldListFilter),
    )
    search_fields = ("address",)
    ordering = ("-made_at", "id")
    shown = (
        *("origin", "kind", "way", "address", "language", "made_at", "due_at"),
        *("sent_at", "attempts", "last_error", "dead_at"),
    )

    def called(self, row: Any) -> str:
        return f"{called(row.kind)} · {day_time(row.made_at)}"
