"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.changes.forgetting import forget_in
from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import (
    Action,
    DemoPart,
    ImpersonalTable,
    Schedule,
    SettingsPage,
    Trace,
)
from peyvand.foundation.text.mentions import Mentioned
from peyvand.foundation.webhooks import access, demo
from peyvand.foundation.webhooks.sending import stand
from peyvand.foundation.webhooks.services import clean, sample_remove


def _clean() -> None:
    clean()


def _forget(actor: Actor, somebody: Mentioned) -> int:
    """A receiver may have answered with what it knows of them."""
    return 0 if actor.demo else forget_in(somebody, table="webhooks_webhookattempt", texts=("response",))


DECLARATIONS = (
    *access.PERMISSIONS,
    ImpersonalTable("webhooks_webhookendpoint", "addresses of other programs; who of us set them up", staff=True),
    ImpersonalTable("webhooks_webhookdelivery", "ids of what happened; forgotten after its days of keeping"),
    ImpersonalTable("webhooks_webhookattempt", "what a receiver answered to ids, at most 1 kB; forgotten likewise"),
    ImpersonalTable("webhooks_webhookhour", "how many tries an endpoint took, by hour"),
    TrackedTable("webhooks_webhookendpoint", _("Webhook"), "webhook"),
    SettingsPage(
        name="webhooks",
        label=_("Webhooks"),
        help=_("Other programs that hear at once of what happens here, and whether they did"),
        icon="webhook",
        url_name="webhooks:endpoints",
        order=41,
        permission=access.VIEW,
    ),
    Action("webhooks.deliveries", _("Deliveries of webhooks"), "send", "webhooks:deliveries", 91, access.VIEW),
    Standing("webhooks.sender", stand),
    Trace("webhooks", _("Answers of receivers of webhooks"), _forget, order=40),
    Schedule("webhooks.clean", "31 1 * * *", _clean),
    DemoPart("webhooks", _("Webhooks"), sample_remove, demo.sample_load, order=90),
)
