"""What clicks on short links come to: their sums, the timeline, and who has come to a site by a message."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from peyvand.channels.outreach.addresses import arrived_message
from peyvand.channels.outreach.dispatching.linked import UNTRACKED
from peyvand.channels.outreach.models import Arrival, Click, Link, Message
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.interactions.services import InteractionRow, record_many

CLICK = "outreach.click"
AT_ONCE = 2_000
MOST_TURNS = 100
KEPT = timedelta(days=1)
TITLE_LENGTH = 300


def clicks_digest() -> None:
    """Fold new clicks into the sums of their links, and tell the timeline; every minute.

    Of one message and link, what happens within a minute is one line. A click is folded once: its row says so in the
    same transaction.
    """
    for _turn in range(MOST_TURNS):
        if not _digested():
            return


def _digested() -> int:
    with transaction.atomic():
        rows = list(
            Click.objects.filter(digested=False)
            .select_related("link")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:AT_ONCE]
        )
        if not rows:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(UNTRACKED)
        latest: dict[int, datetime] = {}
        for row in rows:
            latest[row.link_id] = max(row.at, latest.get(row.link_id, row.at))
        for link_id, many in sorted(Counter(row.link_id for row in rows).items()):
            Link.objects.filter(pk=link_id).update(clicks=F("clicks") + many, clicked_at=latest[link_id])
        _tell(rows)
        Click.objects.filter(pk__in=[row.pk for row in rows]).update(digested=True)
    return len(rows)


def _tell(rows: Sequence[Click]) -> None:
    by_message = [row for row in rows if row.message_id is not None]
    messages = Message.objects.in_bulk([row.message_id for row in by_message])
    for demo in (False, True):
        told = {}
        for row in by_message:
            message = messages.get(row.message_id or 0)
            if message is None or message.customer_id is None or message.demo is not demo or row.demo is not demo:
                continue
            minute = int(row.at.timestamp()) // 60
            told[f"{CLICK}:{message.pk}:{row.link_id}:{minute}"] = (row, message)
        record_many(
            actor=system_actor(demo=demo),
            rows=[
                InteractionRow(
                    kind=CLICK, at=row.at, customer_id=message.customer_id, channel=message.channel, direction="in",
                    source_kind="outreach.message", source_id=message.pk, dedupe_key=key,
                    payload={"title": (row.link.title or row.link.target)[:TITLE_LENGTH], "purpose": message.purpose},
                )
                for key, (row, message) in told.items()
            ],
        )  # fmt: skip


def arrival_take(*, token: str, demo: bool, now: datetime | None = None) -> Message | None:
    """Whose message it was by which somebody came to a site just now: once, and within half an hour; else None.

    None too where the message is nobody's any more.
    """
    moment = now or timezone.now()
    message_id = arrived_message(token, now=moment)
    if message_id is None:
        return None
    found = Message.objects.select_related("customer").filter(pk=message_id, demo=demo, customer__isnull=False).first()
    if found is None:
        return None
    digest = hashlib.sha256(token.encode()).hexdigest()
    _row, first = Arrival.objects.get_or_create(digest=digest, defaults={"demo": demo, "at": moment})
    return found if first else None


def arrivals_sweep() -> None:
    """Used tokens that nobody could use any more go."""
    Arrival.objects.filter(at__lt=timezone.now() - KEPT).delete()
