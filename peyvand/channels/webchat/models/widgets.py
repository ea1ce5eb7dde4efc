"""The chat of a site as its visitors meet it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Site
from peyvand.memory.work.models import WorkingHours

ACCENT = "#0b7570"


class Asked(models.TextChoices):
    """Whether something is asked before a chat begins."""

    NO = "no", _("Not asked")
    MAY = "may", _("Asked, may stay empty")
    MUST = "must", _("Asked, must be there")


class Position(models.TextChoices):
    """On which side of the page it stands, by the direction of reading."""

    END = "end", _("At the end of the line")
    START = "start", _("At the beginning of the line")


class Widget(models.Model):
    """The chat of one site. Texts are in both languages; one that is empty in a language is taken from the other.

    `openings` are questions that begin a chat by a click: [{"fa": …, "en": …}]. `by_hours`: outside of `hours` (the
    house's own where none are chosen) nobody is promised an answer now, and what is written waits. `remembers`:
    visitors are asked whether they may be called by name. `mails`: an answer that waits unread goes by e-mail too.
    """

    demo = models.BooleanField(default=False)
    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="+")
    title_fa = models.CharField(max_length=60, default="", blank=True)
    title_en = models.CharField(max_length=60, default="", blank=True)
    greeting_fa = models.CharField(max_length=300, default="", blank=True)
    greeting_en = models.CharField(max_length=300, default="", blank=True)
    away_fa = models.CharField(max_length=300, default="", blank=True)
    away_en = models.CharField(max_length=300, default="", blank=True)
    accent = models.CharField(max_length=7, default=ACCENT)
    position = models.CharField(max_length=5, choices=Position, default=Position.END)
    ask_name = models.CharField(max_length=4, choices=Asked, default=Asked.MAY)
    ask_email = models.CharField(max_length=4, choices=Asked, default=Asked.NO)
    ask_phone = models.CharField(max_length=4, choices=Asked, default=Asked.NO)
    openings = models.JSONField(default=list, blank=True)
    by_hours = models.BooleanField(default=True)
    hours = models.ForeignKey(WorkingHours, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    remembers = models.BooleanField(default=True)
    mails = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(accent__regex="^#[0-9a-f]{6}$"), name="webchat_widget_accent"),
            models.CheckConstraint(condition=Q(position__in=Position.values), name="webchat_widget_position"),
            models.CheckConstraint(
                condition=Q(ask_name__in=Asked.values, ask_email__in=Asked.values, ask_phone__in=Asked.values),
                name="webchat_widget_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"widget of {self.site_id}"

    def text(self, name: str, language: str) -> str:
        """A text in that language, else in the other."""
        other = "fa" if language == "en" else "en"
        return str(getattr(self, f"{name}_{language}") or getattr(self, f"{name}_{other}"))
