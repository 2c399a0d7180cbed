"""Pickups and stock of a store, under /pos/store/."""

from django.urls import path

from retail.customers import counter_views
from retail.fulfilment import board_views, job_views, stock_views
from retail.fulfilment.mounts import STORE

at = {"mount": STORE}

urlpatterns = [
    path("", board_views.show, at, name="pos_store_board"),
    path("lanes/", board_views.lanes, at, name="pos_store_lanes"),
    path("code/", board_views.find, at, name="pos_store_find"),
    path("job/<uuid:id>/", job_views.show, at, name="pos_job"),
    path("job/<uuid:id>/<slug:move>/", job_views.move, at, name="pos_job_move"),
    path("stock/", stock_views.show, at, name="pos_stock"),
    path("stock/<str:gtin>/<slug:act>/", stock_views.move, at, name="pos_stock_move"),
    path("customers/", counter_views.show, at, name="pos_customers"),
    path("customers/consent/", counter_views.consent, at, name="pos_consent"),
]
