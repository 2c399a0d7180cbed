"""The shop's pages. Signing in and out is mounted beside them (`retail.staff`)."""

from django.urls import path

from webshop.views import (
    account,
    addresses,
    app,
    basket,
    catalogue,
    checkout,
    feeds,
    gift_cards,
    letters,
    orders,
    paying,
    pickups,
    privacy,
    shelves,
    stores,
)

urlpatterns = [
    path("", catalogue.home, name="shop_home"),
    path("manifest.webmanifest", app.manifest, name="shop_manifest"),
    path("worker.js", app.worker, name="shop_worker"),
    path("offline/<slug:language>/", app.offline, name="shop_offline"),
    path("d/<slug:code>/", shelves.department, name="shop_department"),
    path("search/", shelves.results, name="shop_search"),
    path("search/suggest/", shelves.suggest, name="shop_suggest"),
    path("p/<str:gtin>/", catalogue.product, name="shop_product"),
    path("01/<str:gtin>", catalogue.digital_link, name="shop_gtin"),
    path("basket/", basket.page, name="shop_basket"),
    path("basket/put/", basket.put, name="shop_basket_put"),
    path("basket/set/", basket.set_quantity, name="shop_basket_set"),
    path("basket/remove/", basket.remove, name="shop_basket_remove"),
    path("basket/coupon/", basket.coupon, name="shop_basket_coupon"),
    path("gift-card/", gift_cards.page, name="shop_gift_card"),
    path("checkout/", checkout.page, name="shop_checkout"),
    path("orders/<uuid:id>/", orders.page, name="shop_order"),
    path("orders/<uuid:id>/status/", orders.status, name="shop_order_status"),
    path("orders/<uuid:id>/pay/", paying.pay, name="shop_pay"),
    path("orders/<uuid:id>/back/", paying.back, name="shop_order_back"),
    path("orders/<uuid:id>/cancel/", orders.cancel, name="shop_order_cancel"),
    path("orders/<uuid:id>/choose/", orders.choose, name="shop_order_choose"),
    path("orders/<uuid:id>/check-in/", pickups.check_in, name="shop_order_check_in"),
    path("orders/<uuid:id>/on-way/", pickups.on_way, name="shop_order_on_way"),
    path("orders/<uuid:id>/extend/", pickups.extend, name="shop_order_extend"),
    path("orders/<uuid:id>/collector/", pickups.collector, name="shop_order_collector"),
    path("orders/<uuid:id>/hour/", pickups.hour, name="shop_order_hour"),
    path("o/<str:token>/", letters.order, name="shop_order_link"),
    path("collect/<str:token>/", letters.collect, name="shop_collect"),
    path("survey/<str:token>/", letters.survey, name="shop_survey"),
    path("account/", account.page, name="shop_account"),
    path("account/points/", account.points_page, name="shop_points"),
    path("account/profile/", account.profile_page, name="shop_profile"),
    path("account/addresses/", addresses.page, name="shop_addresses"),
    path("account/addresses/<uuid:id>/", addresses.edit, name="shop_address"),
    path(
        "account/addresses/<uuid:id>/first/", addresses.first, name="shop_address_first"
    ),
    path(
        "account/addresses/<uuid:id>/remove/",
        addresses.remove,
        name="shop_address_remove",
    ),
    path("account/privacy/", privacy.page, name="shop_privacy"),
    path("account/privacy/answer/", privacy.answer, name="shop_privacy_answer"),
    path("account/privacy/data/", privacy.download, name="shop_privacy_data"),
    path("account/privacy/erase/", privacy.erase, name="shop_privacy_erase"),
    path(
        "account/privacy/sign-in/", privacy.sign_in_again, name="shop_privacy_sign_in"
    ),
    path("account/erased/", privacy.erased, name="shop_erased"),
    path("feeds/products.xml", feeds.products, name="shop_feed_products"),
    path(
        "feeds/local-inventory.tsv", feeds.local_inventory, name="shop_feed_inventory"
    ),
    path("stores/", stores.page, name="shop_stores"),
    path("stores/choose/", stores.choose, name="shop_choose_store"),
    path("stores/<str:code>/", stores.store, name="shop_store"),
]
