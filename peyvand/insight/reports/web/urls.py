from __future__ import annotations

from django.urls import path

from peyvand.insight.reports.web import way_views

app_name = "reports"
urlpatterns = [
    path("ways/", way_views.funnel_page, name="funnel"),
    path("ways/paths/", way_views.paths_page, name="paths"),
    path("ways/paths/touchpoint/", way_views.touchpoint_page, name="touchpoint"),
    path("ways/acquisition/", way_views.acquisition_page, name="acquisition"),
    path("ways/people/", way_views.people_page, name="way-people"),
    path("ways/compute/", way_views.compute_now, name="compute"),
    path("ways/lookback/", way_views.choose_lookback, name="lookback"),
]
