from __future__ import annotations

from django.urls import path

from peyvand.insight.warehouse.web import views

app_name = "warehouse"
urlpatterns = [
    path("", views.loads_page, name="loads"),
    path("<slug:name>/", views.fact_page, name="fact"),
]
