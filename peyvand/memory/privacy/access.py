"""Who may give out or erase everything we know of a person: two rights of their own, over customers whom one sees."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

EXPORT = "privacy.export"
ERASE = "privacy.erase"

_GROUP = _("Privacy")
PERMISSIONS = (
    Permission(EXPORT, _("Take out everything known of a person"), _GROUP, order=118),
    Permission(ERASE, _("Erase a person for good"), _GROUP, order=119),
)
