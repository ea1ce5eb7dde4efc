from __future__ import annotations

from django.urls import path

from peyvand.channels.conversations.web import acting, framing, live, replies, routing, views

app_name = "conversations"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("rows/", views.rows, name="rows"),
    path("parts/", acting.parts, name="parts"),
    path("live/", live.live, name="live"),
    path("replies/", replies.replies, name="replies"),
    path("replies/new/", replies.reply_new, name="reply-new"),
    path("replies/<int:saved_id>/", replies.reply_one, name="reply-one"),
    path("replies/<int:saved_id>/remove/", replies.reply_remove, name="reply-remove"),
    path("bulk/", acting.bulk, name="bulk"),
    path("routing/", routing.routing, name="routing"),
    path("routing/rules/new/", routing.rule_new, name="rule-new"),
    path("routing/rules/<int:rule_id>/", routing.rule_one, name="rule-one"),
    path("routing/rules/<int:rule_id>/move/", routing.rule_move, name="rule-move"),
    path("routing/rules/<int:rule_id>/remove/", routing.rule_remove, name="rule-remove"),
    path("routing/people/<int:user_id>/", routing.person, name="person"),
    path("<int:conversation_id>/", views.one, name="one"),
    path("<int:conversation_id>/here/", live.here, name="here"),
    path("<int:conversation_id>/offered/", replies.offered, name="offered"),
    path("<int:conversation_id>/news/", views.news, name="news"),
    path("<int:conversation_id>/file/<int:file_id>/", views.file, name="file"),
    path("<int:conversation_id>/page/<int:said_id>/", framing.page, name="page"),
    path("<int:conversation_id>/reply/", acting.reply, name="reply"),
    path("<int:conversation_id>/whose/", acting.whose, name="whose"),
    path("<int:conversation_id>/assign/", acting.assign, name="assign"),
    path("<int:conversation_id>/merge/", acting.merge, name="merge"),
    path("<int:conversation_id>/split/", acting.split, name="split"),
    path("<int:conversation_id>/tag/", acting.tag, name="tag"),
    path("<int:conversation_id>/route/", acting.route, name="route"),
    path("<int:conversation_id>/snooze/", acting.snooze, name="snooze"),
    path("<int:conversation_id>/close/", acting.close, name="close"),
    path("<int:conversation_id>/reopen/", acting.reopen, name="reopen"),
    path("<int:conversation_id>/read/", acting.read, name="read"),
]
