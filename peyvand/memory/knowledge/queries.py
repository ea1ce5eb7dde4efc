"""The reads of articles, by right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.formats import local_date
from peyvand.memory.knowledge import access
from peyvand.memory.knowledge.access import ArticleQuerySet
from peyvand.memory.knowledge.models import Article, ArticleText, ArticleVersion, Audience, Category


@dataclass(frozen=True)
class ArticleFilter:
    """Conditions that all must hold; empty means any. `state` is draft, published, archived or due."""

    text: str = ""
    category_id: int | None = None
    state: str = ""
    language: str = ""
    audience: str = ""
    owner_id: int | None = None


def articles(*, actor: Actor, chosen: ArticleFilter | None = None) -> ArticleQuerySet:
    """The articles that the actor may see under the conditions; archived ones only where they are asked for."""
    actor.require(access.VIEW)
    chosen = chosen or ArticleFilter()
    found = Article.objects.visible_to(actor).filter(archived=chosen.state == "archived")
    if chosen.category_id is not None:
        found = found.filter(category_id=chosen.category_id)
    if chosen.audience:
        found = found.filter(audience=chosen.audience)
    if chosen.owner_id is not None:
        found = found.filter(owner_id=chosen.owner_id)
    if chosen.language:
        of_language = seen_versions(actor=actor).filter(text__language=chosen.language)
        found = found.filter(pk__in=of_language.values("text__article_id"))
    if chosen.state == "draft" and actor.may(access.EDIT):
        unpublished = Q(published__isnull=True) | ~Q(published=F("latest"))
        found = found.filter(pk__in=ArticleText.objects.filter(unpublished).values("article_id"))
    elif chosen.state == "published":
        found = found.filter(pk__in=ArticleText.objects.filter(published__isnull=False).values("article_id"))
    elif chosen.state == "due":
        found = found.filter(review_on__lte=local_date(timezone.now()))
    if words := fa_key(chosen.text).split():
        versions = seen_versions(actor=actor)
        for word in words:
            versions = versions.filter(search_key__contains=word)
        found = found.filter(pk__in=versions.values("text__article_id"))
    return found


def seen_versions(*, actor: Actor) -> QuerySet[ArticleVersion]:
    """The versions that count for the actor: the latest for who may write, the published for readers."""
    shown = F("text__latest") if actor.may(access.EDIT) else F("text__published")
    return ArticleVersion.objects.filter(demo=actor.demo, number=shown)


@dataclass(frozen=True)
class Shown:
    """An article with the texts that the actor reads, by language."""

    article: Article
    texts: dict[str, tuple[ArticleText, ArticleVersion]]

    def first(self, language: str = "") -> tuple[ArticleText, ArticleVersion] | None:
        """The text in the wanted language, else in the reader's, else any."""
        reader = "fa" if (get_language() or "fa").startswith("fa") else "en"
        for one in (language, reader, *self.texts):
            if one in self.texts:
                return self.texts[one]
        return None

    @property
    def title(self) -> str:
        """The title in the reader's language, else in another."""
        found = self.first()
        return found[1].title if found else ""


def with_texts(*, actor: Actor, rows: Iterable[Article]) -> list[Shown]:
    """The articles with their texts, in one query; the caller has found them by right."""
    found = list(rows)
    versions = seen_versions(actor=actor).filter(text__article_id__in=[one.pk for one in found]).select_related("text")
    texts: dict[int, dict[str, tuple[ArticleText, ArticleVersion]]] = {}
    for version in versions.order_by("-text__language"):
        texts.setdefault(version.text.article_id, {})[version.text.language] = (version.text, version)
    return [Shown(one, texts.get(one.pk, {})) for one in found]


def article_get(*, actor: Actor, id: int) -> Shown:
    """One article; Article.DoesNotExist when there is none that the actor may see."""
    actor.require(access.VIEW)
    found = Article.objects.visible_to(actor).select_related("owner", "category").get(pk=id)
    return with_texts(actor=actor, rows=[found])[0]


def versions_of(*, actor: Actor, text: ArticleText) -> Sequence[ArticleVersion]:
    """The versions of a text, newest first: all for who may write, the published one for readers."""
    found = ArticleVersion.objects.filter(text=text, demo=actor.demo).defer("body", "search_key").order_by("-number")
    return list(found if actor.may(access.EDIT) else found.filter(number=text.published or 0))


def version_get(*, actor: Actor, id: int) -> ArticleVersion:
    """One version; ArticleVersion.DoesNotExist when it is none that the actor may see."""
    actor.require(access.VIEW)
    found = ArticleVersion.objects.select_related("text__article").filter(
        demo=actor.demo, text__article__in=Article.objects.visible_to(actor)
    )
    if not actor.may(access.EDIT):
        found = found.filter(number=F("text__published"))
    return found.get(pk=id)


def categories(*, actor: Actor) -> list[Category]:
    """The categories of the business one looks at, in their order."""
    actor.require(access.VIEW)
    return list(Category.objects.filter(demo=actor.demo).order_by("position", "pk"))


def due(*, actor: Actor, on: date) -> list[Shown]:
    """Articles of the actor that are to be looked at again by that day, the oldest first."""
    if not actor.may(access.EDIT) or actor.user_id is None:
        return []
    rows = Article.objects.visible_to(actor).filter(owner_id=actor.user_id, archived=False, review_on__lte=on)
    found = list(rows.order_by("review_on", "pk")[:8])
    return with_texts(actor=actor, rows=found) if found else []


def public_articles(*, demo: bool, language: str, text: str = "") -> QuerySet[ArticleVersion]:
    """What anybody may read in that language, by title: published versions of public articles. No right is asked."""
    found = ArticleVersion.objects.filter(
        demo=demo, number=F("text__published"), text__language=language,
        text__article__audience=Audience.PUBLIC, text__article__archived=False,
    ).select_related("text")  # fmt: skip
    for word in fa_key(text).split():
        found = found.filter(search_key__contains=word)
    return found.order_by("title", "pk")
