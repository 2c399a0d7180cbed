from django.urls import include, path

from pos.views import (
    counter,
    drawer,
    gift_cards,
    offers,
    parking,
    quick_keys,
    returns,
    till,
)
from retail.fulfilment.mounts import STORE

urlpatterns = [
    path("", till.till, name="pos_till"),
    path("till/bootstrap/", till.bootstrap, name="pos_api_bootstrap"),
    path("till/shift/", till.shift, name="pos_api_shift"),
    path("till/shift/cash/", drawer.cash, name="pos_api_cash"),
    path("till/shift/report/", drawer.report, name="pos_api_report"),
    path("till/shift/close/", drawer.close, name="pos_api_close"),
    path("till/products/", till.products, name="pos_api_products"),
    path("till/customers/", till.customers, name="pos_api_customers"),
    path("till/pickups/", counter.pickups, name="pos_api_pickups"),
    path("till/gift-cards/", gift_cards.card, name="pos_api_gift_cards"),
    path("till/offers/", offers.running, name="pos_api_offers"),
    path("till/coupons/", offers.coupon, name="pos_api_coupons"),
    path(
        "till/pickups/<uuid:id>/hand-over/",
        counter.hand_over,
        name="pos_api_hand_over",
    ),
    path("till/tickets/<uuid:id>/", counter.ticket, name="pos_api_ticket"),
    path("till/receipts/", returns.receipt, name="pos_api_receipts"),
    path("till/orders/<uuid:id>/", returns.web_order, name="pos_api_web_return"),
    path("till/parked/", parking.parked, name="pos_api_parked"),
    path("till/parked/<uuid:id>/", parking.take_up, name="pos_api_take_up"),
    path("till/approvals/", returns.approval, name="pos_api_approvals"),
    path("store/keys/", quick_keys.show, {"mount": STORE}, name="pos_quick_keys"),
    path(
        "store/keys/<slug:what>/",
        quick_keys.act,
        {"mount": STORE},
        name="pos_quick_keys_act",
    ),
    # the store side: pickups, stock and customers
    path("store/", include("retail.fulfilment.store_urls")),
]
