from __future__ import annotations

from django.urls import path

from peyvand.memory.interactions.web import views

app_name = "interactions"
urlpatterns = [
    path("", views.latest, name="list"),
    path("of/<int:customer_id>/", views.older, name="older"),
    path("of/<int:customer_id>/record/", views.record, name="record"),
    path("<int:interaction_id>/remove/", views.remove, name="remove"),
]
