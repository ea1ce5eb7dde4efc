"""The verbs on articles: write, publish, restore, review, archive; and on categories."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.knowledge import ArticlePublished
from peyvand.foundation.accounts.models import User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish as tell
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.knowledge import access
from peyvand.memory.knowledge.errors import ChangedMeanwhileError, InvalidError
from peyvand.memory.knowledge.models import Article, ArticleText, ArticleVersion, Audience, Category, Language

BODY_LENGTH = 200_000
TITLE_LENGTH = 200
MOST_CATEGORIES = 200


@dataclass(frozen=True)
class TextData:
    """A title and a body in Markdown."""

    title: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class ArticleData:
    """An article as it is to be. A language whose title and body are both empty is left as it is."""

    texts: Mapping[str, TextData] = field(default_factory=dict)
    category_id: int | None = None
    owner_id: int | None = None
    audience: str = Audience.STAFF
    review_on: date | None = None


def article_save(
    *, actor: Actor, data: ArticleData, article: Article | None = None, version: int | None = None
) -> Article:
    """Write an article or change one; every changed text is a new version, published only by `text_publish`.

    Raises NotAllowed, InvalidError, and ChangedMeanwhileError when `version` is not the article's any more.
    """
    actor.require(access.EDIT)
    texts = _checked(actor, data, new=article is None, owner_id=article.owner_id if article else None)
    with transaction.atomic():
        if article is not None:
            article = Article.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=article.pk)
            if version is not None and version != article.version:
                raise ChangedMeanwhileError(version=article.version, by=_last_author(article))
            if data.audience != article.audience and article.texts.filter(published__isnull=False).exists():
                actor.require(access.PUBLISH)  # who may read what is published is a matter of publishing
        made = article or Article(demo=actor.demo, version=0)
        made.category_id, made.owner_id = data.category_id, data.owner_id
        made.audience, made.review_on = data.audience, data.review_on
        made.version += 1
        made.updated_at = timezone.now()
        name = next((text.title for text in texts.values()), "")
        title = gettext("Article “%(name)s”") % {"name": name}
        with change_set(actor=actor, kind="edit", title=title):
            made.save()
            for language, text in texts.items():
                _keep(actor, made, language, text)
    return made


def _checked(actor: Actor, data: ArticleData, *, new: bool, owner_id: int | None) -> dict[str, TextData]:
    errors: dict[str, Label] = {}
    texts: dict[str, TextData] = {}
    for language, text in data.texts.items():
        title = clean(text.title)
        body = text.body.replace("\x00", "").replace("\r\n", "\n").rstrip()
        if language not in Language.values:
            errors["language"] = _("Choose one of the languages.")
        elif not title and not body.strip():
            continue
        elif not fa_key(title) or len(title) > TITLE_LENGTH:
            errors[f"title_{language}"] = _("Give it a title of at most 200 letters.")
        elif len(body) > BODY_LENGTH:
            errors[f"body_{language}"] = _("This article is too long; make two of it.")
        else:
            texts[language] = TextData(title, body)
    if new and not texts and not errors:
        errors["title_fa"] = _("Give it a title of at most 200 letters.")
    if data.audience not in Audience.values:
        errors["audience"] = _("Choose who may read it.")
    if data.category_id and not Category.objects.filter(pk=data.category_id, demo=actor.demo).exists():
        errors["category_id"] = _("Choose one of the categories.")
    if data.owner_id and data.owner_id != owner_id and not User.objects.filter(
        pk=data.owner_id, is_active=True
    ).exists():  # fmt: skip
        errors["owner_id"] = _("Choose a colleague who is active.")
    if errors:
        raise InvalidError(errors)
    return texts


def _keep(actor: Actor, article: Article, language: str, text: TextData) -> ArticleText:
    """A new version of the text, where it differs from the latest."""
    found = ArticleText.objects.filter(article=article, language=language).first()
    if found is None:
        slug = slug_of(article.demo, language, text.title)
        found = ArticleText.objects.create(demo=article.demo, article=article, language=language, slug=slug)
    latest = ArticleVersion.objects.filter(text=found, number=found.latest).first()
    if latest is not None and (latest.title, latest.body) == (text.title, text.body):
        return found
    found.latest += 1
    ArticleVersion.objects.create(
        demo=article.demo, text=found, number=found.latest, title=text.title, body=text.body,
        author_id=actor.user_id, author_name=actor.name[:120], search_key=fa_key(f"{text.title} {text.body}"),
    )  # fmt: skip
    found.save(update_fields=["latest"])
    return found


def slug_of(demo: bool, language: str, title: str) -> str:
    """A name for addresses, of the title's letters, that no other text of the language has."""
    with connection.cursor() as cursor:  # two articles of one title at once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('knowledge.slugs'))")
    base = re.sub(r"[^\w]+", "-", fa_key(title).replace("_", "-")).strip("-")[:100] or "article"
    slug, place = base, 2
    while ArticleText.objects.filter(demo=demo, language=language, slug=slug).exists():
        slug, place = f"{base}-{place}", place + 1
    return slug


