from __future__ import annotations

from django.urls import path

from peyvand.channels.conversations.web import acting, replies, views

app_name = "conversations"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("rows/", views.rows, name="rows"),
    path("parts/", acting.parts, name="parts"),
    path("replies/", replies.replies, name="replies"),
    path("replies/new/", replies.reply_new, name="reply-new"),
    path("replies/<int:saved_id>/", replies.reply_one, name="reply-one"),
    path("replies/<int:saved_id>/remove/", replies.reply_remove, name="reply-remove"),
    path("<int:conversation_id>/", views.one, name="one"),
    path("<int:conversation_id>/offered/", replies.offered, name="offered"),
    path("<int:conversation_id>/news/", views.news, name="news"),
    path("<int:conversation_id>/file/<int:file_id>/", views.file, name="file"),
    path("<int:conversation_id>/reply/", acting.reply, name="reply"),
    path("<int:conversation_id>/assign/", acting.assign, name="assign"),
    path("<int:conversation_id>/snooze/", acting.snooze, name="snooze"),
    path("<int:conversation_id>/close/", acting.close, name="close"),
    path("<int:conversation_id>/reopen/", acting.reopen, name="reopen"),
    path("<int:conversation_id>/read/", acting.read, name="read"),
]
