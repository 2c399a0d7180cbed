"""A shop of django-oscar as its documentation sets one up, in one module: settings,
addresses, WSGI, and `python -m oscar_site fill` for its goods.

    https://django-oscar.readthedocs.io/en/4.2/internals/getting_started.html

It runs in an environment of its own and imports nothing of this project. Guests may order,
as with us; pictures are left out.
"""

import json
import os
import sys
from pathlib import Path

from oscar.defaults import *  # noqa: F403

VAR = Path(os.environ["PEER_VAR"])
SECRET_KEY = "a bench's, reachable from this machine alone"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
USE_TZ = True
ROOT_URLCONF = "oscar_site"
WSGI_APPLICATION = "oscar_site.application"
STATIC_URL, STATIC_ROOT = "/static/", VAR / "static"
MEDIA_URL, MEDIA_ROOT = "/media/", VAR / "media"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
}
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_INITIAL_ORDER_STATUS = "Pending"
OSCAR_PRODUCTS_PER_PAGE = 24
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PEER_DATABASE"],
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": os.environ["PEER_POSTGRES"],
        "CONN_MAX_AGE": 600,  # its connections stay open, as ours do in a pool
        "ATOMIC_REQUESTS": True,  # as oscar's own sandbox
    }
}
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    *(
        f"oscar.{name}"
        for name in (
            "config.Shop",
            "apps.analytics.apps.AnalyticsConfig",
            "apps.checkout.apps.CheckoutConfig",
            "apps.address.apps.AddressConfig",
            "apps.shipping.apps.ShippingConfig",
            "apps.catalogue.apps.CatalogueConfig",
            "apps.catalogue.reviews.apps.CatalogueReviewsConfig",
            "apps.communication.apps.CommunicationConfig",
            "apps.partner.apps.PartnerConfig",
            "apps.basket.apps.BasketConfig",
            "apps.payment.apps.PaymentConfig",
            "apps.offer.apps.OfferConfig",
            "apps.order.apps.OrderConfig",
            "apps.customer.apps.CustomerConfig",
            "apps.search.apps.SearchConfig",
            "apps.voucher.apps.VoucherConfig",
            "apps.wishlists.apps.WishlistsConfig",
            "apps.dashboard.apps.DashboardConfig",
            "apps.dashboard.reports.apps.ReportsDashboardConfig",
            "apps.dashboard.users.apps.UsersDashboardConfig",
            "apps.dashboard.orders.apps.OrdersDashboardConfig",
            "apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
            "apps.dashboard.offers.apps.OffersDashboardConfig",
            "apps.dashboard.partners.apps.PartnersDashboardConfig",
            "apps.dashboard.pages.apps.PagesDashboardConfig",
            "apps.dashboard.ranges.apps.RangesDashboardConfig",
            "apps.dashboard.reviews.apps.ReviewsDashboardConfig",
            "apps.dashboard.vouchers.apps.VouchersDashboardConfig",
            "apps.dashboard.communications.apps.CommunicationsDashboardConfig",
            "apps.dashboard.shipping.apps.ShippingDashboardConfig",
        )
    ),
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]


def __getattr__(name: str):
    """What Django asks of this module once its settings are read."""
    if name == "urlpatterns":
        from django.apps import apps
        from django.urls import include, path

        return [
            path("i18n/", include("django.conf.urls.i18n")),
            path("", include(apps.get_app_config("oscar").urls[0])),
        ]
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    raise AttributeError(name)


def fill(rows):
    """A department with these goods {title, gtin, price}, much of each in stock."""
    import django

    django.setup()
    from django.contrib.sites.models import Site
    from django.core.management import call_command
    from oscar.core.loading import get_class, get_model

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    Site.objects.update(domain="127.0.0.1")
    country = get_model("address", "Country")
    country.objects.get_or_create(
        iso_3166_1_a2="FR",
        defaults={
            "iso_3166_1_a3": "FRA",
            "iso_3166_1_numeric": "250",
            "printable_name": "France",
            "name": "France",
            "is_shipping_country": True,
        },
    )
    create = get_class("catalogue.categories", "create_from_breadcrumbs")
    category = create("Department")
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Goods", track_stock=True, requires_shipping=True
    )
    partner, _ = get_model("partner", "Partner").objects.get_or_create(name="Warehouse")
    product = get_model("catalogue", "Product")
    stock = get_model("partner", "StockRecord")
    found = []
    for row in rows:
        made = product.objects.create(
            title=row["title"],
            upc=row["gtin"],
            product_class=kind,
            structure="standalone",
        )
        made.categories.add(category)
        stock.objects.create(
            product=made,
            partner=partner,
            partner_sku=row["gtin"],
            price=row["price"],
            price_currency="EUR",
            num_in_stock=row.get("units", 1_000_000),
        )
        found.append({"id": made.pk, "path": made.get_absolute_url()})
    print(json.dumps({"listing": category.get_absolute_url(), "products": found}))


def sold():
    """Units of the last product made that orders have."""
    import django

    django.setup()
    from django.db.models import Sum
    from oscar.core.loading import get_model

    line = get_model("order", "Line").objects.filter(
        product=get_model("catalogue", "Product").objects.latest("pk")
    )
    print(json.dumps({"sold": line.aggregate(n=Sum("quantity"))["n"] or 0}))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "oscar_site"
    if sys.argv[1] == "fill":
        fill(json.load(sys.stdin))
    else:
        sold()
