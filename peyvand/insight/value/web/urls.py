from __future__ import annotations

from django.urls import path

from peyvand.insight.value.web import views

app_name = "value"
urlpatterns = [
    path("", views.dashboard_page, name="dashboard"),
    path("people/", views.people_page, name="people"),
    path("as-of/", views.choose_day, name="choose-day"),
    path("refresh/", views.refresh_now, name="refresh"),
    path("definitions/", views.definitions, name="definitions"),
]
