"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import Part, Recompute, TrackedTable
from peyvand.foundation.jobs.declarations import Job, Standing
from peyvand.foundation.registry.declarations import ExportShape, Panel, Schedule
from peyvand.insight.audiences import access, exports, keeping, panels, personal, places, services, standing, trail
from peyvand.insight.audiences.fields import AUDIENCE_FIELDS
from peyvand.memory.customers.trail import unseen_with_customer

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    AUDIENCE_FIELDS,
    TrackedTable("audiences_audience", _("Audience"), "users-group", conceal=trail.conceal, unseen=trail.unseen),
    TrackedTable("audiences_snapshot", _("Picture of an audience"), "camera", unseen=trail.unseen_snapshots),
    TrackedTable(
        "audiences_snapshotmember",
        _("In a picture of an audience"),
        "camera",
        unseen=unseen_with_customer("audiences_snapshotmember"),
    ),
    Part("audiences.snapshots", "audiences_snapshot", "audience_id", "audiences_audience"),
    Part("audiences.snapshotmembers", "audiences_snapshotmember", "snapshot_id", "audiences_snapshot"),
    Recompute("audiences_audience", services.refill),
    ExportShape(
        "audiences", _("Members of an audience"), access.EXPORT, exports.export_rows, order=15,
        count=exports.export_count,
    ),
    Panel(
        name="audiences.customer", screen="customer", slot="end", order=20, template="audiences/panels/customer.html",
        context=panels.customer, permission=access.VIEW,
    ),
    Standing("audiences.keep", standing.stand),
    Job(
        keeping.TOGETHER, path="peyvand.insight.audiences.together:look_up", child=True,
        label=_("Looking up who is in which audience"),
    ),
    Schedule("audiences.sweep", "40 1 * * *", services.sweep),
    *places.DECLARATIONS,
)  # fmt: skip
