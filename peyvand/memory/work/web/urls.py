from __future__ import annotations

from django.urls import path

from peyvand.memory.work.web import views

app_name = "work"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("load/", views.load, name="load"),
    path("country/", views.country, name="country"),
    path("holidays/new/", views.holiday, name="holiday-new"),
    path("holidays/<int:holiday_id>/", views.holiday, name="holiday"),
    path("holidays/<int:holiday_id>/remove/", views.holiday_remove, name="holiday-remove"),
    path("hours/new/", views.hours, name="hours-new"),
    path("hours/<int:hours_id>/", views.hours, name="hours"),
    path("hours/<int:hours_id>/remove/", views.hours_remove, name="hours-remove"),
]
