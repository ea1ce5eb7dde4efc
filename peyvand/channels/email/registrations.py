"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.email import access, demo, personal, services
from peyvand.channels.email.carrier import EMAIL
from peyvand.channels.email.colleagues import POST
from peyvand.channels.email.hearing import hooks, listening
from peyvand.channels.outreach.declarations import Inbound
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.registry.declarations import DemoPart, Schedule, SettingsPage

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    EMAIL,
    POST,
    Inbound("email", hooks.receive),
    Schedule("email.proofs", "27 5 * * *", services.proofs_look_all),
    Standing("email.listen", listening.stand),
    TrackedTable("email_emailaccount", _("Account of e-mail"), "mail"),
    TrackedTable("email_emailfolder", _("Folder of a mailbox"), "folder"),
    SettingsPage(
        name="email.accounts",
        label=_("Accounts of e-mail"),
        help=_("Servers, mailboxes, signatures, and whether the world believes they are yours"),
        icon="mail",
        url_name="email:accounts",
        order=47,
        permission=access.MANAGE,
    ),
    DemoPart("email", _("Accounts of e-mail"), demo.sample_remove, demo.sample_load, order=18),
)
