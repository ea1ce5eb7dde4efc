"""What this room declares to the registry."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms import access, demo, exports, forgetting, handlers, personal
from peyvand.channels.forms.models import State, Submission
from peyvand.channels.forms.services import FILE, LARGEST_FILE
from peyvand.channels.forms.words import KINDS
from peyvand.events.consents import ConsentsChanged
from peyvand.foundation.changes.declarations import TrackedTable
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import (
    Action,
    DemoPart,
    EventHandler,
    ExportShape,
    MenuEntry,
    Trace,
)


def _unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
    seen = Submission.objects.visible_to(actor).filter(pk__in=list(ids)).values_list("pk", flat=True)
    return set(ids) - set(seen)


def _waiting(actor: Actor) -> Sequence[QuerySet[Any]]:
    """What a colleague has to look at: values that differ, and results of nobody known."""
    if not actor.may(access.HANDLE):
        return []
    seen = Submission.objects.visible_to(actor).exclude(state=State.SPAM)
    return [seen.filter(suggestions__contains=[{"state": "open"}]).order_by()]


DECLARATIONS = (
    *access.PERMISSIONS,
    *personal.TABLES,
    *KINDS,
    TrackedTable("forms_form", _("Form"), "forms"),
    TrackedTable("forms_submission", _("Filled-in form"), "clipboard-text", unseen=_unseen),
    FilePurpose(FILE, max_bytes=LARGEST_FILE),
    Trace("forms", _("Filled-in forms"), forgetting.forget, order=9),
    EventHandler("forms.consents", ConsentsChanged, handlers.consents_changed),
    MenuEntry("forms", _("Forms"), "forms", "forms:list", "customer", 18, access.VIEW, badge=_waiting),
    Action("forms.new", _("New form"), "forms", "forms:new", 35, access.EDIT),
    ExportShape("forms", _("Filled-in forms"), access.EXPORT, exports.export_rows, 60, exports.export_count),
    DemoPart("forms", _("Forms"), demo.sample_remove, demo.sample_load, order=75),
)
