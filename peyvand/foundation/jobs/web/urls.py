from __future__ import annotations

from django.urls import path

from peyvand.foundation.jobs.web import views

app_name = "jobs"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/stop/", views.stop, name="stop"),
]
