"""What the trail declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.anchoring import anchor_now
from peyvand.foundation.changes.declarations import KindOfSet
from peyvand.foundation.changes.sealing import seal_now
from peyvand.foundation.registry.declarations import ImpersonalTable, Permission, Schedule, SettingsPage

DECLARATIONS = (
    ImpersonalTable("changes_change", "that a row changed, without what stood there", staff=True),
    ImpersonalTable(
        "changes_changeset", "who did what when; a title that names somebody erased loses the name", staff=True
    ),
    ImpersonalTable("changes_image", "what stood in rows: given out and erased with the rows that it is of"),
    ImpersonalTable("changes_horizon", "how far may be sealed"),
    ImpersonalTable("changes_seal", "digests of the trail"),
    Permission(name="changes.view_audit", label=_("See the audit trail"), group=_("Settings"), order=80),
    Permission(name="changes.undo", label=_("Undo what others did"), group=_("Settings"), order=81),
    SettingsPage(
        name="changes.audit",
        label=_("Audit trail"),
        help=_("Who did what and when, with the way back."),
        icon="history",
        url_name="changes:sets",
        order=80,
        permission="changes.view_audit",
    ),
    Schedule(name="changes.seal", cron="* * * * *", function=seal_now),
    Schedule(name="changes.anchor", cron="7 * * * *", function=anchor_now),
    KindOfSet(name="edit", label=_("Edit"), icon="pencil"),
    KindOfSet(name="bulk", label=_("Bulk edit"), icon="checkbox"),
    KindOfSet(name="import", label=_("Import"), icon="table-import"),
    KindOfSet(name="export", label=_("Export"), icon="table-export"),
    KindOfSet(name="merge", label=_("Merge"), icon="git-merge"),
    KindOfSet(name="undo", label=_("Undo"), icon="arrow-back-up"),
    KindOfSet(name="demo", label=_("Sample business"), icon="confetti"),
    KindOfSet(name="settings", label=_("Settings"), icon="settings"),
    KindOfSet(name="sign-in", label=_("Sign-in"), icon="login"),
    KindOfSet(name="denied", label=_("Refused"), icon="lock"),
    KindOfSet(name="erase", label=_("Erasure"), icon="eraser"),
)
