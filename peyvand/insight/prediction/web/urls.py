from __future__ import annotations

from django.urls import path

from peyvand.insight.prediction.web import views

app_name = "prediction"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("people/", views.people_page, name="people"),
    path("horizon/", views.choose_horizon, name="horizon"),
    path("foresee/", views.foresee_now, name="foresee"),
]
