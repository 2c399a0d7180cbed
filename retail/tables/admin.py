"""Which tables head office has, under which name and in which group."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models import (
    Department,
    Listing,
    Location,
    Price,
    Product,
    StockLevel,
    StockMovement,
    TaxCategory,
    Variant,
)
from pos.models import Tender, Ticket, TicketLine, Till
from retail.customers.models import Customer
from retail.fulfilment.models import PickupSetting, StoreAvailability
from retail.messages.models import InboxMessage, OutboxMessage
from retail.notices.models import Notice
from retail.orders.models import Order, OrderEvent, OrderLine
from retail.payments.models import Payment, Refund
from retail.promotions.models import Coupon, Promotion
from retail.staff.models import Employee, TillDevice
from retail.tables import goods, people, places, tills, trade
from retail.tables.naming import named
from retail.webhooks.models import Endpoint

__all__ = ["GROUPS"]

# What the packages register for themselves would go past the verbs: a flag past the
# dial, an address past its proof. Groups are not used: a role says what somebody may.
for foreign in list(admin.site._registry):
    admin.site.unregister(foreign)

One = tuple[type[models.Model], type[Any], Any, Any]
GROUPS: list[tuple[Any, list[One]]] = [
    (
        _("Catalogue"),
        [
            (Department, goods.DepartmentTable, _("department"), _("Departments")),
            (Product, goods.ProductTable, _("product"), _("Products")),
            (Variant, goods.VariantTable, _("article"), _("Articles")),
            (Listing, goods.ListingTable, _("listing"), _("Listings")),
            (Price, goods.PriceTable, _("price"), _("Prices")),
            (TaxCategory, goods.TaxTable, _("VAT rate"), _("VAT rates")),
        ],
    ),
    (
        _("Places"),
        [
            (Location, places.LocationTable, _("place"), _("Stores and hours")),
            (
                PickupSetting,
                places.PickupSettingTable,
                _("pickup setting"),
                _("Pickup settings"),
            ),
            (StockLevel, trade.StockLevelTable, _("stock level"), _("Stock")),
            (
                StockMovement,
                trade.StockMovementTable,
                _("movement"),
                _("Movements of stock"),
            ),
            (
                StoreAvailability,
                trade.AvailabilityTable,
                _("copied stock level"),
                _("The web’s copy of the stock"),
            ),
        ],
    ),
    (
        _("People"),
        [
            (Employee, people.EmployeeTable, _("person"), _("People and roles")),
            (TillDevice, people.DeviceTable, _("device"), _("Devices")),
            (Customer, trade.CustomerTable, _("customer"), _("Customers")),
        ],
    ),
    (
        _("Trade"),
        [
            (Order, trade.OrderTable, _("order"), _("Orders")),
            (Payment, trade.PaymentTable, _("payment"), _("Payments")),
            (Refund, trade.RefundTable, _("refund"), _("Refunds")),
            (Ticket, trade.TicketTable, _("receipt"), _("Receipts")),
            (Till, tills.TillTable, _("till"), _("Tills")),
            (Promotion, trade.PromotionTable, _("offer"), _("Offers")),
            (Coupon, trade.CouponTable, _("code"), _("Codes")),
        ],
    ),
    (
        _("What travels"),
        [
            (OutboxMessage, trade.OutboxTable, _("message"), _("Messages sent")),
            (InboxMessage, trade.InboxTable, _("handled message"), _("Handled")),
            (Notice, trade.NoticeTable, _("letter"), _("Letters to customers")),
        ],
    ),
]
for part, one, many in (
    # the parts that a row's page lists below it
    (OrderLine, _("Line"), _("Lines")),
    (OrderEvent, _("What happened"), _("What happened")),
    (TicketLine, _("Line"), _("Lines")),
    (Tender, _("payment"), _("Payments")),
    # no table of its own: the log names it
    (Endpoint, _("webhook"), _("Webhooks")),
):
    named(part, one, many)
for title, tables in GROUPS:
    for model, table, one, many in tables:
        named(model, one, many)
        admin.site.register(model, table, group=title)
