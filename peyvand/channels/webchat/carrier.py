"""Live chat as the gate's dispatcher knows it: what is sent stands among the lines of the visitor's chat, and their
browsers are told. Who has gone finds it when they come again.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.models import Entry
from peyvand.channels.outreach.declarations import Account, Asked, Carrier, Outcome, Outgoing, Said
from peyvand.channels.outreach.models import Message
from peyvand.channels.sites.models import Visitor
from peyvand.channels.webchat.models import Chat, Kind, Line, Widget
from peyvand.channels.webchat.services.afterwards import joined
from peyvand.channels.webchat.services.chatting import CHANNEL
from peyvand.channels.webchat.services.lines import chat_locked, line_add
from peyvand.memory.customers.models import IdentityKind


def accounts(demo: bool) -> Sequence[Account]:
    """The widgets that are switched on."""
    rows = Widget.objects.filter(demo=demo, active=True, site__active=True).select_related("site").order_by("id")
    return [Account(id=one.pk, name=one.site.name, line=one.site.name) for one in rows]


def send(account: Account, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
    """Put them among the lines of their chats; each by itself, so that one that fails takes no other along."""
    return [_put(account, one) for one in messages]


def _put(account: Account, message: Outgoing) -> Outcome:
    visitor = Visitor.objects.filter(key=message.to, demo=message.demo).first()
    if visitor is None or not message.text.strip():
        return Outcome(message.id, Said.FAILED, code="gone" if visitor is None else "empty")
    with transaction.atomic():
        Chat.objects.get_or_create(visitor=visitor, defaults={"demo": visitor.demo, "widget_id": account.id})
        chat = chat_locked(visitor=visitor)
        found = Line.objects.filter(uid=message.uid).first()
        if found is None:
            staff_id = Message.objects.filter(pk=message.id).values_list("staff_id", flat=True).first()
            joined(chat, staff_id)
            entry = Entry.objects.filter(message_id=message.id).first()
            text = "" if entry is not None else message.text
            found = line_add(chat, Kind.OUT, uid=message.uid, entry=entry, text=text)
    return Outcome(message.id, Said.SENT, provider_id=f"{chat.pk}:{found.seq}")


def look_up(account: Account, asked: Sequence[Asked]) -> Sequence[Outcome]:
    """Whether they stand among the lines."""
    there = set(Line.objects.filter(uid__in=[one.uid for one in asked]).values_list("uid", flat=True))
    return [Outcome(one.id, Said.SENT if one.uid in there else Said.NEVER) for one in asked]


WEBCHAT = Carrier(
    name=CHANNEL, label=_("Live chat"), icon="messages", identity=IdentityKind.VISITOR, accounts=accounts, send=send,
    order=5, batch=1, look_up=look_up, at_once=True, files=True,
)  # fmt: skip
