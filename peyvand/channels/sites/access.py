"""Who sets up sites: "sites.manage". Who a visitor is may be seen with the customer, and is said with the right to edit
them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "sites.manage"
PERMISSIONS = (Permission(MANAGE, _("Set up web sites"), _("Messages"), order=207),)
