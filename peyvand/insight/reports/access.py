"""Who may see reports, and who may make them. People behind a number are seen by the right to see them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

VIEW = "reports.view"
EDIT = "reports.edit"

PERMISSIONS = (
    Permission(VIEW, _("See reports"), _("Insight"), order=53),
    Permission(EDIT, _("Make and change reports"), _("Insight"), order=54),
)
