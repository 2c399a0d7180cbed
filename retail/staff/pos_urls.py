from django.urls import path

from retail.staff.views import device_sign_in, sign_out

urlpatterns = [
    path("sign-in/", device_sign_in, name="pos_sign_in"),
    path("sign-out/", sign_out, name="pos_sign_out"),
]
