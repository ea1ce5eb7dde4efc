from __future__ import annotations

from django.urls import path

from peyvand.memory.matching.web import views

app_name = "matching"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("find/", views.find, name="find"),
    path("several/", views.several, name="several"),
    path("merged/", views.merged, name="merged"),
    path("merged/<int:batch>/apart/", views.unmerge_batch, name="unmerge-batch"),
    path("<int:pair_id>/decide/", views.decide, name="decide"),
    path("<int:kept_id>/<int:gone_id>/", views.merge, name="merge"),
    path("of/<int:customer_id>/<int:gone_id>/apart/", views.unmerge, name="unmerge"),
]
