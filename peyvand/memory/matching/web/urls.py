from __future__ import annotations

from django.urls import path

from peyvand.memory.matching.web import quality, views

app_name = "matching"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("find/", views.find, name="find"),
    path("quality/", quality.report, name="quality"),
    path("quality/count/", quality.count, name="quality-count"),
    path("quality/required/", quality.required, name="quality-required"),
    path("several/", views.several, name="several"),
    path("merged/", views.merged, name="merged"),
    path("merged/<int:batch>/apart/", views.unmerge_batch, name="unmerge-batch"),
    path("<int:pair_id>/decide/", views.decide, name="decide"),
    path("<int:kept_id>/<int:gone_id>/", views.merge, name="merge"),
    path("of/<int:customer_id>/<int:gone_id>/apart/", views.unmerge, name="unmerge"),
]
