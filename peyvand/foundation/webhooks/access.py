"""Who may see where messages go, and who may change it.

An endpoint hears of everything that happens in its business, whoever's record it is; so the rights are whole, not by
team, and meant for those who set the house up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.declarations import Permission

if TYPE_CHECKING:
    from peyvand.foundation.webhooks.models import WebhookDelivery as WebhookDelivery
    from peyvand.foundation.webhooks.models import WebhookEndpoint as WebhookEndpoint

VIEW = "webhooks.view"
MANAGE = "webhooks.manage"
SAMPLE = r"^https?://[^/:?]+[.]example([:/?]|$)"

_GROUP = _("Settings")
PERMISSIONS = (
    Permission(VIEW, _("See webhooks and their deliveries"), _GROUP, order=86),
    Permission(MANAGE, _("Change webhooks and send again"), _GROUP, order=87),
)


def may_view(actor: Actor) -> bool:
    """Whether the actor may see endpoints and deliveries."""
    return actor.may(VIEW) or actor.may(MANAGE)


def require_view(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may see them."""
    if not may_view(actor):
        raise NotAllowed(VIEW)


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Endpoints of the two businesses."""

    def visible_to(self, actor: Actor) -> EndpointQuerySet:
        """All of the business one looks at, for whoever may see them."""
        return self.filter(demo=actor.demo) if may_view(actor) else self.none()

    def sending(self) -> EndpointQuerySet:
        """Those that messages go to: on, with a secret, and not the address of an example."""
        return self.filter(enabled=True).exclude(secret="").exclude(url__regex=SAMPLE)


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """Deliveries of the two businesses."""

    def visible_to(self, actor: Actor) -> DeliveryQuerySet:
        """All of the business one looks at, for whoever may see them."""
        return self.filter(demo=actor.demo) if may_view(actor) else self.none()
