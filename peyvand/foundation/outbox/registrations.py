"""What the outbox declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import KindOfSet
from peyvand.foundation.changes.forgetting import forget_in
from peyvand.foundation.outbox.services import clean
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImpersonalTable, Permission, Schedule, SettingsPage, Trace
from peyvand.foundation.text.mentions import Mentioned


def _clean() -> None:
    clean()


def _forget(actor: Actor, somebody: Mentioned) -> int:
    """What a handler said when it failed may quote a row."""
    return 0 if actor.demo else forget_in(somebody, table="outbox_failure", texts=("error", "reason"))


DECLARATIONS = (
    ImpersonalTable("outbox_event", "ids of what happened; forgotten after its days of keeping"),
    ImpersonalTable("outbox_failure", "what a handler could not take, by the id of the event"),
    ImpersonalTable("outbox_cursor", "how far handlers have read"),
    ImpersonalTable("outbox_delivery", "that a handler has dealt with an event"),
    Permission(name="outbox.view", label=_("See events that did not arrive"), group=_("Settings"), order=84),
    Permission(name="outbox.retry", label=_("Retry or discard such events"), group=_("Settings"), order=85),
    SettingsPage(
        name="outbox.failures",
        label=_("Events that did not arrive"),
        help=_("What one part of Peyvand could not tell another, to be tried again or given up."),
        icon="mail-exclamation",
        url_name="outbox:failures",
        order=84,
        permission="outbox.view",
    ),
    KindOfSet(name="event-retry", label=_("Event tried again"), icon="refresh"),
    KindOfSet(name="event-discard", label=_("Event given up"), icon="trash"),
    Trace("outbox", _("Events that did not arrive"), _forget, order=30),
    Schedule(name="outbox.clean", cron="23 1 * * *", function=_clean),
)
