from __future__ import annotations

from django.urls import URLPattern, path

from peyvand.insight.reports.web import boards, mailing, sharing, views, way_views

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("ways/", way_views.funnel_page, name="funnel"),
    path("ways/paths/", way_views.paths_page, name="paths"),
    path("ways/paths/touchpoint/", way_views.touchpoint_page, name="touchpoint"),
    path("ways/acquisition/", way_views.acquisition_page, name="acquisition"),
    path("ways/people/", way_views.people_page, name="way-people"),
    path("ways/compute/", way_views.compute_now, name="compute"),
    path("ways/lookback/", way_views.choose_lookback, name="lookback"),
    path("", views.home, name="home"),
    path("build/", views.build, name="build"),
    path("build/groups/", views.groups, name="groups"),
    path("figure/", views.figure_piece, name="figure"),
    path("people/", views.people, name="people"),
    path("file/", views.file, name="file"),
    path("save/", views.save, name="save"),
    path("<int:report_id>/", views.one, name="one"),
    path("<int:report_id>/copy/", views.copy, name="copy"),
    path("<int:report_id>/archive/", views.archive, name="archive"),
    path("dashboards/new/", boards.new, name="dashboard-new"),
    path("dashboards/add/", boards.add, name="tile-add"),
    path("dashboards/shipped/<str:key>/", boards.shipped, name="shipped"),
    path("dashboards/shipped/<str:key>/copy/", boards.shipped_copy, name="shipped-copy"),
    path("dashboards/<int:dashboard_id>/", boards.one, name="dashboard"),
    path("dashboards/<int:dashboard_id>/edit/", boards.edit, name="dashboard-edit"),
    path("dashboards/<int:dashboard_id>/archive/", boards.archive, name="dashboard-archive"),
    path("dashboards/<int:dashboard_id>/tiles/<int:tile_id>/", boards.tile, name="tile"),
    path("mailings/", mailing.mailings, name="mailings"),
    path("mailings/new/", mailing.new, name="mailing-new"),
    path("mailings/<int:mailing_id>/", mailing.one, name="mailing"),
    path("mailings/<int:mailing_id>/run/", mailing.run, name="mailing-run"),
    path("mailings/<int:mailing_id>/switch/", mailing.switch, name="mailing-switch"),
    path("links/", sharing.links, name="links"),
    path("links/new/", sharing.new, name="link-new"),
    path("links/<int:share_id>/close/", sharing.close, name="link-close"),
]
