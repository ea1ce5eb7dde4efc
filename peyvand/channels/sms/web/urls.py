from __future__ import annotations

from django.urls import path

from peyvand.channels.sms.web import views

app_name = "sms"
urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("new/", views.new, name="new"),
    path("<int:account_id>/", views.one, name="one"),
    path("<int:account_id>/remove/", views.remove, name="remove"),
    path("<int:account_id>/hook/", views.hook, name="hook"),
    path("<int:account_id>/test/", views.test, name="test"),
]
