"""The pages of each part of the demo, to be walked one by one.

A part is somebody of the demo; what follows a colon divides the pages of one into walks
of some minutes.
"""

from __future__ import annotations

TABLES = (
    *("inventory/department", "inventory/variant", "inventory/listing"),
    *("inventory/price", "inventory/taxcategory", "inventory/location"),
    *("inventory/stocklevel", "inventory/stockmovement", "pos/ticket", "pos/till"),
    *("retail/coupon", "retail/customer", "retail/inboxmessage", "retail/notice"),
    *("retail/order", "retail/outboxmessage", "retail/payment", "retail/promotion"),
    *("retail/pickupsetting", "retail/refund", "retail/storeavailability"),
    *("staff/employee", "staff/tilldevice"),
)
PAGES: dict[str, tuple[str, ...]] = {
    "guest": (
        "/",
        "/shop/",
        "/shop/d/biscuits/",
        "/shop/search/?q=noisette",
        "/shop/search/?q=zzzz",
        "/shop/p/3608580002635/",
        "/shop/stores/",
        "/shop/stores/?q=Lyon",
        "/shop/stores/BAT/",
        "/shop/basket/",
        "/shop/gift-card/",
        "/shop/account/login/",
        "/shop/account/signup/",
        "/shop/account/erased/",
        "/shop/offline/fr/",
        "/problems/out-of-stock",
        "/pos/sign-in/",
        "/office/sign-in/",
    ),
    "alice": (
        "/shop/basket/",
        "/shop/checkout/",
        "/shop/account/",
        "/shop/account/points/",
        "/shop/account/profile/",
        "/shop/account/addresses/",
        "/shop/account/preferences/",
        "/shop/account/privacy/",
    ),
    "ines": ("/pos/",),
    "samir": (
        "/pos/store/",
        "/pos/store/pick/",
        "/pos/store/pick/list/",
        "/pos/store/keys/",
        "/pos/store/transfers/",
        "/pos/store/parcels/",
        "/pos/store/stock/",
        "/pos/store/stock/?q=noisette",
        "/pos/store/stock/low/",
        "/pos/store/stock/counts/",
        "/pos/store/settings/",
        "/pos/store/customers/",
    ),
    "noe": (
        "/warehouse/",
        "/warehouse/stock/",
        "/warehouse/stock/low/",
        "/warehouse/stock/counts/",
    ),
    "sarah": (
        "/office/",
        "/office/?level=multichannel&preview=now",
        "/office/knows/",
        "/office/knows/?q=alice@example.com",
        "/office/identity/",
        "/office/identity/links/",
        "/office/books/",
        "/office/messages/",
        "/office/service/",
        "/office/offers/",
        "/office/offers/webshop/new/bundle/",
        "/office/offers/pos/new/percent/",
        "/office/exchange/",
        "/office/closed-days/",
        "/office/changes/",
        "/office/money/",
    ),
    "sarah:tables": (
        "/admin/",
        "/admin/inventory/product/",
        "/admin/inventory/price/add/",
        "/admin/inventory/location/add/",
        "/admin/staff/employee/add/",
        *(f"/admin/{table}/" for table in TABLES),
    ),
}
DARK = (
    "/shop/",
    "/shop/p/3608580002635/",
    "/pos/",
    "/pos/store/",
    "/office/offers/",
    "/admin/inventory/product/",
)
