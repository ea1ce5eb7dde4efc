"""Who may see reports, and who may make them. People behind a number are seen by the right to see them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Permission

VIEW = "reports.view"
EDIT = "reports.edit"
SHARE = "reports.share"
EXPORT = "reports.export"

PERMISSIONS = (
    Permission(VIEW, _("See reports"), _("Insight"), order=53),
    Permission(EDIT, _("Make and change reports"), _("Insight"), order=54),
    Permission(SHARE, _("Share reports with everybody here, by mail and by link"), _("Insight"), order=55),
    Permission(EXPORT, _("Take reports out as a file"), _("Insight"), order=56),
)
