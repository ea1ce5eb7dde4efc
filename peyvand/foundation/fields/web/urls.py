from __future__ import annotations

from django.urls import path

from peyvand.foundation.fields.web import list_views, views

app_name = "fields"
urlpatterns = [
    path("", views.field_list, name="list"),
    path("new/", views.field_new, name="new"),
    path("<int:field_id>/", views.field_one, name="one"),
    path("<int:field_id>/archive/", views.field_archive, name="archive"),
    path("<int:field_id>/move/", views.field_move, name="move"),
    path("seen/<str:record>/<str:field>/", views.seen, name="seen"),
    path("views/<str:record>/save/", list_views.view_save, name="view-save"),
    path("views/<str:record>/columns/", list_views.columns, name="columns"),
    path("views/<str:record>/arrange/", list_views.arrange, name="arrange"),
    path("views/<str:record>/opening/", list_views.opening, name="opening"),
    path("views/<int:view_id>/remove/", list_views.view_remove, name="view-remove"),
]
