from __future__ import annotations

from django.urls import path

from peyvand.foundation.transfer.web import views

app_name = "transfer"
urlpatterns = [
    path("import/", views.imports, name="imports"),
    path("import/<int:import_id>/", views.one_import, name="import"),
    path("import/<int:import_id>/columns/", views.columns, name="columns"),
    path("import/<int:import_id>/shape/", views.reshape, name="reshape"),
    path("import/<int:import_id>/check/", views.check, name="check"),
    path("import/<int:import_id>/status/", views.status, name="status"),
    path("import/<int:import_id>/run/", views.run, name="run"),
    path("import/<int:import_id>/stop/", views.stop, name="stop"),
    path("import/<int:import_id>/undo/", views.undo, name="undo"),
    path("import/<int:import_id>/problems/", views.problems, name="problems"),
    path("export/<str:name>/", views.export, name="export"),
]
