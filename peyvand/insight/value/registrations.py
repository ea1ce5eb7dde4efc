"""What the room declares."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.events.demo import SampleLoaded, SampleRemoved
from peyvand.events.transfer import TransferFinished, TransferUndone
from peyvand.foundation.accounts.access import MANAGE_SETTINGS
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.registry.declarations import (
    DemoPart,
    EventHandler,
    MenuEntry,
    Panel,
    Permission,
    Schedule,
    SettingsPage,
)
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.insight.value import facts, handlers, panels, personal, profit_panels, rates, services
from peyvand.insight.value.wallet import STATED
from peyvand.memory.commerce.access import COSTS_VIEW
from peyvand.memory.customers.declarations import TraitKind

_CLASSES: list[tuple[str, Any]] = [(code, label) for code, (label, _icon) in CLASSES.items()]
TRAITS = (
    TraitKind("value.class", _("Class"), "choice", _CLASSES),
    TraitKind("value.revenue", _("Revenue"), "money", family=True),
    TraitKind("value.monetary", _("Revenue of the last year"), "money"),
    TraitKind("value.frequency", _("Orders of the last year"), "number"),
    TraitKind("value.recency_days", _("Days since the last order"), "number"),
    TraitKind("value.last_order", _("Last order"), "date"),
    TraitKind("value.slipping", _("Slipping away"), "yesno"),
    TraitKind("value.margin", _("Margin"), "money"),
    TraitKind("value.margin_share", _("Share of revenue of known cost, 0 to 1"), "number"),
    TraitKind("value.lifetime", _("Lifetime value"), "money"),
    TraitKind("value.contracts", _("Value of contracts ahead"), "money"),
    TraitKind("value.alive", _("Chance to buy again, 0 to 1"), "number"),
    TraitKind("value.net_worth", _("Net worth to date"), "money", permission=COSTS_VIEW),
    TraitKind("value.cost_acquisition", _("Cost of winning them"), "money", permission=COSTS_VIEW),
    TraitKind("value.cost_sale", _("Cost of selling to them"), "money", permission=COSTS_VIEW),
    TraitKind("value.cost_service", _("Cost of serving them"), "money", permission=COSTS_VIEW),
    TraitKind("value.cost_delivery", _("Cost of delivering to them"), "money", permission=COSTS_VIEW),
    TraitKind("value.cost_operation", _("Their share of running costs"), "money", permission=COSTS_VIEW),
    TraitKind(STATED, _("Spending they stated, a year"), "money", said=True),
)

DECLARATIONS = (
    *personal.TABLES,
    *TRAITS,
    *facts.FACTS,
    SettingKey(rates.RATES, rates.DEFAULT, rates.checked, 60),
    SettingsPage(
        "value.rates", _("Value ahead"), _("How far to look, interest, margin, what serving and winning cost"),
        "chart-dots-3", "value:rates", 46, MANAGE_SETTINGS,
    ),
    Permission(name="insight.view", label=_("See figures of the whole business"), group=_("Insight"), order=50),
    Permission(name="insight.view_customer", label=_("See what a customer is worth"), group=_("Insight"), order=51),
    Permission(name="insight.refresh", label=_("Compute the figures anew"), group=_("Insight"), order=52),
    MenuEntry(
        name="insight.dashboard", label=_("Insight"), icon="chart-dots-3", url_name="value:dashboard",
        group="insight", order=60, permission="insight.view", key="A",
    ),
    Job(
        name="value.refresh", path="peyvand.insight.value.compute:refresh", child=True,
        label=_("Computing the figures"), result_url=handlers.result_url,
    ),
    Job(
        name="value.score", path="peyvand.insight.value.scoring:score", child=True,
        label=_("Computing scores"), result_url=handlers.scores_url,
    ),
    EventHandler(name="value.after_import", event=TransferFinished, function=handlers.after_import),
    EventHandler(name="value.after_undo", event=TransferUndone, function=handlers.after_import),
    EventHandler(name="value.after_sample", event=SampleLoaded, function=handlers.after_sample),
    EventHandler(name="value.without_sample", event=SampleRemoved, function=handlers.after_sample),
    DemoPart(name="value", label=_("Figures"), remove=services.sample_remove, order=90),
    Schedule(name="value.nightly", cron="10 1 * * *", function=handlers.nightly),
    Panel(
        name="value.worth", screen="customer", slot="end", order=10, template="value/panels/worth.html",
        context=panels.worth, permission="insight.view_customer",
    ),
    Panel(
        name="value.profit", screen="customer", slot="end", order=12, template="value/panels/profit.html",
        context=profit_panels.shown_profit, permission=COSTS_VIEW,
    ),
    Panel(
        name="value.order", screen="order", slot="side", order=10, template="value/panels/order.html",
        context=profit_panels.shown_order, permission=COSTS_VIEW,
    ),
    Panel(
        name="value.wallet", screen="customer", slot="end", order=14, template="value/panels/wallet.html",
        context=profit_panels.shown_wallet, permission="insight.view_customer",
    ),
    Panel(
        name="value.class", screen="customer", slot="head", order=10, template="value/panels/class.html",
        context=panels.head, permission="insight.view_customer",
    ),
    Panel(
        name="value.slipping", screen="customer", slot="suggestion", order=10, template="value/panels/suggestion.html",
        context=panels.suggestion, permission="insight.view_customer",
    ),
    Panel(
        name="value.pulse", screen="home", slot="pulse", order=10, template="value/panels/pulse.html",
        context=panels.pulse, permission="insight.view",
    ),
    Panel(
        name="value.needs", screen="home", slot="main", order=10, template="value/panels/needs.html",
        context=panels.needs, permission="insight.view",
    ),
)  # fmt: skip
