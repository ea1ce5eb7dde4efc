from __future__ import annotations

from django.urls import path

from peyvand.doors.site import forms, hooks, reports, views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("p/<str:link>/", views.preferences, name="preferences"),
    path("p/<str:link>/forget/", views.forget, name="forget"),
    path("u/<str:token>/", views.one_click, name="one-click"),
    path("yes/<str:token>/", views.opt_in, name="opt-in"),
    path("f/frame.js", forms.frame_script, name="form-frame"),
    path("f/<str:key>.json", forms.described, name="form-json"),
    path("f/<str:key>/", forms.show, name="form"),
    path("f/<str:key>/thanks/", forms.thanks, name="form-thanks"),
    path("f/<str:key>/start/", forms.start, name="form-start"),
    path("r/<str:secret>/", reports.show, name="report"),
    path("hooks/<str:name>/<str:token>/", hooks.take, name="hook"),
    path("hooks/<str:name>/<str:token>/<str:what>/", hooks.take, name="hook-of"),
]
