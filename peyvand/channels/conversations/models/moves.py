"""Which entries a merge or a split has moved, so that they find their way back."""

from __future__ import annotations

from django.db import models

from peyvand.channels.conversations.models.talks import Conversation, Entry


class EntryMove(models.Model):
    """An entry that the change set took from one conversation to another."""

    demo = models.BooleanField(default=False)
    change_set_id = models.BigIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="moves")
    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change_set_id", "entry"], name="conversations_move_once")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.source_id} → {self.target_id}"
