"""allauth's pages that customers need, under its own names; no page with a password."""

from allauth.account import views
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("login/", views.request_login_code, name="account_login"),
    path("login/code/", views.request_login_code, name="account_request_login_code"),
    path(
        "login/code/confirm/",
        views.confirm_login_code,
        name="account_confirm_login_code",
    ),
    path("signup/", views.signup, name="account_signup"),
    path(
        "confirm-email/",
        views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    # where allauth sends those who are signed in and have nothing to confirm
    path(
        "email/",
        RedirectView.as_view(pattern_name="shop_account"),
        name="account_email",
    ),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
]
