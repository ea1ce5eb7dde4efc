from __future__ import annotations

from django.urls import path

from peyvand.channels.sites.web import views

app_name = "sites"
urlpatterns = [
    path("", views.sites, name="sites"),
    path("new/", views.new, name="new"),
    path("<int:site_id>/", views.one, name="one"),
    path("<int:site_id>/secret/", views.secret, name="secret"),
]
