from django.urls import path

from retail.books_views import office_books
from retail.customers import review_views
from retail.customers.knows_views import office_knows
from retail.office import (
    changes,
    closed_days,
    dial,
    exchange,
    letters,
    money,
    offers,
    roles,
    runs,
    service,
    watching,
)

urlpatterns = [
    path("", dial.dial, name="office_home"),
    path("level/", dial.turn, name="office_level"),
    path("flip/", dial.flip, name="office_flip"),
    path("preview/", dial.preview, name="office_preview"),
    path("run/<uuid:id>/", runs.run, name="office_run"),
    path("run/<uuid:id>/resume/", runs.resume, name="office_resume"),
    path("run/<uuid:id>/abort/", runs.abort, name="office_abort"),
    path("knows/", office_knows, name="office_knows"),
    path("identity/", review_views.office_identity, name="office_identity"),
    path(
        "identity/links/",
        review_views.office_identity_links,
        name="office_identity_links",
    ),
    path(
        "identity/links/<uuid:id>/unlink/",
        review_views.office_identity_unlink,
        name="office_identity_unlink",
    ),
    path(
        "identity/<uuid:id>/",
        review_views.office_identity_decide,
        name="office_identity_decide",
    ),
    path("books/", office_books, name="office_books"),
    path("messages/", letters.show, name="office_messages"),
    path("messages/act/", letters.act, name="office_messages_act"),
    path("money/", money.show, name="office_money"),
    path("money/act/", money.act, name="office_money_act"),
    path("service/", service.show, name="office_service"),
    path("offers/", offers.show, name="office_offers"),
    path("offers/<slug:channel>/new/<slug:kind>/", offers.new, name="office_offer_new"),
    path("offers/<slug:channel>/<uuid:id>/", offers.one, name="office_offer"),
    path("offers/<slug:channel>/<uuid:id>/end/", offers.end, name="office_offer_end"),
    path(
        "offers/<slug:channel>/<uuid:id>/code/",
        offers.add_code,
        name="office_offer_code",
    ),
    path(
        "offers/<slug:channel>/<uuid:id>/codes/",
        offers.add_codes,
        name="office_offer_codes",
    ),
    path(
        "offers/<slug:channel>/<uuid:id>/codes.csv",
        offers.codes_file,
        name="office_offer_codes_file",
    ),
    path("watch/", watching.show, name="office_watch"),
    path("closed-days/", closed_days.show, name="office_closed_days"),
    path("closed-days/back/", closed_days.reopen, name="office_closed_days_back"),
    path("roles/", roles.show, name="office_roles"),
    path("changes/", changes.show, name="office_changes"),
    path("changes/changes.csv", changes.as_file, name="office_changes_file"),
    path("exchange/", exchange.show, name="office_exchange"),
    path("exchange/export/", exchange.export, name="office_export"),
    path("exchange/<uuid:id>/", exchange.run, name="office_import"),
    path("exchange/<uuid:id>/confirm/", exchange.confirm, name="office_import_confirm"),
    path("exchange/<uuid:id>/abandon/", exchange.abandon, name="office_import_abandon"),
]
