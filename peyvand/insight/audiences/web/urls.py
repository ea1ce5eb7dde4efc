from __future__ import annotations

from django.urls import path

from peyvand.insight.audiences.web import builder, changing, pages

app_name = "audiences"
urlpatterns = [
    path("", pages.audience_list, name="list"),
    path("new/", builder.new, name="new"),
    path("create/", changing.create, name="create"),
    path("draw/", builder.draw, name="draw"),
    path("size/", builder.size, name="size"),
    path("editor/", builder.editor, name="editor"),
    path("choices/", builder.choices, name="choices"),
    path("leaf/", builder.leaf, name="leaf"),
    path("typed/", builder.typed_words, name="typed"),
    path("compare/", pages.compare, name="compare"),
    path("<int:audience_id>/", builder.one, name="one"),
    path("<int:audience_id>/save/", changing.save, name="save"),
    path("<int:audience_id>/members/", pages.members, name="members"),
    path("<int:audience_id>/why/", pages.why, name="why"),
    path("<int:audience_id>/time/", pages.over_time, name="time"),
    path("<int:audience_id>/freeze/", changing.freeze, name="freeze"),
    path("<int:audience_id>/thaw/", changing.thaw, name="thaw"),
    path("<int:audience_id>/archive/", changing.archive, name="archive"),
    path("<int:audience_id>/duplicate/", changing.duplicate, name="duplicate"),
    path("<int:audience_id>/share/", changing.share, name="share"),
    path("<int:audience_id>/snapshot/", changing.snapshot, name="snapshot"),
]
