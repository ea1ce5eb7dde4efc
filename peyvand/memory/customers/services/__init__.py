"""The verbs on customers: the only code that writes the tables of this room."""

from __future__ import annotations

from peyvand.memory.customers.data import CustomerData, ExternalCustomer, IdentityData, TraitRow
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.services import wishes
from peyvand.memory.customers.services.audiences import (
    audience_members_among,
    audience_members_change,
    audience_members_clear,
    audience_members_count,
    audience_members_forget,
    audience_members_freeze,
    audience_members_load,
    audience_members_replace,
    audience_members_thaw,
    audiences_with_members,
)
from peyvand.memory.customers.services.bulk import (
    customers_delete,
    owner_set,
    sample_remove,
    tag_add_to,
    tag_remove_from,
    team_set,
)
from peyvand.memory.customers.services.external import customers_by_external, customers_ensure_external
from peyvand.memory.customers.services.fieldwise import field_set, fields_set
from peyvand.memory.customers.services.identities import (
    identity_add,
    identity_change,
    identity_primary,
    identity_remove,
    identity_unverify,
    identity_verify,
)
from peyvand.memory.customers.services.lists import (
    ListData,
    list_add,
    list_archive,
    list_copy,
    list_delete,
    list_of,
    list_remove,
    list_save,
)
from peyvand.memory.customers.services.many import customers_save
from peyvand.memory.customers.services.naming import words_fold
from peyvand.memory.customers.services.records import customer_create, customer_update
from peyvand.memory.customers.services.relations import relation_add, relation_change, relation_remove
from peyvand.memory.customers.services.stages import StageData, stage_archive, stage_move, stage_save
from peyvand.memory.customers.services.tags import tag_add, tag_remove
from peyvand.memory.customers.services.traits import (
    SAID,
    trait_remove,
    trait_set,
    traits_clear,
    traits_say,
    traits_set,
    traits_write,
)

__all__ = [
    "SAID",
    "ConflictError",
    "CustomerData",
    "ExternalCustomer",
    "IdentityData",
    "InvalidError",
    "ListData",
    "StageData",
    "TraitRow",
    "audience_members_among",
    "audience_members_change",
    "audience_members_clear",
    "audience_members_count",
    "audience_members_forget",
    "audience_members_freeze",
    "audience_members_load",
    "audience_members_replace",
    "audience_members_thaw",
    "audiences_with_members",
    "customer_create",
    "customer_update",
    "customers_by_external",
    "customers_delete",
    "customers_ensure_external",
    "customers_save",
    "field_set",
    "fields_set",
    "identity_add",
    "identity_change",
    "identity_primary",
    "identity_remove",
    "identity_unverify",
    "identity_verify",
    "list_add",
    "list_archive",
    "list_copy",
    "list_delete",
    "list_of",
    "list_remove",
    "list_save",
    "owner_set",
    "relation_add",
    "relation_change",
    "relation_remove",
    "sample_remove",
    "stage_archive",
    "stage_move",
    "stage_save",
    "tag_add",
    "tag_add_to",
    "tag_remove",
    "tag_remove_from",
    "team_set",
    "trait_remove",
    "trait_set",
    "traits_clear",
    "traits_say",
    "traits_set",
    "traits_write",
    "wishes",
    "words_fold",
]
