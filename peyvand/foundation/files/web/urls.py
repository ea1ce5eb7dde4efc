from __future__ import annotations

from django.urls import path

from peyvand.foundation.files.web import views

app_name = "files"
urlpatterns = [path("<uuid:key>/", views.download, name="download")]
