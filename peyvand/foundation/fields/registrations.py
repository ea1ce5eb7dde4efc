"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.fields import access, forgetting
from peyvand.foundation.fields.services import sample_remove
from peyvand.foundation.registry.declarations import Beside, DemoPart, ImpersonalTable, SettingsPage, Trace

DECLARATIONS = (
    *access.PERMISSIONS,
    ImpersonalTable("fields_customfield", "which fields records have, without their values"),
    Beside("fields_customfield", by=("record", "key")),
    ImpersonalTable("fields_savedview", "conditions of lists, of our own people", staff=True),
    ImpersonalTable("fields_listchoice", "columns of lists, of our own people", staff=True),
    TrackedTable("fields_customfield", _("Custom field"), "forms"),
    TrackedTable("fields_savedview", _("View of a list"), "layout-list"),
    SettingsPage(
        "fields", _("Fields"), _("What is kept of a customer, in fields of your own; who sees which."), "forms",
        "fields:list", 45, access.MANAGE,
    ),
    Trace("fields", _("Saved views"), forgetting.forget, order=50),
    DemoPart("fields", _("Fields and views"), sample_remove, order=5),
)  # fmt: skip
