"""The visitor as colleagues see them beside the conversation."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.declarations import OtherSide, There
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.sites.models import Proof, Visitor
from peyvand.channels.sites.services import known as visitor_known
from peyvand.channels.webchat.models import Chat, Kind, Line
from peyvand.channels.webchat.queries import online
from peyvand.channels.webchat.services.chatting import CHANNEL
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.customers.models import Customer

CLAIMS = {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone")}


def chat_of(conversation: Conversation) -> Chat | None:
    """The chat of whom one talks with."""
    rows = Chat.objects.select_related("visitor", "widget__site")
    return rows.filter(visitor__key=conversation.address, demo=conversation.demo).first()


def there(conversation: Conversation) -> There | None:
    """How it is with the visitor just now."""
    chat = chat_of(conversation)
    if chat is None:
        return None
    read = Line.objects.filter(chat=chat, kind=Kind.OUT, seq__lte=chat.read_seq, entry__conversation=conversation)
    claims = chat.visitor.claims if chat.visitor.customer_id is None else {}
    return There(
        online=online(chat), seen_at=chat.left_at or chat.seen_at, page=chat.page, title=chat.title,
        language=chat.visitor.language,
        read_up_to=read.order_by("-seq").values_list("entry_id", flat=True).first() or 0,
        claims=tuple((label, str(claims[name])) for name, label in CLAIMS.items() if claims.get(name)),
        acts=_acts(chat, conversation),
    )  # fmt: skip


def _acts(chat: Chat, conversation: Conversation) -> tuple[tuple[Label, str, str], ...]:
    if not chat.visitor.claims.get("email"):
        return ()
    return ((_("Send them the transcript"), "mail-forward", reverse("webchat:transcript", args=[conversation.pk])),)


def known(actor: Actor, conversation: Conversation, customer: Customer) -> None:
    """A colleague knows who it is: so it is for the site."""
    visitor = Visitor.objects.filter(key=conversation.address, demo=conversation.demo).first()
    if visitor is not None and visitor.customer_id is None:
        visitor_known(actor=actor, visitor=visitor, customer=customer, how=Proof.STAFF)


OTHER_SIDE = OtherSide(CHANNEL, there, known)
