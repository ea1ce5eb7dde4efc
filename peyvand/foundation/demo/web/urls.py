from __future__ import annotations

from django.urls import path

from peyvand.foundation.demo.web import views

app_name = "demo"
urlpatterns = [
    path("", views.status, name="status"),
    path("load/", views.load, name="load"),
    path("remove/", views.remove, name="remove"),
    path("look/", views.look, name="look"),
]
