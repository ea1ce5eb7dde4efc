"""What comes to a chat from our side besides answers: who has joined, how it was, what goes by e-mail, codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peyvand.channels.conversations.models import Conversation
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.errors import InvalidError as OutreachInvalidError
from peyvand.channels.outreach.models import Message
from peyvand.channels.outreach.models import State as MessageState
from peyvand.channels.outreach.services import ContentData, Request, TextData, send
from peyvand.channels.sites import services as sites
from peyvand.channels.sites.declarations import ChatElsewhere
from peyvand.channels.webchat import queries
from peyvand.channels.webchat.errors import RefusedError
from peyvand.channels.webchat.models import Chat, Kind, Line
from peyvand.channels.webchat.services.chatting import CHANNEL
from peyvand.channels.webchat.services.lines import chat_locked, line_add
from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.identifiers import IdentifierError, normalise_email
from peyvand.foundation.text.keys import clean
from peyvand.memory.interactions.services import InteractionRow, recorded

RATING = "webchat.rating"
TRANSCRIPT, ANSWER = "webchat.transcript", "webchat.answer"
A_DAY = timedelta(days=1)
MOST_MAILS = 3  # transcripts a day, of one visitor and to one address
WAITS = timedelta(minutes=5)  # so long an answer waits unread before it goes by e-mail
MAIL_LONGEST = 60_000
AT_ONCE = 100
STARS = range(1, 6)


def joined(chat: Chat, staff_id: int | None, **data: object) -> None:
    """Name the colleague who answers from now on, to a visitor who was told of another or none. The chat is locked."""
    if staff_id is None or chat.staff_id == staff_id:
        return
    person = User.objects.filter(pk=staff_id).first()
    if person is None:
        return
    chat.staff_id = staff_id
    chat.save(update_fields=["staff_id"])
    line_add(chat, Kind.SYSTEM, data={"what": "joined", "name": person.name, **data})


def rate_ask(*, chat_id: int, event: str) -> None:
    """Ask how it was, once for each time a conversation was closed."""
    with transaction.atomic():
        chat = chat_locked(pk=chat_id)
        last = Line.objects.filter(chat=chat).order_by("-seq").first()
        if last is None or last.kind == Kind.ASK or Line.objects.filter(chat=chat, data__event=event).exists():
            return
        line_add(chat, Kind.ASK, data={"what": "rate", "conversation": chat.conversation_id, "event": event})


def rate(*, chat_id: int, seq: int, stars: int, words: str = "") -> None:
    """Keep how it was for them, once for each asking: on their timeline, and in the chat. RefusedError."""
    if stars not in STARS:
        raise RefusedError(_("Choose from one to five."), "stars")
    with transaction.atomic():
        chat = chat_locked(pk=chat_id)
        asked = Line.objects.filter(chat=chat, kind=Kind.ASK, seq=seq).first()
        if asked is None:
            raise RefusedError(_("Nothing was asked here."), "seq")
        if "stars" in asked.data:
            return
        asked.data = {**asked.data, "stars": stars}
        asked.save(update_fields=["data"])
        actor = system_actor(demo=chat.demo)
        talk = Conversation.objects.filter(pk=asked.data.get("conversation") or 0).first()
        row = InteractionRow(
            kind=RATING, at=timezone.now(), customer_id=talk.customer_id if talk else chat.visitor.customer_id,
            channel=CHANNEL, direction="in", staff_id=chat.staff_id, source_kind="webchat.line", source_id=asked.pk,
            dedupe_key=f"webchat:rating:{asked.pk}", identity_kind="visitor", identity_key=chat.visitor.key,
            payload={"stars": stars, "text": clean(words)[:500], "conversation": talk.pk if talk else None},
        )  # fmt: skip
        recorded(actor=actor, row=row)
        line_add(chat, Kind.SYSTEM, data={"what": "rated", "stars": stars, "of": seq})


def elsewhere(*, chat: Chat) -> Mapping[str, Any]:
    """A one-time code by which the chat goes on in a messenger, and where that is; no ways where none is set up."""
    declared, site = registry.all(ChatElsewhere), chat.widget.site
    if not any(one.link(site, "") for one in declared):
        return {"code": "", "ways": []}
    code = sites.code_new(actor=system_actor(demo=chat.demo), visitor=chat.visitor)
    ways = [
        {"name": one.name, "label": str(one.label), "url": url}
        for one in declared
        if (url := one.link(site, code)).startswith("https://")
    ]
    return {"code": code, "ways": ways}


# ── by e-mail, through the gate ───────────────────────────────────────────


def transcript(*, actor: Actor, chat: Chat, email: str = "") -> Message:
    """Send what was said so far by e-mail: to the address given, else to the one they told. RefusedError."""
    address = _address(chat, email)
    lines = queries.lines_of(chat_id=chat.pk, most=500)
    if not any(one.kind in (Kind.IN, Kind.OUT) for one in lines):
        raise RefusedError(_("Nothing has been said yet."), "empty")
    language = _language(chat)
    with translation.override(language):
        subject = _("Our conversation at %(site)s") % {"site": chat.widget.site.name}
        body = queries.as_text(lines, language=language)[:MAIL_LONGEST]
    key = f"{TRANSCRIPT}:{chat.pk}:{chat.last_seq}:{address}"[:200]
    return _mailed(actor, chat, address, subject, body, source=TRANSCRIPT, key=key)


def _address(chat: Chat, email: str) -> str:
    given = email.strip() or str(chat.visitor.claims.get("email", ""))
    try:
        return normalise_email(given)
    except IdentifierError:
        raise RefusedError(_("Type an e-mail address like name@example.com."), "email") from None


def _language(chat: Chat) -> str:
    return chat.visitor.language or chat.widget.site.language


def _mailed(actor: Actor, chat: Chat, address: str, subject: str, body: str, *, source: str, key: str) -> Message:
    """Ask for a mail of service; at most a few transcripts a day, so that nobody has us write to strangers."""
    if not registry.has(Carrier, "email"):
        raise RefusedError(_("E-mail is not set up here."), "email")
    if source == TRANSCRIPT:
        lately = Message.objects.filter(demo=chat.demo, source_kind=source, created_at__gt=timezone.now() - A_DAY)
        own, theirs = lately.filter(source_id=chat.pk), lately.filter(channel="email", address_key=address)
        if max(own.count(), theirs.count()) >= MOST_MAILS:
            raise RefusedError(_("It was sent a few times today; look into the mailbox, or try tomorrow."), "often")
    language = _language(chat)
    request = Request(
        customer=chat.visitor.customer_id, purpose="service", channel="email", address=address, answers=True,
        content=ContentData(texts=[TextData(body, language, subject=subject)], title=subject[:60]),
        source=(source, chat.pk), language=language, dedupe_key=key,
    )  # fmt: skip
    try:
        made = send(actor=actor, request=request)
    except OutreachInvalidError as error:
        raise RefusedError(next(iter(error.errors.values())), "email") from None
    if made.state == MessageState.REFUSED:
        raise RefusedError(_("Nothing may be sent to this address."), "email")
    return made


def answers_mail(now: datetime | None = None) -> int:
    """Answers that wait unread for a visitor who has gone go to the e-mail address they told; gives how many mails."""
    moment = now or timezone.now()
    waiting = (
        Chat.objects.filter(
            widget__mails=True, left_at__lt=moment - WAITS, visitor__claims__has_key="email",
            delivered_seq__lt=F("last_seq"), mailed_seq__lt=F("last_seq"),
        )
        .select_related("visitor", "widget__site")
        .order_by("left_at")[:AT_ONCE]
    )  # fmt: skip
    return sum(_answer_mailed(chat, moment) for chat in waiting)


def _answer_mailed(chat: Chat, now: datetime) -> bool:
    with transaction.atomic():
        kept = chat_locked(pk=chat.pk)
        since = max(kept.delivered_seq, kept.mailed_seq)
        lines = [one for one in queries.lines_of(chat_id=kept.pk, after=since) if one.kind == Kind.OUT]
        if any(now.timestamp() - one.at < WAITS.total_seconds() for one in lines):
            return False
        kept.mailed_seq = kept.last_seq
        kept.save(update_fields=["mailed_seq"])
        if not lines:
            return False
        language = _language(kept)
        with translation.override(language):
            subject = _("An answer from %(site)s") % {"site": kept.widget.site.name}
            body = queries.as_text(lines, language=language)[:MAIL_LONGEST]
        actor, key = system_actor(demo=kept.demo), f"{ANSWER}:{kept.pk}:{kept.last_seq}"
        try:
            _mailed(actor, kept, _address(kept, ""), subject, body, source=ANSWER, key=key)
        except RefusedError:
            return False
    return True


def answers_due() -> None:
    """The schedule's call."""
    answers_mail()


def chats_of(conversation_ids: Sequence[int]) -> list[Chat]:
    """The chats that are in these conversations."""
    return list(Chat.objects.filter(conversation_id__in=list(conversation_ids)))
