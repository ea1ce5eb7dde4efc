"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.events.demo import SampleLoaded
from peyvand.events.matching import CustomersUnmerged
from peyvand.events.transfer import TransferFinished
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.changes.declarations import AfterUndo, TrackedTable
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.declarations import (
    DemoPart,
    EventHandler,
    ImpersonalTable,
    MenuEntry,
    Panel,
    PersonalTable,
    Schedule,
)
from peyvand.memory.customers.declarations import RedirectLookup
from peyvand.memory.matching import access, counting, demo, handlers, panels, quality, queries
from peyvand.memory.matching.services import measuring
from peyvand.memory.matching.services.merging import after_undo
from peyvand.memory.matching.webhooks import WEBHOOKS

DECLARATIONS = (
    *WEBHOOKS,
    *access.PERMISSIONS,
    TrackedTable("matching_pair", _("Possible duplicate"), "users"),
    TrackedTable("matching_redirect", _("Merged record"), "git-merge"),
    AfterUndo("merge", after_undo),
    Job(
        name="matching.find", path="peyvand.memory.matching.finding:find", child=True,
        label=_("Searching for duplicates"),
    ),
    Job(
        name="matching.quality", function=counting.count, label=_("Counting the quality of the data"),
        result_url=counting.result_url,
    ),
    SettingKey(quality.REQUIRED, dict(quality.DEFAULT_REQUIRED), measuring.check_required, 40),
    SettingKey(quality.ACTIVE_DAYS, quality.DEFAULT_DAYS, measuring.check_days, 41),
    EventHandler("matching.after_create", CustomersCreated, handlers.after_change),
    EventHandler("matching.after_change", CustomersChanged, handlers.after_change),
    EventHandler("matching.after_unmerge", CustomersUnmerged, handlers.after_unmerge),
    EventHandler("matching.after_import", TransferFinished, handlers.after_import),
    EventHandler("matching.after_sample", SampleLoaded, handlers.after_import),
    Schedule("matching.nightly", "40 1 * * *", handlers.nightly),
    Schedule("matching.quality_nightly", "20 2 * * *", handlers.quality_nightly),
    MenuEntry("matching", _("Duplicates"), "git-merge", "matching:queue", "customer", 13, access.MERGE),
    MenuEntry(
        "matching.quality", _("Quality of the data"), "shield-check", "matching:quality", "customer", 15, access.QUALITY
    ),
    Panel(
        name="matching.maybe", screen="customer", slot="suggestion", order=5, template="matching/panel_maybe.html",
        context=panels.maybe, permission=access.MERGE,
    ),
    Panel(
        name="matching.merged", screen="customer", slot="start", order=80, template="matching/panel_merged.html",
        context=panels.merged, permission=access.MERGE,
    ),
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
    ImpersonalTable("matching_quality", "Figures of the whole base by day, about nobody in particular."),
    DemoPart("matching", _("Duplicates"), demo.sample_remove, demo.sample_load, order=95),
)  # fmt: skip
