"""What the room declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.declarations import DemoPart, EventHandler, MenuEntry, Panel, Schedule
from peyvand.insight.prediction import definitions, demo, handlers, panels, personal, services
from peyvand.memory.customers.declarations import TraitKind

DECLARATIONS = (
    *personal.TABLES,
    TraitKind("prediction.risk", _("Risk of leaving, per cent"), "number"),
    TraitKind("prediction.next_purchase", _("Next purchase expected"), "date"),
    TraitKind(
        "prediction.caution", _("To mind before selling"), "choice",
        [("unpaid", _("Owes for older purchases")), ("returns", _("Sends much back")), ("both", _("Both"))],
    ),
    TrackedTable("prediction_campaign", _("Campaign compared"), "scale"),
    TrackedTable("prediction_declined", _("Suggestion turned down"), "thumb-down"),
    SettingKey(definitions.LEAVING, definitions.Definition().plain(), definitions.checked, 40),
    MenuEntry(
        name="insight.prediction", label=_("Prediction"), icon="bulb", url_name="prediction:overview",
        group="insight", order=61, permission="insight.view",
    ),
    Job(
        name="prediction.foresee", path="peyvand.insight.prediction.compute:foresee", child=True,
        label=_("Foreseeing"), result_url=handlers.result_url,
    ),
    Job(
        name="prediction.compare", path="peyvand.insight.prediction.campaigns:compare", child=True,
        label=_("Comparing a campaign"), result_url=handlers.campaign_url,
    ),
    EventHandler(name="prediction.after_figures", event=ValueRefreshed, function=handlers.after_figures),
    Schedule(name="prediction.nightly", cron="40 1 * * *", function=handlers.nightly),
    DemoPart("prediction", _("Forecasts"), services.sample_remove, demo.sample_load, order=91),
    Panel(
        name="prediction.customer", screen="customer", slot="end", order=12, template="prediction/panels/customer.html",
        context=panels.customer, permission="insight.view_customer",
    ),
)  # fmt: skip
