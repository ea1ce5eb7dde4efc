from __future__ import annotations

from django.urls import path

from peyvand.channels.forms.web import building_views, result_views, views

app_name = "forms"
urlpatterns = [
    path("", views.form_list, name="list"),
    path("new/", views.new, name="new"),
    path("results/", result_views.results, name="results"),
    path("results/<int:submission_id>/", result_views.result, name="result"),
    path("results/<int:submission_id>/do/", result_views.do, name="result-do"),
    path("results/file/<int:answer_file_id>/", result_views.file, name="file"),
    path("<int:form_id>/", views.one, name="one"),
    path("<int:form_id>/settings/", views.settings, name="settings"),
    path("<int:form_id>/build/", building_views.build, name="build"),
    path("<int:form_id>/preview/", views.preview, name="preview"),
    path("<int:form_id>/switch/", views.switch, name="switch"),
    path("<int:form_id>/remove/", views.remove, name="remove"),
]