def _last_author(article: Article) -> str:
    found = ArticleVersion.objects.filter(text__article=article).order_by("-at", "-pk").first()
    return found.author_name if found is not None else ""


def text_publish(*, actor: Actor, text: ArticleText, published: bool = True, number: int | None = None) -> int:
    """Make the latest version the one that is read, or take the text back from its readers; gives the change set.

    `number` is the version that was seen: ChangedMeanwhileError when a newer one was saved since. Raises NotAllowed and
    Article.DoesNotExist.
    """
    actor.require(access.PUBLISH)
    with transaction.atomic():
        Article.objects.visible_to(actor).get(pk=text.article_id)
        found = ArticleText.objects.select_for_update(of=("self",)).select_related("article").get(
            pk=text.pk, demo=actor.demo
        )  # fmt: skip
        if published and number is not None and number != found.latest:
            raise ChangedMeanwhileError(version=found.latest, by=_last_author(found.article))
        title = gettext("Article published") if published else gettext("Article taken back")
        with change_set(actor=actor, kind="edit", title=title) as made:
            found.published = found.latest if published else None
            found.published_at = timezone.now() if published else None
            found.save(update_fields=["published", "published_at"])
            if published:
                event = ArticlePublished(
                    article_id=found.article_id, language=found.language, number=found.latest,
                    public=found.article.audience == Audience.PUBLIC, demo=found.demo,
                )  # fmt: skip
                tell(event, actor=actor)
    return made.pk


def version_restore(*, actor: Actor, version: ArticleVersion) -> Article:
    """Make an earlier version the latest again, as a new one. Raises NotAllowed and Article.DoesNotExist."""
    actor.require(access.EDIT)
    with transaction.atomic():
        article = Article.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=version.text.article_id)
        data = ArticleData(
            texts={version.text.language: TextData(version.title, version.body)},
            category_id=article.category_id, owner_id=article.owner_id, audience=article.audience,
            review_on=article.review_on,
        )  # fmt: skip
        return article_save(actor=actor, data=data, article=article)


def article_review(*, actor: Actor, article: Article, again_on: date | None) -> int:
    """Say that it still holds, and when to look again; gives the change set."""
    actor.require(access.EDIT)
    with transaction.atomic():
        found = Article.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=article.pk)
        with change_set(actor=actor, kind="edit", title=gettext("Article reviewed")) as made:
            found.review_on = again_on
            found.version += 1
            found.save(update_fields=["review_on", "version"])
    return made.pk


def article_archive(*, actor: Actor, article: Article, archived: bool) -> int:
    """Put it away, out of search and lists, or bring it back; gives the change set."""
    actor.require(access.EDIT)
    with transaction.atomic():
        found = Article.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=article.pk)
        if not archived and found.texts.filter(published__isnull=False).exists():
            actor.require(access.PUBLISH)
        title = gettext("Article archived") if archived else gettext("Article brought back")
        with change_set(actor=actor, kind="edit", title=title) as made:
            found.archived = archived
            found.version += 1
            found.save(update_fields=["archived", "version"])
    return made.pk


def category_save(*, actor: Actor, name_fa: str, name_en: str, category: Category | None = None) -> Category:
    """Add a category or rename one."""
    actor.require(access.PUBLISH)
    fa, en = clean(name_fa)[:80], clean(name_en)[:80]
    if not fa_key(fa) and not fa_key(en):
        raise InvalidError({"name_fa": _("Type what the category is called.")})
    with transaction.atomic():
        count = Category.objects.filter(demo=actor.demo).count()
        if category is None and count >= MOST_CATEGORIES:
            raise InvalidError({"": _("There are too many categories already.")})
        made = category or Category(demo=actor.demo, position=count)
        made.name_fa, made.name_en = fa, en
        with change_set(actor=actor, kind="settings", title=gettext("Category “%(name)s”") % {"name": made.name}):
            made.save()
    return made


def category_remove(*, actor: Actor, category: Category) -> int:
    """Remove a category; its articles stay, without one. Gives the change set."""
    actor.require(access.PUBLISH)
    title = gettext("Category “%(name)s” removed") % {"name": category.name}
    with transaction.atomic(), change_set(actor=actor, kind="settings", title=title) as made:
        category.delete()
    return made.pk


def refill(version_ids: Sequence[int]) -> None:
    """Make the search keys of these versions anew, as after an undo."""
    rows = list(ArticleVersion.objects.filter(pk__in=version_ids))
    for row in rows:
        row.search_key = fa_key(f"{row.title} {row.body}")
    ArticleVersion.objects.bulk_update(rows, ["search_key"])


def sample_remove(actor: Actor) -> int:
    """Remove the articles of the sample."""
    removed = 0
    for model in (ArticleVersion, ArticleText, Article, Category):
        removed += model._default_manager.filter(demo=True).delete()[0]
    return removed
