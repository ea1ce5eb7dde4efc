from __future__ import annotations

from django.urls import path

from peyvand.memory.customers.web.views import cells, edit, identities, lists, one, parts, structure, traits

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
    path("<int:customer_id>/", one.customer, name="one"),
    path("<int:customer_id>/cell/<str:field>/", cells.cell, name="cell"),
    path("<int:customer_id>/edit/", edit.change, name="edit"),
    path("<int:customer_id>/delete/", one.delete, name="delete"),
    path("<int:customer_id>/identities/", identities.identity_add, name="identity-add"),
    path("<int:customer_id>/identities/<int:identity_id>/", identities.identity, name="identity"),
    path("<int:customer_id>/identities/<int:identity_id>/remove/", identities.identity_remove, name="identity-remove"),
    path("<int:customer_id>/identities/<int:identity_id>/verify/", identities.identity_verify, name="identity-verify"),
    path(
        "<int:customer_id>/identities/<int:identity_id>/primary/", identities.identity_primary, name="identity-primary"
    ),
    path("<int:customer_id>/tags/", parts.tag_add, name="tag-add"),
    path("<int:customer_id>/tags/<int:tag_id>/remove/", parts.tag_remove, name="tag-remove"),
    path("<int:customer_id>/structure/", structure.page, name="structure"),
    path("<int:customer_id>/relations/", structure.relation_add, name="relation-add"),
    path("<int:customer_id>/relations/<int:relation_id>/", structure.relation, name="relation"),
    path("<int:customer_id>/relations/<int:relation_id>/remove/", structure.relation_remove, name="relation-remove"),
    path("<int:customer_id>/traits/", traits.trait_add, name="trait-add"),
    path("<int:customer_id>/traits/<int:trait_id>/remove/", traits.trait_remove, name="trait-remove"),
    path("<int:customer_id>/parts/", structure.part_add, name="part-add"),
    path("<int:customer_id>/parts/<int:part_id>/remove/", structure.part_remove, name="part-remove"),
]
