"""What the room declares."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.changes.declarations import KindOfSet, TrackedTable
from peyvand.foundation.jobs.declarations import Job, Standing
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import DemoPart, EventHandler, MenuEntry, Panel, Schedule, Trace
from peyvand.foundation.text.mentions import Mentioned
from peyvand.insight.reports import (
    access,
    asking,
    handlers,
    measures,
    panels,
    personal,
    posting,
    services,
    standing,
    way_services,
)
from peyvand.insight.reports.models import Answer


def _forget(actor: Actor, somebody: Mentioned) -> int:
    """Answers may hold the ids of the erased; they are computed again when somebody asks."""
    return Answer.objects.filter(demo=actor.demo).delete()[0]


def _answers_go() -> None:
    with transaction.atomic():
        asking.answers_forget()


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
    DemoPart(name="reports.ways", label=_("Ways and paths"), remove=way_services.sample_remove, order=93),
    *measures.MEASURES,
    *measures.WORDS,
    KindOfSet(services.KIND, _("Reports and dashboards"), "report-analytics"),
    TrackedTable("reports_report", _("Report"), "report-analytics"),
    TrackedTable("reports_dashboard", _("Dashboard"), "layout-dashboard"),
    TrackedTable("reports_tile", _("Tile of a dashboard"), "layout-grid"),
    TrackedTable("reports_mailing", _("Report by mail"), "mail"),
    TrackedTable("reports_sharelink", _("Link to a report"), "link"),
    MenuEntry(
        name="reports", label=_("Reports"), icon="report-analytics", url_name="reports:home", group="insight", order=62,
        permission=access.VIEW, key="R",
    ),
    Job(asking.JOB, path="peyvand.insight.reports.answering:answer", child=True, label=_("Computing reports")),
    Job(posting.JOB, path="peyvand.insight.reports.tasks:mail", child=True, label=_("Reports by mail")),
    Schedule("reports.mail", "* * * * *", posting.mailings_due),
    Standing("reports.answers", standing.stand),
    Panel(
        name="reports.audience", screen="audience", slot="menu", order=10, template="reports/of_audience.html",
        context=panels.audience, permission=access.VIEW,
    ),
    Schedule("reports.answers", "13 3 * * *", _answers_go),
    Trace("reports.answers", _("Answers of reports"), _forget, order=81),
    DemoPart("reports", _("Reports"), services.sample_remove, services.sample_load, order=92),
)  # fmt: skip
