"""Pickups and stock of a store, under /pos/store/."""

from django.urls import path

from retail.customers import counter_views
from retail.fulfilment import (
    batch_views,
    board_views,
    count_views,
    job_views,
    missing_views,
    paper_views,
    setting_views,
    stock_views,
    transfer_views,
)
from retail.fulfilment.mounts import STORE, STORE_PARCELS

at = {"mount": STORE}
sends = {"mount": STORE_PARCELS}

urlpatterns = [
    path("", board_views.show, at, name="pos_store_board"),
    path("lanes/", board_views.lanes, at, name="pos_store_lanes"),
    path("code/", board_views.find, at, name="pos_store_find"),
    path("job/<uuid:id>/", job_views.show, at, name="pos_job"),
    path(
        "job/<uuid:id>/missing/<int:position>/",
        missing_views.show,
        at,
        name="pos_missing",
    ),
    path("job/<uuid:id>/label.pdf", paper_views.label, at, name="pos_label"),
    path("job/<uuid:id>/list/", paper_views.pick_list, at, name="pos_pick_list"),
    path("job/<uuid:id>/<slug:move>/", job_views.move, at, name="pos_job_move"),
    path("pick/", batch_views.show, at, name="pos_pick"),
    path("pick/next/", batch_views.begin, at, name="pos_pick_next"),
    path("pick/scan/", batch_views.scan, at, name="pos_pick_scan"),
    path("pick/count/", batch_views.count, at, name="pos_pick_count"),
    path("pick/list/", paper_views.walk, at, name="pos_walk"),
    path("transfers/", transfer_views.show, at, name="pos_transfers"),
    path(
        "transfers/<uuid:id>/<slug:act>/",
        transfer_views.move,
        at,
        name="pos_transfer_move",
    ),
    path("parcels/", board_views.show, sends, name="pos_parcels"),
    path("parcels/lanes/", board_views.lanes, sends, name="pos_parcels_lanes"),
    path("parcels/<uuid:id>/", job_views.show, sends, name="pos_parcel"),
    path("parcels/<uuid:id>/slip/", job_views.slip, sends, name="pos_parcel_slip"),
    path(
        "parcels/<uuid:id>/<slug:move>/", job_views.move, sends, name="pos_parcel_move"
    ),
    path("stock/", stock_views.show, at, name="pos_stock"),
    path("stock/low/", count_views.low, at, name="pos_low"),
    path("stock/counts/", count_views.show_all, at, name="pos_counts"),
    path("stock/counts/begin/", count_views.begin, at, name="pos_count_begin"),
    path("stock/counts/<uuid:id>/", count_views.show, at, name="pos_count"),
    path(
        "stock/counts/<uuid:id>/<slug:what>/",
        count_views.act,
        at,
        name="pos_count_act",
    ),
    path("stock/<str:gtin>/<slug:act>/", stock_views.move, at, name="pos_stock_move"),
    path("settings/", setting_views.show, at, name="pos_settings"),
    path("settings/unblock/<str:gtin>/", setting_views.unblock, at, name="pos_unblock"),
    path("customers/", counter_views.show, at, name="pos_customers"),
    path("customers/consent/", counter_views.consent, at, name="pos_consent"),
]
