"""Files that came with somebody's words: fetched after these are kept, tried again, and named when they are lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.channels.conversations.data import ReceivedFile
from peyvand.channels.conversations.services import file_add, file_missed
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import NotNowError, Piece
from peyvand.channels.messengers.carrier import access_of
from peyvand.channels.messengers.models import AwaitedFile
from peyvand.foundation.files.kinds import HEAD, kind_of

PAUSES = (5, 30, 120, 600, 1800)  # seconds before another try
HELD = timedelta(minutes=5)  # for which one that is being fetched is nobody else's


def fetch_due(*, now: datetime | None = None, limit: int = 10) -> int:
    """Fetch what is due, one after the other, outside of any transaction; gives how many were looked at."""
    moment = now or timezone.now()
    with transaction.atomic():
        due = AwaitedFile.objects.filter(due_at__lte=moment).order_by("due_at", "id")
        ids = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit])
        AwaitedFile.objects.filter(pk__in=ids).update(due_at=moment + HELD)
    for one in AwaitedFile.objects.filter(pk__in=ids).select_related("bot", "entry").order_by("id"):
        _fetch(one, now=moment)
    return len(ids)


def _fetch(one: AwaitedFile, *, now: datetime) -> None:
    fetching = ADAPTERS[one.bot.messenger].fetch
    try:
        if fetching is None:
            raise ValueError(one.bot.messenger)
        content = fetching(access_of(one.bot), Piece(one.ref, one.name, one.content_type, one.size))
    except NotNowError:
        _later(one, now=now)
    except ValueError:
        _missed(one, gettext("larger than the messenger hands out"))
    else:
        given = ReceivedFile(one.name, _kind(one.content_type, content), content)
        with transaction.atomic():
            if not AwaitedFile.objects.filter(pk=one.pk).delete()[0]:
                return
            file_add(entry=one.entry, given=given)


def _kind(said: str, content: bytes) -> str:
    """The type as it was said; of two kinds of picture, or of sound, the one that it is."""
    shown = kind_of(content[:HEAD])
    return shown if said.partition("/")[0] == shown.partition("/")[0] in ("image", "audio", "video") else said


def _later(one: AwaitedFile, *, now: datetime) -> None:
    if one.tries >= len(PAUSES):
        _missed(one, gettext("the messenger did not hand it out"))
        return
    due = now + timedelta(seconds=PAUSES[one.tries])
    AwaitedFile.objects.filter(pk=one.pk).update(tries=one.tries + 1, due_at=due)


def _missed(one: AwaitedFile, why: str) -> None:
    with transaction.atomic():
        if AwaitedFile.objects.filter(pk=one.pk).delete()[0]:
            file_missed(entry=one.entry, name=one.name, why=why)
