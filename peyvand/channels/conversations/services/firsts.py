"""When the customer first wrote, and when a person of ours first answered: the time to the first answer.

One definition, here and in the SQL of migration 0010: the first of their own words (`in`, not automatic), and the first
of ours at or after that moment that a person wrote (`out`, not automatic, with its `staff`). Notes answer nobody. An
answer counts from when it was written, also where it is to go later.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from peyvand.channels.conversations.models import Conversation, Entry, Way


def firsts_put(conversation: Conversation) -> None:
    """Both moments from its entries; the caller keeps the row."""
    heard = conversation.entries.filter(way=Way.IN, automatic=False).order_by()
    conversation.first_in_at = heard.aggregate(at=Min("at"))["at"]
    conversation.first_answered_at = _answered(conversation)


def first_heard(conversation: Conversation, at: datetime) -> None:
    """Words of theirs of that moment have come; those that come late may be older than all others."""
    if conversation.first_in_at is not None and conversation.first_in_at <= at:
        return
    conversation.first_in_at = at
    if conversation.pk is not None:
        conversation.first_answered_at = _answered(conversation)


def first_said(conversation: Conversation, entry: Entry) -> None:
    """Words of ours have gone: they are the first answer once, where a person wrote them after the customer did."""
    asked = conversation.first_in_at
    if conversation.first_answered_at is None and asked is not None and entry.staff_id and entry.at >= asked:
        conversation.first_answered_at = entry.at


def _answered(conversation: Conversation) -> datetime | None:
    if conversation.first_in_at is None:
        return None
    said = conversation.entries.filter(
        way=Way.OUT, automatic=False, staff__isnull=False, at__gte=conversation.first_in_at
    )
    found: datetime | None = said.order_by().aggregate(at=Min("at"))["at"]
    return found
