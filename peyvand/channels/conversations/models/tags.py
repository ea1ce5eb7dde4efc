"""Words that colleagues put on conversations."""

from __future__ import annotations

from django.db import models

from peyvand.channels.conversations.models.talks import Conversation


class ConversationTag(models.Model):
    """A word for conversations of one kind. `key` is the word as it is compared."""

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "key"], name="conversations_tag_once")]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A word on a conversation."""

    demo = models.BooleanField(default=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(ConversationTag, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="conversations_tagging_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.tag_id}"
