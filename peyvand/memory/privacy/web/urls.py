from __future__ import annotations

from django.urls import path

from peyvand.memory.privacy.web import views

app_name = "privacy"
urlpatterns = [
    path("<int:customer_id>/", views.person, name="person"),
    path("<int:customer_id>/export/", views.export, name="export"),
    path("<int:customer_id>/erase/", views.erase, name="erase"),
]
