"""Who sets up notices: "push.manage"; who has subscribed is seen with the customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "push.manage"
PERMISSIONS = (Permission(MANAGE, _("Set up notices of web sites"), _("Messages"), order=208),)
