"""Conversations as records that are opened by their ids: those whom one may read, with their first answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import showing
from peyvand.channels.conversations.models import Conversation
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Record, RecordList

LETTERS = 80


def _found(actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
    return Conversation.objects.visible_to(actor).filter(pk__in=ids)


def _told(actor: Actor, rows: Sequence[Conversation]) -> list[Record]:
    return [
        Record(
            one.pk, _name(one), reverse("conversations:one", args=[one.pk]), one.customer_id, one.created_at,
            showing.first_answer(one) or (gettext("Not answered") if one.first_in_at else ""),
        )
        for one in rows
    ]  # fmt: skip


def _name(one: Conversation) -> str:
    return (one.subject or one.preview)[:LETTERS] or str(showing.channel_of(one.channel)[0])


RECORDS = (
    RecordList("conversations", _("Conversations"), _found, _told, ("-created_at", "-id"), _("First answer")),
)  # fmt: skip
