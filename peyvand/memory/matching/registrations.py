"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import AfterUndo, TrackedTable
from peyvand.foundation.registry.declarations import DemoPart, ImpersonalTable, PersonalTable
from peyvand.memory.customers.declarations import RedirectLookup
from peyvand.memory.matching import access, demo, queries
from peyvand.memory.matching.services.merging import after_undo

DECLARATIONS = (
    *access.PERMISSIONS,
    TrackedTable("matching_pair", _("Possible duplicate"), "users"),
    TrackedTable("matching_redirect", _("Merged record"), "git-merge"),
    AfterUndo("merge", after_undo),
    RedirectLookup("matching", queries.merged_into),
    PersonalTable(
        name="matching_pair",
        label=_("Possible duplicates"),
        person="a_id",
        columns={
            "id": "key", "demo": "technical", "a_id": "key", "b_id": "key", "kind": "technical",
            "score": "descriptive", "level": "descriptive", "reasons": "descriptive", "state": "technical",
            "found_at": "technical", "later_until": "technical", "decided_by_id": "staff", "decided_at": "technical",
        },
        merge="stay",
    ),
    PersonalTable(
        name="matching_redirect",
        label=_("Merged records"),
        person="kept_id",
        columns={
            "id": "key", "demo": "technical", "gone_id": "key", "gone_name": "identifying", "kept_id": "key",
            "into_id": "key", "change_set_id": "key", "batch": "key", "merged_at": "technical",
            "merged_by_id": "staff",
        },
        merge="stay",
    ),
    ImpersonalTable("matching_quality", _("Figures of the whole base by day, about nobody in particular.")),
    DemoPart("matching", _("Duplicates"), demo.sample_remove, order=95),
)  # fmt: skip
