"""Who may say what records consist of, and share views."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

MANAGE = "fields.manage"
SHARE = "fields.share"

_GROUP = _("People and settings")
PERMISSIONS = (
    Permission(MANAGE, _("Add and change custom fields"), _GROUP, order=930),
    Permission(SHARE, _("Share views of lists with everyone"), _GROUP, order=931),
)
