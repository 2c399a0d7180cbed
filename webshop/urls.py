"""The shop's pages. Signing in and out is mounted beside them (`retail.staff`)."""

from django.urls import path

from webshop.views import (
    account,
    basket,
    catalogue,
    checkout,
    letters,
    orders,
    pickups,
    privacy,
    stores,
)

urlpatterns = [
    path("", catalogue.home, name="shop_home"),
    path("d/<slug:code>/", catalogue.department, name="shop_department"),
    path("search/", catalogue.search, name="shop_search"),
    path("p/<str:gtin>/", catalogue.product, name="shop_product"),
    path("01/<str:gtin>", catalogue.digital_link, name="shop_gtin"),
    path("basket/", basket.page, name="shop_basket"),
    path("basket/put/", basket.put, name="shop_basket_put"),
    path("basket/set/", basket.set_quantity, name="shop_basket_set"),
    path("basket/remove/", basket.remove, name="shop_basket_remove"),
    path("checkout/", checkout.page, name="shop_checkout"),
    path("orders/<uuid:id>/", orders.page, name="shop_order"),
    path("orders/<uuid:id>/status/", orders.status, name="shop_order_status"),
    path("orders/<uuid:id>/pay/", orders.pay, name="shop_pay"),
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
    path("account/privacy/", privacy.page, name="shop_privacy"),
    path("account/privacy/answer/", privacy.answer, name="shop_privacy_answer"),
    path("account/privacy/data/", privacy.download, name="shop_privacy_data"),
    path("account/privacy/erase/", privacy.erase, name="shop_privacy_erase"),
    path("account/erased/", privacy.erased, name="shop_erased"),
    path("stores/", stores.page, name="shop_stores"),
    path("stores/choose/", stores.choose, name="shop_choose_store"),
]
