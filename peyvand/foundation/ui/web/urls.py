from __future__ import annotations

from django.urls import path

from peyvand.foundation.ui.web import views

app_name = "ui"
urlpatterns = [
    path("manifest-<str:language>.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
]
