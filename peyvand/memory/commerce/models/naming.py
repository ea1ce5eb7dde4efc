"""What has a name in both languages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language


class NamedTwice(models.Model):
    """A name in Persian and one in English, either of which may be missing."""

    name_fa = models.CharField(max_length=80, default="", blank=True)
    name_en = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in the other."""
        persian = (get_language() or "fa").startswith("fa")
        return (self.name_fa or self.name_en) if persian else (self.name_en or self.name_fa)
