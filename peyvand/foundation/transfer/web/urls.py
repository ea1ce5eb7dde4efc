from __future__ import annotations

from django.urls import path

from peyvand.foundation.transfer.web import export_views, template_views, views

app_name = "transfer"
urlpatterns = [
    path("import/", views.imports, name="imports"),
    path("import/<int:import_id>/", views.one_import, name="import"),
    path("import/templates/", template_views.templates, name="templates"),
    path("import/templates/<int:template_id>/", template_views.change, name="template"),
    path("import/templates/<int:template_id>/delete/", template_views.delete, name="template-delete"),
    path("import/<int:import_id>/template/", template_views.use, name="template-use"),
    path("import/<int:import_id>/columns/", views.columns, name="columns"),
    path("import/<int:import_id>/shape/", views.reshape, name="reshape"),
    path("import/<int:import_id>/check/", views.check, name="check"),
    path("import/<int:import_id>/status/", views.status, name="status"),
    path("import/<int:import_id>/run/", views.run, name="run"),
    path("import/<int:import_id>/stop/", views.stop, name="stop"),
    path("import/<int:import_id>/undo/", views.undo, name="undo"),
    path("import/<int:import_id>/problems/", views.problems, name="problems"),
    path("export/file/<int:pk>/", export_views.export_file, name="export-file"),
    path("export/<str:name>/", export_views.export, name="export"),
]
