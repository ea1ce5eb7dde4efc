from __future__ import annotations

from django.urls import path

from peyvand.doors.workspace.views import health, home, palette

app_name = "workspace"
urlpatterns = [
    path("", home.home, name="home"),
    path("business/<str:business>/", home.switch_business, name="switch-business"),
    path("search/", palette.palette, name="palette"),
    path("healthz", health.healthz, name="health"),
]
