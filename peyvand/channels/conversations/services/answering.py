"""Answering customers over the channel they prefer, and noting things for colleagues."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import InvalidError, SaidMeanwhileError
from peyvand.channels.conversations.models import Conversation, Entry, EntryFile, Mention, State, Way
from peyvand.channels.conversations.services.firsts import first_said
from peyvand.channels.conversations.services.receiving import FILE, PREVIEW, SEARCHED, TEXT_LENGTH
from peyvand.channels.conversations.services.standing import locked
from peyvand.channels.conversations.waking import wake
from peyvand.channels.outreach import access as outreach_access
from peyvand.channels.outreach import explaining
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.dispatching.standing import dispatch_now
from peyvand.channels.outreach.errors import InvalidError as RefusedError
from peyvand.channels.outreach.models import Message
from peyvand.channels.outreach.models import State as MessageState
from peyvand.channels.outreach.services import ContentData, Request, TextData, send
from peyvand.channels.outreach.services.sending import LIVE
from peyvand.events.conversations import ConversationAnswered, ConversationChanged
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.files import services as files
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.files.services import FileRefusedError
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer

ANSWERS_FOR = timedelta(days=30)  # so long after their words ours are an answer
LATEST = timedelta(days=90)
PURPOSE = "service"
SOURCE = "conversations.reply"
REFERENCES = 20
MOST_FILES, MOST_BYTES = 10, 20 * 2**20


@dataclass(frozen=True)
class ReplyFile:
    """A file that goes along."""

    name: str
    content_type: str
    stream: IO[bytes]


@dataclass(frozen=True, kw_only=True)
class ReplyData:
    """An answer. `channel` is that of one of the carriers. `seen` is the last entry one had before one's eyes when
    beginning to write. `once` is the form's own name: sent twice by a nervous finger, it is one answer.
    """

    text: str
    channel: str
    close: bool = False
    due_at: datetime | None = None
    seen: int | None = None
    once: str = ""
    files: Sequence[ReplyFile] = ()


def wider(actor: Actor) -> Actor:
    """The actor with the reach of the conversation: who may answer it may answer whoever wrote in it."""
    more = {outreach_access.VIEW: Scope.ALL, outreach_access.SEND: Scope.ALL, CUSTOMERS_VIEW: Scope.ALL}
    return replace(actor, grants={**actor.grants, **more})


def answers(conversation: Conversation, *, now: datetime) -> bool:
    """Whether they wrote so lately that we answer."""
    return conversation.last_in_at is not None and now - conversation.last_in_at <= ANSWERS_FOR


def reply(*, actor: Actor, conversation_id: int, data: ReplyData) -> Entry:
    """Answer through the gate; gives the entry, whose message says how far it is.

    NotAllowed, Conversation.DoesNotExist, InvalidError (no text, no such channel, the gate refuses: nothing is kept),
    SaidMeanwhileError when the customer or a colleague has said something that one has not seen.
    """
    text, now = _text(data.text), timezone.now()
    if not registry.has(Carrier, data.channel):
        raise InvalidError({"channel": _("Choose one of the channels.")})
    if data.files and not registry.get(Carrier, data.channel).takes_files:
        raise InvalidError({"files": _("Files go only over channels that carry them, as e-mail.")})
    if len(data.files) > MOST_FILES:
        raise InvalidError({"files": _("At most ten files go with an answer.")})
    if data.due_at is not None and not now - timedelta(minutes=1) <= data.due_at <= now + LATEST:
        raise InvalidError({"due_at": _("Choose an hour within the next 90 days.")})
    key = f"conversations.reply:{conversation_id}:{(data.once or uuid.uuid4().hex)[:64]}"
    with transaction.atomic():
        conversation = locked(actor, conversation_id, access.REPLY)
        known = Entry.objects.filter(conversation=conversation, message__dedupe_key=key).first()
        if known is not None:
            return known
        _nothing_new(actor, conversation, data.seen)
        kept = _kept(actor, data.files)
        message = _sent(actor, conversation, data, text, key=key, now=now, file_ids=[one.pk for one in kept])
        entry = _written(actor, conversation, Way.OUT, text, now=now, channel=data.channel, message=message)
        EntryFile.objects.bulk_create(EntryFile(demo=actor.demo, entry=entry, file=one) for one in kept)
        waited = None if conversation.waiting_since is None else int((now - conversation.waiting_since).total_seconds())
        _answered(actor, conversation, entry, close=data.close)
        event = ConversationAnswered(
            conversation_id=conversation.pk, entry_id=entry.pk, customer_id=conversation.customer_id,
            channel=data.channel, staff_id=actor.user_id, waited_s=waited, at=now, demo=actor.demo,
        )  # fmt: skip
        publish(event, actor=actor)
        if data.close:
            what = ConversationChanged(conversation.pk, conversation.customer_id, "closed", now, actor.demo)
            publish(what, actor=actor)
        wake(conversation.pk)
        if registry.get(Carrier, data.channel).at_once:
            transaction.on_commit(partial(dispatch_now, message.pk))
    return entry


def _kept(actor: Actor, given: Sequence[ReplyFile]) -> list[StoredFile]:
    """The files, kept; InvalidError says which one may not be, and why."""
    made: list[StoredFile] = []
    for one in given:
        try:
            kept = files.keep(
                actor=actor, name=one.name or "file", stream=one.stream, content_type=one.content_type, purpose=FILE
            )
        except FileRefusedError as error:
            raise InvalidError({"files": f"{one.name[:100]}: {error}"}) from None
        made.append(kept)
    if sum(one.size for one in made) > MOST_BYTES:
        raise InvalidError({"files": _("Together the files of an answer have at most 20 MB.")})
    return made


def _text(given: str) -> str:
    text = given.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise InvalidError({"text": _("Write what is to be said.")})
    if len(text) > TEXT_LENGTH:
        raise InvalidError({"text": _("This text is too long.")})
    return text


def _nothing_new(actor: Actor, conversation: Conversation, seen: int | None) -> None:
    if seen is None:
        return
    since = conversation.entries.filter(pk__gt=seen, way__in=[Way.IN, Way.OUT]).order_by("at", "id")
    found = [one for one in since[:20] if one.way == Way.IN or one.staff_id != actor.user_id]
    if found:
        raise SaidMeanwhileError(found)


def _sent(
    actor: Actor, conversation: Conversation, data: ReplyData, text: str, *, key: str, now: datetime,
    file_ids: Sequence[int] = (),
) -> Message:  # fmt: skip
    answering = answers(conversation, now=now)
    carrier = registry.get(Carrier, data.channel)
    theirs = conversation.channel == data.channel
    said = list(
        conversation.entries.filter(channel=data.channel, external_id__isnull=False)
        .order_by("-at", "-id")
        .values_list("way", "external_id")[:REFERENCES]
    )
    thread: dict[str, Any] = {
        "conversation": conversation.pk,
        "reply_to": next((external for way, external in said if way == Way.IN), ""),
        "references": [external for _way, external in reversed(said)],
    }
    language = _language(conversation)
    subject = _subject(conversation) if carrier.rich else ""
    request = Request(
        customer=conversation.customer_id, purpose=PURPOSE,
        content=ContentData(texts=[TextData(text, language, subject=subject)], title=text[:60]),
        dedupe_key=key, channel=data.channel, source=(SOURCE, conversation.pk),
        address=conversation.address if theirs else "", account_id=conversation.account_id if theirs else None,
        language=language, answers=answering, thread=thread, due_at=data.due_at, priority=LIVE, files=file_ids,
        at_once=carrier.at_once,
    )  # fmt: skip
    try:
        message = send(actor=wider(actor) if answering else actor, request=request)
    except RefusedError as error:
        raise InvalidError({"text": next(iter(error.errors.values()))}) from None
    except Customer.DoesNotExist:
        raise InvalidError({"text": _("You may not write to this customer unasked.")}) from None
    if message.state == MessageState.REFUSED:
        why = explaining.words(message.reason)
        raise InvalidError({"text": _("Not sent: %(why)s") % {"why": why}})
    return message


def _language(conversation: Conversation) -> str:
    customer = conversation.customer
    return conversation.language or (customer.language if customer is not None else "") or "fa"


def _subject(conversation: Conversation) -> str:
    subject = conversation.subject.strip()
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"[:300]


def _written(
    actor: Actor, conversation: Conversation, way: str, text: str, *, now: datetime, channel: str = "",
    message: Message | None = None,
) -> Entry:  # fmt: skip
    return Entry.objects.create(
        demo=actor.demo, conversation=conversation, way=way, channel=channel, at=now, staff_id=actor.user_id, text=text,
        name=actor.name[:300], message=message, search_key=fa_key(text[:SEARCHED]),
    )  # fmt: skip


def _answered(actor: Actor, conversation: Conversation, entry: Entry, *, close: bool) -> None:
    """What the conversation shows of itself after our words; whoever answers one that is nobody's takes it."""
    conversation.last_at = entry.at
    conversation.preview = " ".join(entry.text.split())[:PREVIEW]
    conversation.entries_count += 1
    conversation.version += 1
    conversation.waiting_since, conversation.answered_at, conversation.snoozed_until = None, entry.at, None
    conversation.state = State.CLOSED if close else State.OPEN
    conversation.closed_at = entry.at if close else None
    first_said(conversation, entry)
    if conversation.assignee_id is None and actor.user_id is not None:
        conversation.assignee_id = actor.user_id
        conversation.routed = {"why": "answered"}
    conversation.save()


