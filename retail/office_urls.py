from django.urls import path

from retail.books_views import office_books
from retail.customers.knows_views import office_knows
from retail.office import dial

urlpatterns = [
    path("", dial.dial, name="office_home"),
    path("level/", dial.turn, name="office_level"),
    path("flip/", dial.flip, name="office_flip"),
    path("run/<uuid:id>/", dial.run, name="office_run"),
    path("side/", dial.choose_side, name="office_side"),
    path("knows/", office_knows, name="office_knows"),
    path("books/", office_books, name="office_books"),
]
