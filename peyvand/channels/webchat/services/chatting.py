"""What a visitor does in a chat: begins it, says who they are, writes, has read so far, comes and goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.models import Entry
from peyvand.channels.conversations.services import receive
from peyvand.channels.conversations.waking import wake, wake_present
from peyvand.channels.outreach.declarations import Said
from peyvand.channels.outreach.dispatching.settling import Told, report
from peyvand.channels.sites import services as sites
from peyvand.channels.sites.errors import InvalidError as SiteInvalidError
from peyvand.channels.sites.models import Visitor
from peyvand.channels.sites.queries import visitor_of
from peyvand.channels.webchat.data import Intro, Place, Written
from peyvand.channels.webchat.errors import InvalidError, RefusedError
from peyvand.channels.webchat.models import Asked, Chat, Kind, Line, Widget
from peyvand.channels.webchat.services.lines import chat_locked, line_add
from peyvand.foundation.text.keys import clean

CHANNEL = "webchat"
LONGEST = 4_000
MOST_FILES = 5
_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


def is_client_id(text: str) -> bool:
    """Whether it can be a browser's own name of what was written."""
    return _ID.fullmatch(text) is not None


def chat_found(place: Place) -> Chat | None:
    """The chat of the browser that holds this token; None while it has begun none here. Nothing is written."""
    visitor = visitor_of(place.site, place.token)
    return Chat.objects.select_related("visitor", "widget").filter(visitor=visitor).first() if visitor else None


def chat_begun(place: Place) -> Chat:
    """The same, begun where there was none. RefusedError for what is no token of this site."""
    try:
        visitor = sites.visitor_seen(site=place.site, token=place.token, language=place.language, agent=place.agent)
    except SiteInvalidError as error:
        raise RefusedError(next(iter(error.errors.values())), "token") from None
    chat, _made = Chat.objects.get_or_create(
        visitor=visitor, defaults={"demo": place.site.demo, "widget": place.widget, **_before(place)}
    )
    return chat


def _before(place: Place) -> dict[str, str]:
    return {"page": clean(place.page)[:500], "title": clean(place.title)[:200]}


def lacking(widget: Widget, visitor: Visitor | None) -> list[str]:
    """What has to be said before the first words, and was not."""
    claims = visitor.claims if visitor is not None else {}
    if visitor is not None and visitor.customer_id is not None:
        return []
    return [
        name
        for name in ("name", "email", "phone")
        if getattr(widget, f"ask_{name}") == Asked.MUST and not claims.get(name)
    ]


def introduce(*, place: Place, intro: Intro) -> Chat:
    """Keep what a visitor says of themselves. InvalidError by field for what is wrong; then nothing is kept."""
    errors = {}
    with transaction.atomic():
        chat = chat_begun(place)
        visitor = chat.visitor
        for name in ("name", "email", "phone"):
            asked, value = getattr(place.widget, f"ask_{name}"), clean(getattr(intro, name))
            if asked == Asked.NO:
                continue
            if not value:
                if asked == Asked.MUST and not visitor.claims.get(name):
                    errors[name] = _("Please fill this in.") if name == "name" else _("This is needed for the answer.")
            elif not sites.claim(visitor=visitor, kind=name, value=value):
                errors[name] = (
                    _("Type an e-mail address like name@example.com.") if name == "email"
                    else _("Type a phone number with all its digits.")
                )  # fmt: skip
        if errors:
            transaction.set_rollback(True)
        elif place.widget.remembers:
            sites.remember(visitor=visitor, allowed=intro.remember)
    if errors:
        raise InvalidError(errors)
    return chat


def write(*, place: Place, written: Written) -> Line:
    """Keep what a visitor wrote, once however often it comes; it is in the inbox and in their history when this is
    committed. RefusedError for what can't be kept.
    """
    text = written.text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not is_client_id(written.client_id):
        raise RefusedError(_("This message has no name of its own."), "id")
    if not text and not written.files:
        raise RefusedError(_("Write something first."), "empty")
    if len(text) > LONGEST:
        raise RefusedError(_("This is longer than a message may be; send it in parts."), "long")
    if len(written.files) > MOST_FILES:
        raise RefusedError(_("At most five files at once."), "files")
    with transaction.atomic():
        chat = chat_locked(pk=chat_begun(place).pk)
        known = Line.objects.filter(chat=chat, client_id=written.client_id).first()
        if known is not None:
            return known
        if lacking(place.widget, chat.visitor):
            raise RefusedError(_("Say first who you are."), "intro")
        entry = _entry(place, chat, written, text)
        if chat.conversation_id != entry.conversation_id:
            chat.conversation_id = entry.conversation_id
            chat.save(update_fields=["conversation"])
        return line_add(chat, Kind.IN, entry=entry, client_id=written.client_id, at=entry.at)


def _entry(place: Place, chat: Chat, written: Written, text: str) -> Entry:
    external = f"{chat.visitor.key}:{written.client_id}"
    entry = receive(
        demo=chat.demo,
        received=Received(
            channel=CHANNEL, account_id=place.widget.pk, external_id=external, at=timezone.now(),
            address=chat.visitor.key, name=str(chat.visitor.claims.get("name", "")), text=text, files=written.files,
            conversation_id=chat.conversation_id, language=place.language or chat.visitor.language,
        ),
    )  # fmt: skip
    if entry is None:  # it is there, though its line is not
        entry = Entry.objects.get(demo=chat.demo, channel=CHANNEL, external_id=external)
    return entry


def delivered(*, chat_id: int, seq: int) -> None:
    """A browser has the lines up to this one: the ledger learns of ours among them."""
    with transaction.atomic():
        chat = chat_locked(pk=chat_id)
        before, upto = chat.delivered_seq, min(seq, chat.last_seq)
        if upto <= before:
            return
        chat.delivered_seq = upto
        chat.save(update_fields=["delivered_seq"])
        lines = Line.objects.filter(chat=chat, kind=Kind.OUT, seq__gt=before, seq__lte=upto, uid__isnull=False)
        uids = list(lines.values_list("uid", flat=True))
    if uids:
        report([Told(key="browser", said=Said.DELIVERED, uid=uid) for uid in uids], channel=CHANNEL)
        _moved(chat)


def read(*, chat_id: int, seq: int) -> None:
    """The visitor has seen the lines up to this one."""
    with transaction.atomic():
        chat = chat_locked(pk=chat_id)
        upto = min(seq, chat.last_seq)
        if upto <= chat.read_seq:
            return
        chat.read_seq = upto
        chat.save(update_fields=["read_seq"])
        _moved(chat)


def _moved(chat: Chat) -> None:
    if chat.conversation_id is not None:
        wake(chat.conversation_id)


def here(*, keys: Sequence[str]) -> None:
    """These visitors are there."""
    Chat.objects.filter(visitor__key__in=list(keys)).update(seen_at=Now(), left_at=None)


def came(*, chat: Chat, page: str, title: str) -> None:
    """A window of theirs shows this page now."""
    values = {"page": clean(page)[:500], "title": clean(title)[:200]}
    with transaction.atomic():
        Chat.objects.filter(pk=chat.pk).update(seen_at=Now(), left_at=None, **values)
        if chat.conversation_id is not None:
            wake_present(chat.conversation_id)


def left(*, key: str) -> None:
    """Their last window was closed."""
    with transaction.atomic():
        chat = Chat.objects.filter(visitor__key=key).first()
        if chat is None:
            return
        Chat.objects.filter(pk=chat.pk).update(left_at=Now())
        if chat.conversation_id is not None:
            wake_present(chat.conversation_id)
