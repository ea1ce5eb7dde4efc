"""Answers that are given often."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from peyvand.channels.conversations.access import SavedReplyQuerySet
from peyvand.foundation.accounts.models import User


class SavedReply(models.Model):
    """An answer that is given often, with merge fields, in one language or both: everybody's, or one's own.

    `shortcut` is what one types behind “/” to get it. `search_key` is what it is found by.
    """

    demo = models.BooleanField(default=False)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    shared = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    shortcut = models.CharField(max_length=30, default="", blank=True)
    text_fa = models.TextField(default="", blank=True)
    text_en = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    search_key = models.TextField(default="", editable=False)

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "saved replies"
        constraints = [
            models.UniqueConstraint(
                fields=["demo", "shortcut"], condition=Q(shared=True) & ~Q(shortcut=""),
                name="conversations_saved_shared",
            ),
            models.UniqueConstraint(
                fields=["demo", "owner", "shortcut"], condition=Q(shared=False) & ~Q(shortcut=""),
                name="conversations_saved_own",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def text(self, language: str) -> str:
        """The words in that language, else in the other."""
        first, second = (self.text_en, self.text_fa) if language == "en" else (self.text_fa, self.text_en)
        return first or second
