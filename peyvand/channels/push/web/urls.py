from __future__ import annotations

from django.urls import path

from peyvand.channels.push.web import views

app_name = "push"
urlpatterns = [
    path("", views.setting, name="setting"),
    path("<int:site_id>/worker/", views.worker, name="worker"),
    path("<int:site_id>/check/", views.check, name="check"),
    path("<int:site_id>/test/", views.test, name="test"),
]
