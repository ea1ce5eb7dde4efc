"""What is said: templates in their channels and languages, and the contents that messages were made of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language


class Template(models.Model):
    """A text that is sent often. `key` names it in programs, for good; `version` grows with every change."""

    demo = models.BooleanField(default=False)
    key = models.CharField(max_length=60)
    name_fa = models.CharField(max_length=120, default="", blank=True)
    name_en = models.CharField(max_length=120, default="", blank=True)
    purpose = models.CharField(max_length=40, default="", blank=True)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "key"], name="outreach_template_once"),
            models.CheckConstraint(condition=~Q(key=""), name="outreach_template_key"),
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="outreach_template_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, or the one there is."""
        persian = (get_language() or "fa").startswith("fa")
        return (self.name_fa or self.name_en) if persian else (self.name_en or self.name_fa)


class Form(models.TextChoices):
    """How a body is written."""

    TEXT = "text", "Text"
    MJML = "mjml", "MJML"


class TemplateText(models.Model):
    """A template in one channel ("email", "sms", "" for every channel of plain text) and one language."""

    demo = models.BooleanField(default=False)
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="texts")
    channel = models.CharField(max_length=40, default="", blank=True)
    language = models.CharField(max_length=2)
    form = models.CharField(max_length=4, choices=Form, default=Form.TEXT)
    subject = models.CharField(max_length=300, default="", blank=True)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "channel", "language"], name="outreach_text_once"),
            models.CheckConstraint(condition=Q(language__in=["fa", "en"]), name="outreach_text_language"),
            models.CheckConstraint(condition=Q(form__in=Form.values), name="outreach_text_form"),
            models.CheckConstraint(condition=~Q(body=""), name="outreach_text_body"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}:{self.channel}:{self.language}"


class Content(models.Model):
    """What messages were made of, as it was then: never changed, so that what was said stays known.

    `texts` are by "<channel>:<language>" ("" channel for any): {"form", "subject", "body", "html"}. `digest` is SHA-256
    over them: the same texts are kept once.
    """

    demo = models.BooleanField(default=False)
    template = models.ForeignKey(Template, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=200, default="", blank=True)
    texts = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "digest"], name="outreach_content_once")]

    def __str__(self) -> str:
        return self.title or self.digest[:12]
