from __future__ import annotations

from django.urls import path

from peyvand.channels.webchat.web import rooms, views

app_name = "webchat"
urlpatterns = [
    path("", views.widgets, name="widgets"),
    path("sites/<int:site_id>/", views.widget, name="widget"),
    path("conversations/<int:conversation_id>/transcript/", views.transcript, name="transcript"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/new/", rooms.new, name="room-new"),
    path("rooms/<int:room_id>/", rooms.one, name="room"),
    path("rooms/<int:room_id>/edit/", rooms.edit, name="room-edit"),
    path("rooms/<int:room_id>/news/", rooms.news, name="room-news"),
    path("rooms/<int:room_id>/say/", rooms.say, name="room-say"),
    path("rooms/<int:room_id>/line/", rooms.line, name="room-line"),
    path("rooms/<int:room_id>/guest/", rooms.guest, name="room-guest"),
]
