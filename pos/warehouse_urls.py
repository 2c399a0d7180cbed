"""The warehouse's side of the board: parcels and stock, under /warehouse/."""

from django.urls import path

from retail.fulfilment import board_views, count_views, job_views, stock_views
from retail.fulfilment.mounts import WAREHOUSE

at = {"mount": WAREHOUSE}

urlpatterns = [
    path("", board_views.show, at, name="warehouse_board"),
    path("lanes/", board_views.lanes, at, name="warehouse_lanes"),
    path("job/<uuid:id>/", job_views.show, at, name="warehouse_job"),
    path("job/<uuid:id>/slip/", job_views.slip, at, name="warehouse_slip"),
    path("job/<uuid:id>/<slug:move>/", job_views.move, at, name="warehouse_job_move"),
    path("stock/", stock_views.show, at, name="warehouse_stock"),
    path("stock/low/", count_views.low, at, name="warehouse_low"),
    path("stock/counts/", count_views.show_all, at, name="warehouse_counts"),
    path("stock/counts/begin/", count_views.begin, at, name="warehouse_count_begin"),
    path("stock/counts/<uuid:id>/", count_views.show, at, name="warehouse_count"),
    path(
        "stock/counts/<uuid:id>/<slug:what>/",
        count_views.act,
        at,
        name="warehouse_count_act",
    ),
    path(
        "stock/<str:gtin>/<slug:act>/",
        stock_views.move,
        at,
        name="warehouse_stock_move",
    ),
]
