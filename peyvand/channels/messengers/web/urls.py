from __future__ import annotations

from django.urls import path

from peyvand.channels.messengers.web import views

app_name = "messengers"
urlpatterns = [
    path("", views.bots, name="bots"),
    path("new/", views.new, name="new"),
    path("<int:bot_id>/", views.one, name="one"),
    path("<int:bot_id>/remove/", views.remove, name="remove"),
    path("<int:bot_id>/hook/", views.hook, name="hook"),
    path("<int:bot_id>/tell/", views.tell, name="tell"),
    path("<int:bot_id>/test/", views.test, name="test"),
    path("link/<int:customer_id>/", views.link, name="link"),
]
