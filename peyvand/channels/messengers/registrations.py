"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.messengers import access, demo, hearing, listening, panels, personal, services
from peyvand.channels.messengers.carrier import CARRIERS, CONSENTS
from peyvand.channels.outreach.declarations import Inbound
from peyvand.foundation.changes.declarations import Recompute, TrackedTable
from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.registry.declarations import DemoPart, Panel, SettingsPage
from peyvand.memory.customers.access import EDIT

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *CONSENTS,
    *CARRIERS,
    *panels.ELSEWHERE,
    Inbound("messengers", hearing.take),
    Standing("messengers.listen", listening.stand),
    Recompute("messengers_bot", services.hooks_refill),
    TrackedTable("messengers_bot", _("Bot of a messenger"), "robot"),
    SettingsPage(
        name="messengers.bots",
        label=_("Bots of messengers"),
        help=_("Telegram, Bale, Rubika, WhatsApp: their keys, how they hear, what they say first"),
        icon="robot",
        url_name="messengers:bots",
        order=49,
        permission=access.MANAGE,
    ),
    Panel(
        name="messengers.link",
        screen="customer",
        slot="end",
        order=60,
        template="messengers/panel_link.html",
        context=panels.link,
        permission=EDIT,
    ),
    DemoPart("messengers", _("Bots of messengers"), demo.sample_remove, demo.sample_load, order=18),
)
