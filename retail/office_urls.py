from django.urls import path

from retail.books_views import office_books
from retail.customers.knows_views import office_knows
from retail.office import dial, runs

urlpatterns = [
    path("", dial.dial, name="office_home"),
    path("level/", dial.turn, name="office_level"),
    path("flip/", dial.flip, name="office_flip"),
    path("preview/", dial.preview, name="office_preview"),
    path("run/<uuid:id>/", runs.run, name="office_run"),
    path("run/<uuid:id>/resume/", runs.resume, name="office_resume"),
    path("run/<uuid:id>/abort/", runs.abort, name="office_abort"),
    path("side/", dial.choose_side, name="office_side"),
    path("knows/", office_knows, name="office_knows"),
    path("books/", office_books, name="office_books"),
]
