from __future__ import annotations

from django.urls import path

from peyvand.memory.interactions.web import costs, one, views

app_name = "interactions"
urlpatterns = [
    path("", views.latest, name="list"),
    path("of/<int:customer_id>/", views.older, name="older"),
    path("of/<int:customer_id>/ask/", views.ask, name="ask"),
    path("of/<int:customer_id>/record/", views.record, name="record"),
    path("of/<int:customer_id>/cost/", costs.serving, name="serving"),
    path("rates/", costs.rates, name="rates"),
    path("rates/<int:rate_id>/remove/", costs.rate_remove, name="rate-remove"),
    path("<int:interaction_id>/", one.one, name="one"),
    path("<int:interaction_id>/correct/", one.correct, name="correct"),
    path("<int:interaction_id>/pin/", one.pin, name="pin"),
    path("<int:interaction_id>/files/", one.file_add, name="file-add"),
    path("<int:interaction_id>/attach/", one.attach, name="attach"),
    path("<int:interaction_id>/remove/", views.remove, name="remove"),
    path("files/<int:file_id>/", one.file_open, name="file"),
    path("files/<int:file_id>/remove/", one.file_remove, name="file-remove"),
    path("joinings/<int:joining_id>/detach/", one.detach, name="detach"),
]
