"""What the room declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.declarations import DemoPart, EventHandler, MenuEntry, Schedule
from peyvand.insight.reports import access, handlers, personal, way_services

DECLARATIONS = (
    *personal.TABLES,
    *access.PERMISSIONS,
    MenuEntry(
        name="reports.funnel", label=_("Funnel and paths"), icon="filter", url_name="reports:funnel", group="insight",
        order=63, permission=access.VIEW,
    ),
    SettingKey(way_services.LOOKBACK, way_services.LOOKBACK_DAYS, way_services.lookback_checked, 90),
    Job(
        name=way_services.JOB, path="peyvand.insight.reports.ways:compute", child=True, label=_("Following the ways"),
        result_url=handlers.result_url,
    ),
    EventHandler(name="reports.after_figures", event=ValueRefreshed, function=handlers.after_figures),
    Schedule(name="reports.nightly", cron="55 1 * * *", function=handlers.nightly),
    DemoPart(name="reports", label=_("Ways and paths"), remove=way_services.sample_remove, order=92),
)  # fmt: skip
