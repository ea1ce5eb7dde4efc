"""The table of kept files."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class StoredFile(models.Model):
    """A file. `key` is its address for people and its name on disk; it cannot be guessed, and right is checked too."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=200)
    purpose = models.CharField(max_length=100)
    owner_id = models.BigIntegerField(null=True)  # of accounts, a higher room: no key; null is the system itself
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["owner_id"], name="files_owner", include=["size"])]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where it lies."""
        return place_of(self.key)


def place_of(key: uuid.UUID) -> Path:
    """Where the file of that key lies, under DATA/files."""
    return Path(settings.MEDIA_ROOT) / key.hex[:2] / key.hex
