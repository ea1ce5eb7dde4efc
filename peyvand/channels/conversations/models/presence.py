"""Who is looking at a conversation just now."""

from __future__ import annotations

from django.db import models

from peyvand.channels.conversations.models.talks import Conversation
from peyvand.foundation.accounts.models import User


class Presence(models.Model):
    """A colleague who has a conversation before their eyes, or writes in it; it fades within half a minute of `at`."""

    demo = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="presences")
    typing = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="conversations_presence_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"
