"""What comes in: by a messenger's call or by asking. Words that stop or start are obeyed at once, codes and shared
numbers say who somebody is, everything else is a customer who wrote to us. What comes five times is taken once.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.channels.conversations.data import Received
from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.conversations.services import file_missed, receive
from peyvand.channels.messengers import joining, saying
from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import MOST_FILE, Adapter, Came, Heard, NotNowError, Piece
from peyvand.channels.messengers.carrier import access_of, channel_of
from peyvand.channels.messengers.models import AwaitedFile, Bot
from peyvand.channels.messengers.words import code_in, meant
from peyvand.channels.outreach.declarations import HookAnswer, HookRequest
from peyvand.channels.outreach.dispatching.settling import report
from peyvand.channels.outreach.models import Reason
from peyvand.channels.outreach.services import suppress
from peyvand.channels.outreach.services.opting import Said, reached_again, started, stopped
from peyvand.foundation.text.identifiers import IdentifierError
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import IdentityKind

logger = logging.getLogger(__name__)
LANGUAGES = ("fa", "en")
TRIES, TRIES_WITHIN = 10, timedelta(hours=1)  # codes that are none, before nothing more is tried of a chat
MOST_FILES = 10
EDITED = "✎ "


def take(request: HookRequest) -> HookAnswer:
    """A messenger's call to a bot's address; whatever is not believed is told so and leaves nothing behind."""
    row = Bot.objects.filter(hook=request.token, enabled=True, demo=False).first()
    adapter = ADAPTERS.get(row.messenger) if row is not None else None
    if row is None or adapter is None or adapter.hook is None:
        return HookAnswer(status=404)
    came = adapter.hook(access_of(row), request)
    if came is None:
        return HookAnswer(status=403)
    if came.answer is not None:
        return came.answer
    taken(row, came)
    return HookAnswer(status=200, body="OK")


def taken(row: Bot, came: Came) -> int:
    """Take in what came; gives how much of it was new."""
    channel = channel_of(row.messenger)
    new = report(list(came.told), channel=channel) if came.told else 0
    for chat in came.gone:
        if key := _key(ADAPTERS[row.messenger], chat):
            suppress(
                demo=row.demo, channel=channel, address_key=key, reason=Reason.OPT_OUT, source="message:blocked",
                customer_id=joining.owner_of(row, key),
            )  # fmt: skip
    for chat in came.back:
        if key := _key(ADAPTERS[row.messenger], chat):
            reached_again(demo=row.demo, channel=channel, address_key=key)
    return new + sum(heard(row, one) for one in came.heard)


def _key(adapter: Adapter, chat: str) -> str:
    """The chat as an address is compared; "" for what is none."""
    try:
        return identity_key(IdentityKind.PHONE if adapter.phone else IdentityKind.MESSENGER, chat)
    except IdentifierError:
        return ""


def heard(row: Bot, one: Heard) -> int:
    """Take in one thing that somebody said to the bot; gives 1 when it is new."""
    adapter = ADAPTERS[row.messenger]
    channel, key = channel_of(row.messenger), _key(adapter, one.chat)
    external = f"{row.pk}:{one.id}"[:300]
    if not key or Entry.objects.filter(demo=row.demo, channel=channel, external_id=external).exists():
        return 0
    name = one.name or one.username or _name(row, adapter, one, key)
    now = timezone.now()
    at = one.at if one.at is not None and one.at <= now + timedelta(minutes=5) else now
    with transaction.atomic():
        if not _within(row, one, key=key, external=external, name=name, at=min(at, now)):
            return 0
    if one.press and adapter.pressed is not None:
        with contextlib.suppress(NotNowError):
            adapter.pressed(access_of(row), one.press)
    return 1


def _name(row: Bot, adapter: Adapter, one: Heard, key: str) -> str:
    """Who somebody is where that does not come along: as known from before, else as the messenger says."""
    before = Conversation.objects.filter(demo=row.demo, channel=channel_of(row.messenger), address=key)
    known = before.exclude(name="").values_list("name", flat=True).first()
    if known or adapter.caller is None:
        return known or ""
    with contextlib.suppress(NotNowError):
        said = adapter.caller(access_of(row), one.chat)
        return said.name or said.username
    return ""


def _within(row: Bot, one: Heard, *, key: str, external: str, name: str, at: datetime) -> bool:
    """All that one message does, in one transaction: when it had come before, nothing."""
    channel = channel_of(row.messenger)
    word = "" if one.edited else meant(one.text)
    code = "" if one.edited else _code(row, one, key)
    found = joining.code_taken(row, code) if code else None
    proof = {"bot": row.pk, "chat": one.chat, "username": one.username[:60]}
    if one.contact is not None:
        proof |= {"contact": one.contact.phone, "own": one.contact.own}
    if code and found is None:
        proof |= {"code": "none"}
    entry = receive(
        demo=row.demo,
        received=Received(
            channel=channel, account_id=row.pk, external_id=external, at=at, address=key, shown_address=one.chat[:254],
            name=name, text=_text(one), automatic=bool(word) or found is not None or one.start is not None,
            language=one.language if one.language in LANGUAGES else "", proof=proof,
        ),
    )  # fmt: skip
    if entry is None:
        return False
    reached_again(demo=row.demo, channel=channel, address_key=key)
    _await(row, entry, one.files)
    whom = joining.Whom(row, key=key, chat=one.chat, name=name, username=one.username, language=one.language)
    if word:
        kind = IdentityKind.PHONE if ADAPTERS[row.messenger].phone else IdentityKind.MESSENGER
        said = Said(
            demo=row.demo, channel=channel, kind=kind, key=key, at=at, proof={"bot": row.pk, "text": one.text[:100]}
        )
        (stopped if word == "stop" else started)(said)
        saying.say(whom, entry, saying.STOPPED if word == "stop" else saying.STARTED)
    elif found is not None:
        saying.say(whom, entry, saying.JOINED if joining.joined(whom, found) is not None else saying.NOT_YOURS)
    elif one.contact is not None and one.contact.own:
        saying.say(whom, entry, saying.KNOWN if joining.identified(whom, one.contact) else saying.HEARD)
    elif one.start is not None:
        saying.say(whom, entry, saying.OLD_CODE if code else saying.GREETING)
    return True


def _code(row: Bot, one: Heard, key: str) -> str:
    """The one-time code in it, "" for none, or where this chat has tried too many that were none."""
    code = code_in(one.start or "") or code_in(one.text)
    if not code:
        return ""
    wrong = Entry.objects.filter(
        demo=row.demo, channel=channel_of(row.messenger), conversation__address=key,
        conversation__channel=channel_of(row.messenger), at__gt=timezone.now() - TRIES_WITHIN, proof__code="none",
    )  # fmt: skip
    return "" if wrong[:TRIES].count() >= TRIES else code


def _text(one: Heard) -> str:
    text = one.text or " ".join(f"📎 {piece.name}" for piece in one.files[:MOST_FILES])
    return f"{EDITED}{text}" if one.edited and text else text


def _await(row: Bot, entry: Entry, files: Sequence[Piece]) -> None:
    """Files are fetched by a worker right after this; too large ones are named only."""
    for place, one in enumerate(files):
        if one.size > MOST_FILE or place >= MOST_FILES:
            file_missed(entry=entry, name=one.name, why=gettext("larger than the messenger hands out"))
            continue
        AwaitedFile.objects.create(
            demo=row.demo, bot=row, entry=entry, ref=one.ref[:400], name=one.name[:255] or "file",
            content_type=one.content_type[:100], size=one.size,
        )  # fmt: skip
