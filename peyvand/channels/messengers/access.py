"""Who sets up bots: "messengers.manage"; whoever sends sees that they are there through outreach. Who may edit a
customer may give them a code by which a chat becomes theirs.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "messengers.manage"
PERMISSIONS = (Permission(MANAGE, _("Set up bots of messengers"), _("Messages"), order=206),)
