from __future__ import annotations

from django.urls import path

from peyvand.insight.value.web import agreed_views, ahead_views, views

app_name = "value"
urlpatterns = [
    path("", views.dashboard_page, name="dashboard"),
    path("people/", views.people_page, name="people"),
    path("as-of/", views.choose_day, name="choose-day"),
    path("refresh/", views.refresh_now, name="refresh"),
    path("lifetime/", ahead_views.lifetime_page, name="lifetime"),
    path("lifetime/rates/", ahead_views.rates_page, name="rates"),
    path("contracts/", agreed_views.contracts_page, name="contracts"),
    path("definitions/", views.definitions, name="definitions"),
]
