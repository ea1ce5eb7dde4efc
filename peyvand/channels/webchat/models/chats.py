"""A visitor's chat, and its lines as the visitor sees them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from peyvand.channels.conversations.models import Conversation, Entry
from peyvand.channels.sites.models import Visitor
from peyvand.channels.webchat.models.widgets import Widget


class Kind(models.TextChoices):
    """What a line is."""

    IN = "in", "theirs"
    OUT = "out", "ours"
    SYSTEM = "system", "what happened"
    ASK = "ask", "what we ask"


class Chat(models.Model):
    """A visitor's chat over a widget, for as long as their browser keeps its token. Its conversation may be erased with
    the customer whom a colleague took the visitor for: it holds nothing up.

    `last_seq` numbers its lines without gaps, in the order in which they were committed; `delivered_seq` is up to where
    a browser has them, `read_seq` up to where the visitor has seen them, `mailed_seq` up to where answers were mailed.
    `staff_id` is who of us was named to the visitor last. `page` and `title` are what they have before them, as their
    browser says. `seen_at` is when they were last there, `left_at` when the last window was closed.
    """

    demo = models.BooleanField(default=False)
    visitor = models.OneToOneField(Visitor, on_delete=models.CASCADE, related_name="+")
    widget = models.ForeignKey(Widget, on_delete=models.CASCADE, related_name="chats")
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    last_seq = models.IntegerField(default=0)
    delivered_seq = models.IntegerField(default=0)
    read_seq = models.IntegerField(default=0)
    mailed_seq = models.IntegerField(default=0)
    staff_id = models.BigIntegerField(null=True, blank=True)
    page = models.CharField(max_length=500, default="", blank=True)
    title = models.CharField(max_length=200, default="", blank=True)
    began_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_seq__lte=models.F("last_seq"), read_seq__lte=models.F("last_seq")),
                name="webchat_chat_marks",
            )
        ]
        indexes = [models.Index(fields=["conversation"], name="webchat_chat_talk")]

    def __str__(self) -> str:
        return f"chat of {self.visitor_id}"


class Line(models.Model):
    """One thing in a chat, as the visitor sees it. The words are those of `entry`, or `text` where there is none.

    `client_id` is the browser's own name of what was written: the same one twice is one line. `uid` is that of the
    ledger's message. `data` says of what happened ("what": "joined", "name") and of what is asked ("what": "rate").
    """

    demo = models.BooleanField(default=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="lines")
    seq = models.IntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    uid = models.UUIDField(null=True, blank=True)
    client_id = models.CharField(max_length=40, null=True, blank=True)
    text = models.TextField(default="", blank=True)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "seq"], name="webchat_line_order"),
            models.UniqueConstraint(fields=["chat", "client_id"], name="webchat_line_once"),
            models.UniqueConstraint(fields=["uid"], name="webchat_line_message"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="webchat_line_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.chat_id}:{self.seq}"
