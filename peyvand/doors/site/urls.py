from __future__ import annotations

from django.urls import path

from peyvand.doors.site import hooks, views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("p/<str:link>/", views.preferences, name="preferences"),
    path("p/<str:link>/forget/", views.forget, name="forget"),
    path("u/<str:token>/", views.one_click, name="one-click"),
    path("yes/<str:token>/", views.opt_in, name="opt-in"),
    path("hooks/<str:name>/<str:token>/", hooks.take, name="hook"),
    path("hooks/<str:name>/<str:token>/<str:what>/", hooks.take, name="hook-of"),
]
