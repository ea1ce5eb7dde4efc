"""Conversations and what is said in them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.channels.conversations.access import ConversationQuerySet
from peyvand.channels.outreach.models import Message
from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.files.models import StoredFile
from peyvand.memory.customers.models import Customer


class State(models.TextChoices):
    """Whether somebody still has to look."""

    OPEN = "open", pgettext_lazy("conversation", "Open")
    SNOOZED = "snoozed", pgettext_lazy("conversation", "Snoozed")
    CLOSED = "closed", pgettext_lazy("conversation", "Closed")


class Way(models.TextChoices):
    """Whose words they are."""

    IN = "in", _("The customer")
    OUT = "out", _("We")
    NOTE = "note", _("Internal note")
    EVENT = "event", _("What happened")


class Conversation(models.Model):
    """A thread with one customer, over however many channels. `customer` is null while nobody knows who it is.

    `channel` is the one they last wrote over, `account_id` the account it came to, `address` theirs as it is compared.
    `waiting_since` is when the oldest of their words came that nobody has answered, null when it is our turn no more.
    `first_in_at` is when the first of their own words came (not what a machine sent by itself), `first_answered_at`
    when a person of ours first answered after that; null where nobody did (`services.firsts`).
    `routed` says to whom it was given and why. `value` is what the customer was worth when it was routed, for sorting.
    `version` grows with every change.
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    channel = models.CharField(max_length=40)
    account_id = models.BigIntegerField(null=True, blank=True)
    address = models.CharField(max_length=254, default="", blank=True)
    name = models.CharField(max_length=300, default="", blank=True)
    language = models.CharField(max_length=2, default="", blank=True)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    routed = models.JSONField(default=dict, blank=True)
    value = models.BigIntegerField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    preview = models.CharField(max_length=200, default="", blank=True)
    entries_count = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    last_in_at = models.DateTimeField(null=True, blank=True)
    first_in_at = models.DateTimeField(null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="conversations_state")]
        indexes = [
            models.Index(
                F("demo"), F("state"), F("last_at").desc(), F("id").desc(), name="conversations_latest"
            ),
            models.Index(
                F("demo"), F("assignee"), F("state"), F("last_at").desc(), F("id").desc(), name="conversations_of_staff"
            ),
            models.Index(
                F("demo"), F("team"), F("state"), F("last_at").desc(), F("id").desc(), name="conversations_of_team"
            ),
            models.Index(
                F("demo"), F("last_at").desc(), F("id").desc(), name="conversations_all",
                condition=Q(merged_into__isnull=True),
            ),
            models.Index(F("customer"), F("last_at").desc(), F("id").desc(), name="conversations_of_customer"),
            models.Index(
                F("demo"), F("waiting_since"), F("id"), name="conversations_waiting",
                condition=Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["snoozed_until"], name="conversations_snoozed", condition=Q(state="snoozed")),
            models.Index(fields=["demo", "channel", "address"], name="conversations_address"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.subject or f"{self.channel} {self.pk}"


class Entry(models.Model):
    """One thing said, or that happened, in a conversation. `text` is plain; `html` as it came, never shown uncleaned.

    `external_id` is the channel's id of what came in, and of what we sent once that is known. `message` is the row of
    the ledger by which it goes out. `held` tells of a reply that waits for its hour.
    """

    demo = models.BooleanField(default=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="entries", db_index=False)
    way = models.CharField(max_length=5, choices=Way)
    channel = models.CharField(max_length=40, default="", blank=True)
    at = models.DateTimeField()
    staff = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    subject = models.CharField(max_length=300, default="", blank=True)
    text = models.TextField(default="", blank=True)
    html = models.TextField(default="", blank=True)
    address = models.CharField(max_length=254, default="", blank=True)
    name = models.CharField(max_length=300, default="", blank=True)
    external_id = models.CharField(max_length=300, null=True, blank=True)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    automatic = models.BooleanField(default=False)
    proof = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    raw_file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    interaction_id = models.BigIntegerField(null=True, blank=True)
    search_key = models.TextField(default="", editable=False)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["demo", "channel", "external_id"], name="conversations_entry_once"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="conversations_entry_way"),
        ]
        indexes = [
            models.Index(F("conversation"), F("at"), F("id"), name="conversations_entry_of"),
            models.Index(fields=["demo", "external_id"], name="conversations_entry_external"),
            GinIndex(
                OpClass(F("search_key"), name="gin_trgm_ops"), name="conversations_entry_search",
                condition=~Q(search_key=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.way} {self.at:%Y-%m-%d %H:%M}"


class EntryFile(models.Model):
    """A file that came or went with an entry. `content_id` is what its HTML calls it by."""

    demo = models.BooleanField(default=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "file"], name="conversations_file_once")]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.entry_id}"


class ConversationRead(models.Model):
    """Up to which of the customer's words a colleague has read, on whichever device."""

    demo = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="reads")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="conversations_read_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"


class Mention(models.Model):
    """A colleague who was called by name in a note, until they have opened the conversation."""

    demo = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="mentions")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="mentions")
    at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "entry"], name="conversations_mention_once")]
        indexes = [
            models.Index(
                fields=["demo", "user", "conversation"], name="conversations_mention_new",
                condition=Q(seen_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"@{self.user_id} {self.entry_id}"
