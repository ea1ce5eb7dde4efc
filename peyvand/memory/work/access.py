"""Who may see when the house works, and who may change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Permission

if TYPE_CHECKING:
    from typing import Self

VIEW = "work.view"
MANAGE = "work.manage"

_GROUP = _("Settings")
PERMISSIONS = (
    Permission(VIEW, _("See working hours and holidays"), _GROUP, order=84),
    Permission(MANAGE, _("Change working hours and holidays"), _GROUP, order=85),
)
Row = TypeVar("Row", bound=models.Model)


class WorkQuerySet(models.QuerySet[Row]):
    """Rows of the two businesses."""

    def visible_to(self, actor: Actor) -> Self:
        """All of the business one looks at, for whoever may see them."""
        return self.filter(demo=actor.demo) if actor.may(VIEW) or actor.may(MANAGE) else self.none()


class HolidayQuerySet(WorkQuerySet[Any]):
    """Holidays; those that were removed stay hidden, so that loading the official days doesn't bring them back."""

    def kept(self) -> Self:
        """Those that nobody removed."""
        return self.filter(removed=False)
