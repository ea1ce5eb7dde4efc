"""Who sets up the lines of text messages: "sms.manage"; whoever sends sees that they are there through outreach."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "sms.manage"
PERMISSIONS = (Permission(MANAGE, _("Set up lines for text messages"), _("Messages"), order=205),)
