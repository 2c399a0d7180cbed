from django.urls import path

from retail.staff.views import choose_side, office_sign_in, sign_out

urlpatterns = [
    path("sign-in/", office_sign_in, name="office_sign_in"),
    path("sign-out/", sign_out, name="office_sign_out"),
    path("side/", choose_side, name="office_side"),
]
