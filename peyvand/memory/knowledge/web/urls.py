from __future__ import annotations

from django.urls import path

from peyvand.memory.knowledge.web import category_views, views

app_name = "knowledge"
urlpatterns = [
    path("", views.article_list, name="list"),
    path("new/", views.new, name="new"),
    path("preview/", views.preview, name="preview"),
    path("categories/", category_views.categories, name="categories"),
    path("categories/<int:category_id>/", category_views.category_save, name="category"),
    path("categories/<int:category_id>/remove/", category_views.category_remove, name="category-remove"),
    path("<int:article_id>/", views.one, name="one"),
    path("<int:article_id>/edit/", views.edit, name="edit"),
    path("<int:article_id>/publish/", views.publish, name="publish"),
    path("<int:article_id>/review/", views.review, name="review"),
    path("<int:article_id>/archive/", views.archive, name="archive"),
    path("versions/<int:version_id>/", views.version, name="version"),
    path("versions/<int:version_id>/restore/", views.restore, name="restore"),
]
