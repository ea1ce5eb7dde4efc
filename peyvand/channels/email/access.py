"""Who sets up accounts of e-mail: "email.manage"; whoever sends sees that they are there through outreach."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "email.manage"
PERMISSIONS = (Permission(MANAGE, _("Set up accounts of e-mail"), _("Messages"), order=206),)
