from __future__ import annotations

from django.urls import path

from peyvand.foundation.outbox.web import views

app_name = "outbox"
urlpatterns = [
    path("", views.failures, name="failures"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("<int:pk>/discard/", views.discard, name="discard"),
]
