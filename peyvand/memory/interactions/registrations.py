"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.customers import CustomersChanged, CustomersCreated
from peyvand.foundation.changes.declarations import Recompute, TrackedTable
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.registry.declarations import (
    DemoPart,
    EventHandler,
    ExportShape,
    MenuEntry,
    Panel,
    SettingsPage,
    Trace,
    WarehouseFact,
)
from peyvand.memory.interactions import access, demo, forgetting, handlers, panels, personal, trail
from peyvand.memory.interactions.behaviours import BEHAVIOURS
from peyvand.memory.interactions.exports import export_count, export_rows
from peyvand.memory.interactions.kinds import KINDS
from peyvand.memory.interactions.records import RECORDS
from peyvand.memory.interactions.services import refill, sample_remove
from peyvand.memory.interactions.services.attaching import LARGEST, PURPOSE
from peyvand.memory.interactions.webhooks import WEBHOOKS

DECLARATIONS = (
    *WEBHOOKS,
    *personal.TABLES,
    *access.PERMISSIONS,
    *KINDS,
    *RECORDS,
    *BEHAVIOURS,
    TrackedTable("interactions_interaction", _("Interaction"), "timeline-event", unseen=trail.unseen),
    TrackedTable("interactions_interactionfile", _("File of an interaction"), "paperclip", unseen=trail.unseen_files),
    TrackedTable("interactions_joining", _("Attached history"), "link", unseen=trail.unseen_joinings),
    TrackedTable("interactions_costrate", _("Cost of a minute"), "clock-dollar"),
    Trace("interactions", _("History under their addresses"), forgetting.forget, order=5),
    ExportShape("interactions", _("Interactions"), access.EXPORT, export_rows, order=20, count=export_count),
    FilePurpose(PURPOSE, max_bytes=LARGEST),
    EventHandler("interactions.customers-changed", CustomersChanged, handlers.customers_known),
    EventHandler("interactions.customers-created", CustomersCreated, handlers.customers_known),
    Recompute("interactions_interaction", refill),
    MenuEntry("interactions", _("Interactions"), "timeline-event", "interactions:list", "customer", 12, access.VIEW),
    Panel(
        name="interactions.timeline",
        screen="customer",
        slot="tab",
        order=10,
        template="interactions/panel_timeline.html",
        context=panels.timeline,
        permission=access.VIEW,
        label=_("Timeline"),
        icon="timeline-event",
    ),
    Panel(
        name="interactions.cost",
        screen="customer",
        slot="end",
        order=60,
        template="interactions/panel_cost.html",
        context=panels.cost,
        permission=access.VIEW,
    ),
    SettingsPage(
        "interactions.rates",
        _("Cost of a minute"),
        _("What calls and meetings cost us where nobody says it."),
        "clock-dollar",
        "interactions:rates",
        47,
        access.COSTS,
    ),
    WarehouseFact(
        name="interactions",
        label=_("Interactions"),
        meaning=_("One row a contact with a customer, by whatever channel"),
        needs=(access.VIEW, access.COSTS, access.PRIVATE),
        leads={"customer_id": "customers"},
        select=(
            "SELECT id, demo, customer_id, kind, channel, direction, at, staff_id, source_kind, source_id, cost_minor, "
            "cost_currency, duration_s, sentiment, created_at FROM interactions_interaction"
        ),
        key="id",
        reads={"interactions_interaction": "id"},
        columns={
            "id": _("Id of the interaction"),
            "demo": _("Whether it belongs to the sample business"),
            "customer_id": _("Id of the customer; empty until known"),
            "kind": _("What it was, such as order.placed"),
            "channel": _("By which channel"),
            "direction": _("in from the customer, out to them, or empty"),
            "at": _("When it happened (UTC)"),
            "staff_id": _("Id of the person of us who took part"),
            "source_kind": _("Kind of the record that stands behind it"),
            "source_id": _("Id of that record"),
            "cost_minor": _("What it cost us, in minor units of cost_currency"),
            "cost_currency": _("ISO code of the currency of its cost"),
            "duration_s": _("Seconds it took"),
            "sentiment": _("Mood, from -100 to 100"),
            "created_at": _("When it was recorded (UTC)"),
        },
    ),
    WarehouseFact(
        name="minute_rates",
        label=_("Cost of a minute"),
        meaning=_("One row what a minute of a kind of contact costs us from a day on"),
        needs=(access.VIEW, access.COSTS),
        select="SELECT id, demo, kind, since, currency, minor_per_minute FROM interactions_costrate",
        key="id",
        reads={"interactions_costrate": "id"},
        columns={
            "id": _("Id of the rate"),
            "demo": _("Whether it belongs to the sample business"),
            "kind": _("Kind of contact"),
            "since": _("First day on which it holds, until the next of its kind"),
            "currency": _("ISO code of its currency"),
            "minor_per_minute": _("Minor units a minute; 0 ends an earlier rate"),
        },
    ),
    DemoPart("interactions", _("Interactions"), sample_remove, demo.sample_load, order=20),
)
