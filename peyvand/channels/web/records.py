"""Visits as records that are opened by their ids; the page of one is its visitor's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.channels.web import access, showing
from peyvand.channels.web.models import Visit
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Record, RecordList
from peyvand.foundation.ui import formats
from peyvand.memory.customers.models import Customer


def _found(actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
    if not actor.may(access.VIEW):
        return Visit.objects.none()
    seen = Customer.objects.visible_to(actor).values("pk")
    unknown = Q(visitor=None) | Q(visitor__customer=None)
    rows = Visit.objects.filter(demo=actor.demo, pk__in=ids).filter(unknown | Q(visitor__customer_id__in=seen))
    return rows.select_related("visitor")


def _told(actor: Actor, rows: Sequence[Visit]) -> list[Record]:
    return [
        Record(
            one.pk, showing.first_page(one) or showing.source_words(one.source, one.medium, one.campaign),
            reverse("web:visitor", args=[one.visitor_id]) if one.visitor_id else "",
            one.visitor.customer_id if one.visitor is not None else None, one.started_at, formats.number(one.pages),
        )
        for one in rows
    ]  # fmt: skip


RECORDS = (
    RecordList(
        "visits", _("Visits"), _found, _told, ("-started_at", "-id"), _("Pages looked at"),
        person="visitor__customer_id",
    ),
)  # fmt: skip
