"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import access, handlers, personal
from peyvand.channels.outreach.dispatching.standing import stand
from peyvand.channels.outreach.fields import FIELDS
from peyvand.channels.outreach.kinds import KINDS
from peyvand.events.consents import ConsentsChanged
from peyvand.events.matching import CustomersUnmerged
from peyvand.foundation.changes.declarations import KindOfSet, TrackedTable
from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.registry.declarations import EventHandler

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *FIELDS,
    *KINDS,
    KindOfSet("send", _("Message to many"), "send"),
    TrackedTable("outreach_template", _("Template"), "template"),
    TrackedTable("outreach_templatetext", _("Text of a template"), "template"),
    TrackedTable("outreach_recipient", _("Preferences"), "adjustments"),
    TrackedTable("outreach_suppression", _("Address that gets nothing"), "ban"),
    TrackedTable("outreach_cap", _("Cap"), "gauge"),
    TrackedTable("outreach_quiethours", _("Quiet hours"), "moon"),
    TrackedTable("outreach_budget", _("Budget of messages"), "coins"),
    TrackedTable("outreach_purposerule", _("Rule of a purpose"), "list-check"),
    EventHandler("outreach.consents", ConsentsChanged, handlers.consents_changed),
    EventHandler("outreach.unmerged", CustomersUnmerged, handlers.customers_unmerged),
    Standing("outreach.sender", stand),
)
