"""One prefix per surface: the prefix decides the channel (retail/channels/surfaces.py)."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from retail.bank.views import asks as bank_asks
from retail.channels.health import health
from retail.interfaces.pages import problem
from retail.metrics_views import page as metrics
from retail.payments.views import call as payment_call
from retail.staff.views import set_language

urlpatterns = [
    path("health/", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("language/", set_language, name="set_language"),
    # GS1 Digital Link: the address that a code on a package gives, with or without lot
    # and date after it
    path("01/<str:gtin>", RedirectView.as_view(url="/shop/01/%(gtin)s")),
    path("01/<str:gtin>/<path:rest>", RedirectView.as_view(url="/shop/01/%(gtin)s")),
    path("shop/account/", include("retail.staff.account_urls")),
    path("shop/", include("webshop.urls")),
    path("pos/", include("retail.staff.pos_urls")),
    path("pos/", include("pos.urls")),
    path("warehouse/", include("retail.staff.warehouse_urls")),
    path("warehouse/", include("pos.warehouse_urls")),
    path("office/", include("retail.staff.office_urls")),
    path("office/", include("retail.office_urls")),
    path("api/v1/", include("retail.api_urls")),
    path("problems/<slug:slug>", problem, name="problem"),
    path("payments/<slug:provider>/", payment_call, name="payment_call"),
    path("bank/<str:page>/", bank_asks, name="bank_asks"),
    path("admin/", admin.site.urls),
    path("", include("retail.demo.urls")),
]

handler500 = "retail.interfaces.problems.broken"