def note(*, actor: Actor, conversation_id: int, text: str) -> Entry:
    """Note something that only colleagues read; those called by «@name» find it in their mentions.

    NotAllowed, Conversation.DoesNotExist, InvalidError.
    """
    kept, now = _text(text), timezone.now()
    with transaction.atomic():
        conversation = locked(actor, conversation_id, access.REPLY)
        entry = _written(actor, conversation, Way.NOTE, kept, now=now)
        conversation.entries_count += 1
        conversation.version += 1
        conversation.save(update_fields=["entries_count", "version"])
        Mention.objects.bulk_create(
            Mention(demo=actor.demo, user_id=user_id, conversation=conversation, entry=entry)
            for user_id in mentioned(kept, assignable(actor=actor))
            if user_id != actor.user_id
        )
        wake(conversation.pk)
    return entry


def mentioned(text: str, people: Sequence[tuple[int, str]]) -> list[int]:
    """Whom a note calls: «@» and the whole name, or a first name that only one person has."""
    key = fa_key(text)
    firsts = [fa_key(name).split(" ")[0] for _id, name in people if name.strip()]
    found = []
    for user_id, name in people:
        whole = fa_key(name)
        first = whole.split(" ")[0]
        words = [f"@{whole}", *([f"@{first}"] if firsts.count(first) == 1 else [])]
        if whole and any(_stands(key, word) for word in words):
            found.append(user_id)
    return found


def _stands(text: str, word: str) -> bool:
    at = text.find(word)
    while at >= 0:
        after = text[at + len(word) : at + len(word) + 1]
        if not after.isalnum():
            return True
        at = text.find(word, at + 1)
    return False
