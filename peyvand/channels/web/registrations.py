"""What this room declares to the registry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Inbound
from peyvand.channels.sites.declarations import SitePart
from peyvand.channels.sites.models import Site
from peyvand.channels.web import access, behaviours, demo, facts, kinds, linking, panels, personal, records, setting
from peyvand.channels.web.digesting import stand
from peyvand.channels.web.shops.taking import take
from peyvand.events.commerce import OrderPlaced
from peyvand.foundation.accounts.declarations import SettingKey
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.registry.declarations import (
    DemoPart,
    EventHandler,
    MenuEntry,
    Panel,
    Schedule,
    SettingsPage,
    Trace,
)


def _config(site: Site) -> Mapping[str, Any] | None:
    """The tracker is on every site; what it records is for the site's mode of consent."""
    return {}


DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *kinds.KINDS,
    *facts.FACTS,
    *records.RECORDS,
    *behaviours.BEHAVIOURS,
    SitePart("web", _("Visits"), Path(__file__).parent / "static" / "web" / "web.js", _config, order=10),
    Standing("web.digest", stand),
    Schedule("web.sweep", "7 0 * * *", setting.sweep),
    SettingKey(setting.RETENTION, setting.MONTHS, setting.months_checked, 30),
    EventHandler("web.order-placed", OrderPlaced, linking.order_placed),
    Inbound("shop", take),
    Trace("web", _("Events of their browsers"), personal.forget, order=7),
    TrackedTable("web_shop", _("Shop that reports"), "building-store"),
    MenuEntry("web", _("Site visits"), "world", "web:overview", "customer", 16, access.VIEW),
    SettingsPage(
        name="web.shops",
        label=_("Shops"),
        help=_("Where WooCommerce and other shops report orders, customers and products to"),
        icon="building-store",
        url_name="web:shops",
        order=47,
        permission=access.MANAGE,
    ),
    Panel(
        name="web.customer",
        screen="customer",
        slot="tab",
        order=65,
        template="web/panel_tab.html",
        context=panels.tab,
        permission=access.VIEW,
        label=_("On the site"),
        icon="world",
    ),
    Panel(
        name="web.conversation",
        screen="conversation",
        slot="side",
        order=20,
        template="web/panel_side.html",
        context=panels.side,
        permission=access.VIEW,
    ),
    DemoPart("web", _("Site visits"), demo.sample_remove, demo.sample_load, order=72),
)
