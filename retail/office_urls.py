from django.urls import path

from retail.books_views import office_books
from retail.customers.knows_views import office_knows

urlpatterns = [
    path("knows/", office_knows, name="office_knows"),
    path("books/", office_books, name="office_books"),
]
