"""Who may read, write and publish what the house knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Permission

if TYPE_CHECKING:
    from peyvand.memory.knowledge.models import Article

VIEW = "knowledge.view"
EDIT = "knowledge.edit"
PUBLISH = "knowledge.publish"

_GROUP = _("Knowledge")
PERMISSIONS = (
    Permission(VIEW, _("Read articles"), _GROUP, order=160),
    Permission(EDIT, _("Write articles"), _GROUP, order=161),
    Permission(PUBLISH, _("Publish articles and set their categories"), _GROUP, order=162),
)


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles of the two businesses."""

    def visible_to(self, actor: Actor) -> ArticleQuerySet:
        """All of the business one looks at, for who may write; for readers those of which something is published."""
        if not actor.may(VIEW):
            return self.none()
        found = self.filter(demo=actor.demo)
        if actor.may(EDIT):
            return found
        return found.filter(archived=False, texts__published__isnull=False).distinct()
