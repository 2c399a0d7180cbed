"""Every address of the API; a slice's views lie in its `api`."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from pos import api as tickets
from pos import returns_api
from retail.customers import api as customers
from retail.customers import review_api as review
from retail.fulfilment import api as fulfilment
from retail.fulfilment import goods_api as goods
from retail.interfaces.level_api import Nowhere, ShowLevel
from retail.loyalty import api as loyalty
from retail.loyalty import cards_api as cards
from retail.office import webhooks_api as webhooks
from retail.orders import api as orders
from retail.orders import baskets_api as baskets
from retail.orders import visits_api as visits
from retail.promotions import api as promotions

urlpatterns = [
    path("level/", ShowLevel.as_view(), name="api_level"),
    path("products/", goods.Products.as_view(), name="api_products"),
    path("products/<str:gtin>/", goods.OneProduct.as_view(), name="api_product"),
    path(
        "products/<str:gtin>/availability/",
        goods.Availability.as_view(),
        name="api_availability",
    ),
    path("stores/", goods.Stores.as_view(), name="api_stores"),
    path("baskets/<uuid:id>/", baskets.Baskets.as_view(), name="api_basket"),
    path("orders/", orders.Orders.as_view(), name="api_orders"),
    path("orders/<uuid:id>/", orders.OneOrder.as_view(), name="api_order"),
    path("orders/<uuid:id>/payments/", orders.Payments.as_view(), name="api_payments"),
    path("orders/<uuid:id>/cancel/", orders.Cancel.as_view(), name="api_cancel"),
    path("orders/<uuid:id>/choices/", orders.Choices.as_view(), name="api_choices"),
    path("orders/<uuid:id>/check-in/", visits.CheckIn.as_view(), name="api_check_in"),
    path("orders/<uuid:id>/on-way/", visits.OnWay.as_view(), name="api_on_way"),
    path("orders/<uuid:id>/extend/", visits.Extend.as_view(), name="api_extend"),
    path(
        "orders/<uuid:id>/collector/",
        visits.Collector.as_view(),
        name="api_collector",
    ),
    path("orders/<uuid:id>/slot/", visits.Slot.as_view(), name="api_slot"),
    path(
        "orders/<uuid:id>/returns/", returns_api.Returns.as_view(), name="api_returns"
    ),
    path("fulfilments/", fulfilment.Fulfilments.as_view(), name="api_fulfilments"),
    path(
        "fulfilments/<uuid:id>/",
        fulfilment.OneFulfilment.as_view(),
        name="api_fulfilment",
    ),
    path(
        "fulfilments/<uuid:id>/<slug:move>/",
        fulfilment.Moves.as_view(),
        name="api_move",
    ),
    path("tickets/batch/", tickets.Batch.as_view(), name="api_batch"),
    path("tickets/<uuid:id>/", tickets.Tickets.as_view(), name="api_ticket"),
    path("tills/", tickets.Tills.as_view(), name="api_tills"),
    path("tills/<uuid:id>/shifts/", tickets.Shifts.as_view(), name="api_shifts"),
    path("customers/", customers.Customers.as_view(), name="api_customers"),
    path("customers/<uuid:id>/", customers.OneCustomer.as_view(), name="api_customer"),
    path(
        "customers/<uuid:id>/merge-review/",
        review.MergeReview.as_view(),
        name="api_merge_review",
    ),
    path("loyalty/<str:card>/", loyalty.Account.as_view(), name="api_loyalty"),
    path("loyalty/<str:card>/redeem/", loyalty.Redeem.as_view(), name="api_redeem"),
    path("gift-cards/look-up/", cards.LookUp.as_view(), name="api_gift_card"),
    path("promotions/", promotions.Offers.as_view(), name="api_promotions"),
    path("promotions/quote/", promotions.Quote.as_view(), name="api_quote"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="api_webhooks"),
    path("webhooks/<uuid:id>/", webhooks.OneWebhook.as_view(), name="api_webhook"),
    path(
        "webhooks/<uuid:id>/secret/",
        webhooks.NewSecret.as_view(),
        name="api_webhook_secret",
    ),
    path(
        "webhooks/<uuid:id>/deliveries/",
        webhooks.Deliveries.as_view(),
        name="api_webhook_deliveries",
    ),
    path(
        "webhooks/<uuid:id>/again/", webhooks.Again.as_view(), name="api_webhook_again"
    ),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api_schema", template_name="interfaces/docs.html"
        ),
        name="api_docs",
    ),
    re_path(r"^[\s\S]*$", Nowhere.as_view(), name="api_nowhere"),
]
