from __future__ import annotations

from django.urls import path

from peyvand.channels.conversations.web import acting, framing, views

app_name = "conversations"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("rows/", views.rows, name="rows"),
    path("parts/", acting.parts, name="parts"),
    path("<int:conversation_id>/", views.one, name="one"),
    path("<int:conversation_id>/news/", views.news, name="news"),
    path("<int:conversation_id>/file/<int:file_id>/", views.file, name="file"),
    path("<int:conversation_id>/page/<int:said_id>/", framing.page, name="page"),
    path("<int:conversation_id>/reply/", acting.reply, name="reply"),
    path("<int:conversation_id>/assign/", acting.assign, name="assign"),
    path("<int:conversation_id>/snooze/", acting.snooze, name="snooze"),
    path("<int:conversation_id>/close/", acting.close, name="close"),
    path("<int:conversation_id>/reopen/", acting.reopen, name="reopen"),
    path("<int:conversation_id>/read/", acting.read, name="read"),
]
