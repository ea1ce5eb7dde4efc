"""What the room declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.declarations import DemoPart, EventHandler, MenuEntry, Panel, Schedule
from peyvand.insight.prediction import definitions, handlers, panels, personal, services
from peyvand.memory.customers.declarations import TraitKind

DECLARATIONS = (
    *personal.TABLES,
    TraitKind("prediction.risk", _("Risk of leaving, per cent"), "number"),
    TraitKind("prediction.next_purchase", _("Next purchase expected"), "date"),
    SettingKey(definitions.LEAVING, definitions.Definition().plain(), definitions.checked, 40),
    MenuEntry(
        name="insight.prediction", label=_("Prediction"), icon="bulb", url_name="prediction:overview",
        group="insight", order=61, permission="insight.view",
    ),
    Job(
        name="prediction.foresee", path="peyvand.insight.prediction.compute:foresee", child=True,
        label=_("Foreseeing"), result_url=handlers.result_url,
    ),
    EventHandler(name="prediction.after_figures", event=ValueRefreshed, function=handlers.after_figures),
    Schedule(name="prediction.nightly", cron="40 1 * * *", function=handlers.nightly),
    DemoPart(name="prediction", label=_("Forecasts"), remove=services.sample_remove, order=91),
    Panel(
        name="prediction.customer", screen="customer", slot="end", order=12, template="prediction/panels/customer.html",
        context=panels.customer, permission="insight.view_customer",
    ),
)  # fmt: skip
