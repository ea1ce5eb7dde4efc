"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites import access, demo, handlers, personal
from peyvand.channels.sites.services import codes_sweep
from peyvand.events.customers import CustomersChanged, CustomersCreated, CustomersDeleted
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.registry.declarations import DemoPart, EventHandler, Schedule, SettingsPage

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    EventHandler("sites.created", CustomersCreated, handlers.customers_changed),
    EventHandler("sites.changed", CustomersChanged, handlers.customers_changed),
    EventHandler("sites.deleted", CustomersDeleted, handlers.customers_changed),
    TrackedTable("sites_site", _("Web site"), "world-www"),
    Schedule("sites.codes", "41 3 * * *", codes_sweep),
    SettingsPage(
        name="sites.sites",
        label=_("Web sites"),
        help=_("Your sites and shops, the line for their pages, what is recorded of visitors"),
        icon="world-www",
        url_name="sites:sites",
        order=46,
        permission=access.MANAGE,
    ),
    DemoPart("sites", _("Web sites"), demo.sample_remove, demo.sample_load, order=17),
)
