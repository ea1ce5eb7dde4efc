"""Articles, their texts by language, and every version of these."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.memory.knowledge.access import ArticleQuerySet


class Language(models.TextChoices):
    """In which language a text is."""

    FA = "fa", _("Persian")
    EN = "en", _("English")


class Audience(models.TextChoices):
    """Who may read what is published."""

    STAFF = "staff", _("Staff only")
    PUBLIC = "public", _("Everyone, also customers")


class Category(models.Model):
    """What articles are about."""

    demo = models.BooleanField(default=False)
    name_fa = models.CharField(max_length=80, default="", blank=True)
    name_en = models.CharField(max_length=80, default="", blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="knowledge_category_named")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in the other."""
        persian = (get_language() or "fa").startswith("fa")
        return (self.name_fa or self.name_en) if persian else (self.name_en or self.name_fa)


class Article(models.Model):
    """Something the house knows. `review_on` is the day on which the owner looks again whether it still holds.

    `version` grows with every change, for editing side by side.
    """

    demo = models.BooleanField(default=False)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    audience = models.CharField(max_length=6, choices=Audience, default=Audience.STAFF)
    review_on = models.DateField(null=True, blank=True)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="knowledge_article_audience")
        ]
        indexes = [
            models.Index(F("demo"), F("updated_at").desc(), F("id").desc(), name="knowledge_article_latest"),
            models.Index(fields=["owner", "review_on"], name="knowledge_article_review"),
        ]

    def __str__(self) -> str:
        return f"article {self.pk}"


class ArticleText(models.Model):
    """An article in one language: `latest` is the number of its newest version, `published` of the one that is read.

    `slug` names it in public addresses, for good.
    """

    demo = models.BooleanField(default=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2, choices=Language)
    slug = models.CharField(max_length=120)
    latest = models.IntegerField(default=0)
    published = models.IntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="knowledge_text_once"),
            models.UniqueConstraint(fields=["demo", "language", "slug"], name="knowledge_text_slug"),
        ]

    def __str__(self) -> str:
        return self.slug


class ArticleVersion(models.Model):
    """A text as it was saved once; never changed. `body` is Markdown, `search_key` the key of title and body."""

    demo = models.BooleanField(default=False)
    text = models.ForeignKey(ArticleText, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(default="", blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=120, default="", blank=True)
    at = models.DateTimeField(db_default=Now())
    search_key = models.TextField(default="", editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="knowledge_version_once"),
            models.CheckConstraint(condition=~Q(title=""), name="knowledge_version_named"),
        ]
        indexes = [GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="knowledge_version_search")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
