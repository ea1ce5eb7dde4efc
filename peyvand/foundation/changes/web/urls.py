from __future__ import annotations

from django.urls import path

from peyvand.foundation.changes.web import views

app_name = "changes"
urlpatterns = [
    path("", views.audit, name="sets"),
    path("check/", views.check, name="check"),
    path("anchor/", views.anchor, name="anchor"),
    path("<int:change_set_id>/", views.one_set, name="set"),
    path("<int:change_set_id>/undo/", views.undo, name="undo"),
]
