"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.declarations import Inbound
from peyvand.channels.sms import access, demo, hearing, personal
from peyvand.channels.sms.carrier import SMS
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.registry.declarations import DemoPart, Schedule, SettingsPage

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    SMS,
    Inbound("sms", hearing.take),
    TrackedTable("sms_smsaccount", _("Line for text messages"), "message-2"),
    Schedule("sms.poll", "*/2 * * * *", hearing.poll_all),
    Schedule("sms.credit", "13 5 * * *", hearing.credits_ask),
    SettingsPage(
        name="sms.accounts",
        label=_("Lines for text messages"),
        help=_("Gateways, their keys, what is left, where their reports come in"),
        icon="message-2",
        url_name="sms:accounts",
        order=48,
        permission=access.MANAGE,
    ),
    DemoPart("sms", _("Lines for text messages"), demo.sample_remove, demo.sample_load, order=18),
)
