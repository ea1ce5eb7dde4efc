"""The pages of allauth that we use, and no other: addresses, e-mail confirmation and self sign-up stay closed."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path

from peyvand.foundation.accounts.web.views import entrance

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", entrance.closed, name="account_reset_password"),
    path("password/set/", entrance.closed, name="account_set_password"),
    path("signup/", entrance.closed, name="account_signup"),
    path("2fa/", include("allauth.mfa.urls")),
]
