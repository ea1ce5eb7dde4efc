from __future__ import annotations

from django.urls import path

from peyvand.memory.customers.web.views import cells, edit, lists, on_lists, one, parts, stages, static_lists

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="list"),
    path("bulk/", lists.bulk, name="bulk"),
    path("bulk-field/", cells.bulk_field, name="bulk-field"),
    path("new/", edit.new_person, name="new"),
    path("new-organisation/", edit.new_organisation, name="new-organisation"),
    path("same/", edit.same, name="same"),
    path("identity-row/", edit.identity_row, name="identity-row"),
    path("choices/", parts.choices, name="choices"),
    path("stages/", stages.all_stages, name="stages"),
    path("stages/<int:stage_id>/", stages.stage, name="stage"),
    path("stages/<int:stage_id>/move/", stages.stage_move, name="stage-move"),
    path("stages/<int:stage_id>/archive/", stages.stage_archive, name="stage-archive"),
    path("lists/", static_lists.all_lists, name="lists"),
    path("lists/new/", static_lists.list_new, name="list-new"),
    path("lists/of/", static_lists.list_of, name="list-of"),
    path("lists/bulk/", on_lists.bulk_lists, name="bulk-lists"),
    path("lists/<int:list_id>/", static_lists.one_list, name="list-one"),
    path("lists/<int:list_id>/edit/", static_lists.list_edit, name="list-edit"),
    path("lists/<int:list_id>/archive/", static_lists.list_archive, name="list-archive"),
    path("lists/<int:list_id>/delete/", static_lists.list_delete, name="list-delete"),
    path("lists/<int:list_id>/copy/", static_lists.list_copy, name="list-copy"),
    path("lists/<int:list_id>/add/", static_lists.member_add, name="member-add"),
    path("lists/<int:list_id>/remove/", static_lists.members_remove, name="members-remove"),
    path("<int:customer_id>/", one.customer, name="one"),
    path("<int:customer_id>/cell/<str:field>/", cells.cell, name="cell"),
    path("<int:customer_id>/edit/", edit.change, name="edit"),
    path("<int:customer_id>/delete/", one.delete, name="delete"),
    path("<int:customer_id>/identities/", parts.identity_add, name="identity-add"),
    path("<int:customer_id>/identities/<int:identity_id>/remove/", parts.identity_remove, name="identity-remove"),
    path("<int:customer_id>/identities/<int:identity_id>/verify/", parts.identity_verify, name="identity-verify"),
    path("<int:customer_id>/tags/", parts.tag_add, name="tag-add"),
    path("<int:customer_id>/tags/<int:tag_id>/remove/", parts.tag_remove, name="tag-remove"),
    path("<int:customer_id>/lists/", static_lists.of_one_add, name="of-one-add"),
    path("<int:customer_id>/lists/<int:list_id>/remove/", static_lists.of_one_remove, name="of-one-remove"),
    path("<int:customer_id>/relations/", parts.relation_add, name="relation-add"),
    path("<int:customer_id>/relations/<int:relation_id>/remove/", parts.relation_remove, name="relation-remove"),
]
