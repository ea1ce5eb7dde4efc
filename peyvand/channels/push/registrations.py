"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.channels.push import access, demo, handlers, parts, personal
from peyvand.channels.push.carrier import PUSH
from peyvand.events.sites import VisitorKnown
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.registry.declarations import DemoPart, EventHandler, SettingsPage

DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    PUSH,
    parts.PART,
    parts.FILE,
    TrackedTable("push_sender", _("Notices of web sites"), "bell"),
    EventHandler("push.known", VisitorKnown, handlers.known),
    SettingsPage(
        name="push.setting",
        label=_("Notices of web sites"),
        help=_("What visitors may choose, the file for the shop, a test notice"),
        icon="bell",
        url_name="push:setting",
        order=49,
        permission=access.MANAGE,
    ),
    DemoPart("push", _("Notices of web sites"), demo.sample_remove, demo.sample_load, order=19),
)
